/** Devices under test on the command line: what does not work, and how it ends. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDmLog } from "../../host/dut/dm-log-writes.js";
import {
  EXIT_BROKEN,
  EXIT_DIVERGED,
  EXIT_HANG,
  EXIT_HELD,
  EXIT_USAGE,
  EXIT_VACUOUS,
} from "../../host/cli/exit-codes.js";
import { run } from "./captured-terminal.js";

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dut-"));
  const bytes = new Uint8Array(512).fill(1);
  const events = [1, 2].map(
    (sector) => ({ kind: "write", card: 0, joined: false, sector, bytes, fua: false }) as const,
  );
  writeFileSync(file("two.log"), writeDmLog({ sectors: [8], events }));
  writeFileSync(file("bad.log"), "no log");
  writeFileSync(
    file("adapter.mjs"),
    `export default {
      cards: 1, sectors: 8, workload: 3,
      async boot([card]) { return card; },
      async run(card, mark, steps) {
        for (let i = 1; i <= steps; i++) { await card.write(i, new Uint8Array(512).fill(i)); mark("kept " + i); }
      },
      async check(card, marks) {
        for (let i = 1; i <= marks.length; i++) if ((await card.read(i, 1))[0] !== i) return "lost " + i;
      },
    };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const nbd = (runs: string, check = "true {image}", ...more: readonly string[]): readonly string[] =>
  ["torture", "--dut", "nbd", "--run", runs, "--check", check, "--size", "64KiB"].concat(more);

describe("a device under test that cannot be used", () => {
  it.each([
    [["torture", "--run", "x"], "--run is for another device than the driver: add --dut nbd"],
    [["torture", "--dut", "nbd", "--check", "x"], '--dut nbd needs --run: add --run "./store {socket}"'],
    [["torture", "--dut", "log", "--log", "x"], "--dut log needs --check"],
    [["torture", "--dut", "log", "--check", "x"], "--dut log needs --log"],
    [nbd("x", "y", "--policy", "never"), "--policy is for the driver: leave it out beside --dut"],
    [
      nbd("x", "y", "--cuts", "often"),
      '--cuts is "often": give none, every, log, linear:N, random:N, at:N.N',
    ],
    [nbd("x", "y", "--cuts", "log,every"), "give one schedule, and depth:N if need be"],
    [nbd("x", "y", "--cuts", "depth:2,depth:3"), "give one depth"],
    [nbd("x", "y", "--cuts", "depth:9"), '--cuts depth is "9": give a number from 1 to 8'],
    [nbd("x", "y", "--cuts", "at:1.x"), '--cuts at is "x": give a number'],
    [
      nbd("true {socket}", "true", "--cuts", "depth:2"),
      "has no recovery that could be cut: give one (--recover)",
    ],
    [nbd("true {socket}", "true", "--recover", "true"), 'the command "true" has no {socket}'],
    [
      nbd("true {socket}", "true", "--recover", "false {socket}", "--cuts", "depth:2"),
      "the recovery fails even without any cut",
    ],
    [["torture", "--dut", "./x.mjs", "--recover", "x"], "an adapter recovers when it boots"],
    [nbd("x", "y", "--cuts", "random:0"), '--cuts random is "0": give a number from 1'],
    [nbd("true"), 'the command "true" has no {socket}'],
    [nbd("true {socket}", "true", "--ops", "2"), "has no {ops}"],
    [nbd("true {socket} {ops}"), "has {ops}: choose of {socket}"],
    [nbd("/no/such/program {socket}"), "cannot be started"],
    [
      nbd("echo sorry; false {socket}"),
      'fails without any cut of the power (exit code 1, "sorry"): correct that first',
    ],
    [
      nbd("true {socket}", "false {image}"),
      "does not accept what the run leaves without any cut (exit code 1)",
    ],
    [nbd("true {socket}", "true {pictures}"), "has {pictures}: choose of {image}, {marks}, {unreadable}"],
    [nbd("true {socket}", "x", "--profile", "floppy"), 'there is no card profile "floppy"'],
    [["torture", "--dut", "./none.mjs"], "./none.mjs cannot be loaded as a module"],
    [["replay", "wl1:x", "--log", "a", "--check", "b"], "case id, sections: expected 7"],
    [["replay", "wl1:x"], "--dut log needs --log"],
  ])("%j ends with one sentence", async (args, sentence) => {
    const { code, out, err } = await run(args as readonly string[]);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([EXIT_USAGE, ""]);
  });

  it("a file that is no log is refused", async () => {
    const { code, err } = await run(["torture", "--dut", "log", "--log", file("bad.log"), "--check", "true"]);
    expect([code, err]).toEqual([EXIT_USAGE, expect.stringContaining("bad.log: is no dm-log-writes log")]);
  });
});

describe("a campaign on another device", () => {
  it("without any write proves nothing", async () => {
    const { code, out } = await run(nbd("true {socket}"));
    expect(out).toContain("Proves nothing: nothing was written.");
    expect(code).toBe(EXIT_VACUOUS);
  });

  it("ends a process that does not end, with all that it has started", async () => {
    const { code, err } = await run(nbd("sleep 60 & wait; true {socket}", "true", "--deadline", "0.2"));
    expect(err).toContain("did not end within 0.2 s: give it more time by --deadline");
    expect(code).toBe(EXIT_HANG);
  });

  it("takes a check that does not end for a failing state", async () => {
    const check = `if [ -s {marks} ]; then exit 0; fi; test "$(od -An -tu1 -j1024 -N1 {image})" -eq 1 || sleep 60`;
    const log = ["torture", "--dut", "log", "--log", file("two.log"), "--check", check];
    const { code, out } = await run([...log, "--deadline", "0.3", "--no-cases", "--cuts", "linear:1"]);
    expect(out).toContain("the check did not end within 0.3 s");
    expect(code).toBe(EXIT_BROKEN);
  });

  it("of a log, random cuts, and outcomes bounded and said to be", async () => {
    const log = ["torture", "--dut", "log", "--log", file("two.log"), "--check", "true {image} {unreadable}"];
    const { code, out } = await run([...log, "--outcomes", "2", "--profile", "tlc-cached"]);
    expect(out).toMatch(/outcomes {2}\d+ % of \d+ \(bounded\)/);
    expect(code).toBe(EXIT_HELD);
    const few = await run([...log, "--cuts", "random:2", "--seed", "5"]);
    expect(few.out).toMatch(/cuts {6}2 of \d+ moments/);
    const these = await run([...log, "--cuts", "at:1.3.4"]);
    expect(these.out).toMatch(/cuts {6}3 of \d+ moments/);
    const beyond = await run([...log, "--cuts", "at:1.99"]);
    expect([beyond.code, beyond.err]).toEqual([
      EXIT_USAGE,
      expect.stringContaining("there is no moment 99 to cut at"),
    ]);
    const none = await run([...log, "--cuts", "none"]);
    expect([none.code, none.out]).toEqual([EXIT_VACUOUS, expect.stringContaining("the power was never cut")]);
  });

  it("of an adapter is shrunk, and replayed by running it again", async () => {
    const { code, out } = await run(["torture", "--dut", file("adapter.mjs"), "--profile", "tlc-cached"]);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toContain("at a workload of 1");
    const id = /^case {4}(\S+)$/m.exec(out)![1]!;
    const replay = ["replay", id, "--dut", file("adapter.mjs"), "--ops"];
    const again = await run([...replay, "1"]);
    expect([again.code, again.out]).toEqual([EXIT_BROKEN, expect.stringContaining("It fails again.")]);
    const other = await run([...replay, "2", "--json"]);
    expect([other.code, JSON.parse(other.out)]).toEqual([
      EXIT_DIVERGED,
      expect.objectContaining({ ending: "diverged", why: expect.stringContaining("of the log") }),
    ]);
  });
});
