/** Workers, shards, a budget and --resume change nothing about what is found of another device. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EXIT_BROKEN,
  EXIT_HELD,
  EXIT_INTERRUPTED,
  EXIT_USAGE,
  EXIT_VACUOUS,
} from "../../../host/cli/exit-codes.js";
import { writeDmLog } from "../../../host/dut/dm-log-writes.js";
import { ROOT } from "../../../scripts/repository.mjs";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-device-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

const JOURNAL = path.join(ROOT, "examples/redo-journal/journal.mjs");
const ADAPTER = ["torture", "--dut", JOURNAL, "--cuts", "depth:2"];
/** Each check says that it began and that it ended. */
const CHECK = `echo begins >> ${file("checks")}; sleep 0.02; echo ends >> ${file("checks")}; test ! -s {unreadable}`;
const LOG = [
  "torture",
  "--dut",
  "log",
  "--log",
  file("writes.log"),
  "--check",
  CHECK,
  "--cuts",
  "linear:2",
  "--outcomes",
  "12",
];

beforeAll(() => {
  const events = Array.from({ length: 6 }, (_, i) => ({
    kind: "write" as const,
    card: 0,
    joined: false,
    sector: i,
    bytes: new Uint8Array(512).fill(i + 1),
    fua: false,
  }));
  writeFileSync(file("writes.log"), writeDmLog({ sectors: [8], events }));
});

describe("a campaign on another device", () => {
  it("is the same on any number of workers", async () => {
    const one = await run([...ADAPTER, "--json", "--workers", "1"]);
    const three = await run([...ADAPTER, "--json", "--workers", "3"]);
    expect([three.code, three.err]).toEqual([EXIT_BROKEN, ""]);
    expect(three.out).toBe(one.out);
    expect(JSON.parse(one.out)).toMatchObject({
      campaign: "device",
      interrupted: false,
      units: { ended: "complete", notRun: [] },
      shrunk: { id: expect.stringMatching(/^wl2:[a-z0-9:.]+$/) },
    });
  });

  it("merges from shards to the report, the case and the exit code of one run", async () => {
    const whole = await run([...ADAPTER, "--json", "--workers", "1"]);
    for (const k of [1, 2]) {
      const shard = await run([
        ...ADAPTER,
        "--workers",
        "1",
        "--shard",
        `${k}/2`,
        "--out",
        file(`${k}.json`),
      ]);
      expect([shard.code, shard.err]).toEqual([EXIT_HELD, ""]);
      expect(shard.out).toMatch(new RegExp(`^Shard ${k}/2: \\d+ of its \\d+ units were run; `));
    }
    const merged = await run(["merge", file("2.json"), file("1.json"), "--json"]);
    expect([merged.out, merged.code]).toEqual([whole.out, whole.code]);
    const missing = await run(["merge", file("2.json")]);
    expect([missing.code, missing.err]).toEqual([
      EXIT_USAGE,
      expect.stringContaining("shard 1 of 2 is missing"),
    ]);
  });

  it("that was broken off goes on, without running the device again", async () => {
    const whole = await run([...ADAPTER, "--json", "--workers", "1"]);
    const stop = new AbortController();
    stop.abort();
    const begun = await run([...ADAPTER, "--workers", "1", "--out", file("begun.json")], {
      interrupted: stop.signal,
    });
    expect(begun.code).toBe(EXIT_INTERRUPTED);
    expect(begun.out).toContain("Interrupted: what had begun was finished");
    const resumed = await run(["torture", "--resume", file("begun.json"), "--workers", "1", "--json"]);
    expect([resumed.out, resumed.code, resumed.err]).toEqual([whole.out, whole.code, ""]);
    const other = await run(["torture", "--resume", file("begun.json"), "--cuts", "log"]);
    expect(other.err).toContain("--resume takes the campaign from its file: leave out --cuts");
  });

  it("under a time budget says how much of it was judged, and that this is a bound", async () => {
    const { code, out } = await run([...ADAPTER, "--workers", "1", "--budget", "0.001ms"]);
    expect(out).toMatch(/outcomes {2}0 % of \d+ \(bounded\)\nstates {4}0 distinct/);
    expect(out).toContain("The time budget was used up");
    expect(code).toBe(EXIT_VACUOUS);
  });

  it("has as many checks under way as it has workers, and its results in order", async () => {
    const one = await run([...LOG, "--json", "--no-cases", "--workers", "1"]);
    expect(atOnce()).toBe(1);
    const two = await run([...LOG, "--json", "--no-cases", "--workers", "2"]);
    expect(two.err).toBe("");
    expect(two.out).toBe(one.out);
    expect(atOnce()).toBe(2);
  });

  it.each([
    ["junit", '<testcase classname="syncgate.device" name="hasty journal, tlc-cached">'],
    ["github", "::error title=syncgate device%3A hasty journal%2C tlc-cached::it promised"],
  ])("is told to a CI as %s, with case and replay command", async (reporter, text) => {
    const { out } = await run([...ADAPTER, "--workers", "1", "--report", reporter]);
    expect(out).toContain(text);
    expect(out).toMatch(/npx syncgate replay wl2:[a-z0-9:.]+ --dut /);
  });
});

/** The most checks that were under way at once since it was last asked. */
function atOnce(): number {
  const lines = readFileSync(file("checks"), "utf8").trim().split("\n");
  rmSync(file("checks"));
  let now = 0;
  return Math.max(...lines.map((line) => (line === "begins" ? ++now : now--)));
}
