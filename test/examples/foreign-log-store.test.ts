/** The shipped example: a foreign C program with a real crash-consistency bug, found and shrunk. */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run, type CliRun } from "../cli/captured-terminal.js";
import { describeWithPrograms, programPath } from "../debian-packages.js";
import { buildStore, type BuiltStore } from "./built-store.js";

/** Golden: the case is the same in every release and on every machine, as long as the store writes what it writes. */
const CASE = "wl1:4dy4f5rywxoo:tlccached:t1:k0.2:c2.1:o10";

const DEEP_CASE = "wl2:7a290rvjhb8z:tlccached:t1:k0.5:c5.0:o:r3x2zkjozv77n:c2.0:o01";

async function torture(program: string, profile: string, ...more: readonly string[]): Promise<CliRun> {
  const check = `${program} check {image} {marks}`;
  const device = ["--dut", "nbd", "--run", `${program} {socket} {ops}`, "--ops", "3", "--size", "64KiB"];
  return run(["torture", ...device, "--check", check, "--profile", profile, ...more]);
}

/** Two appends at most, and its repair cut too. */
function deep(program: string): readonly string[] {
  return ["--recover", `${program} repair {socket}`, "--cuts", "depth:2", "--ops", "2"];
}

describeWithPrograms({ gcc: "gcc" }, "the foreign log store", () => {
  let built: BuiltStore;
  beforeAll(() => {
    built = buildStore(programPath("gcc"));
  });
  afterAll(() => built.remove());

  it("loses a record on a card with a cache: found, shrunk to one append, told, and replayed", async () => {
    const log = path.join(built.folder, "case.log");
    const { code, out, err } = await torture(built.store, "tlc-cached", "--save", log);
    expect([err, code]).toEqual(["", 1]);
    expect(out).toContain("outcomes  100 % of");
    expect(out).toContain("The smallest case (2 of the run's 6 writes at a workload of 1):");
    expect(out).toContain(
      [
        "1. Writes sector 2.",
        "2. Writes sector 1.",
        "The power fails during event 2. What the cut leaves:",
        "   sector 1: what was written last",
        "   sector 2: nothing of what was written (zeros)",
        'The check: exit code 1, "the header counts 1 records, record 0 is none"',
        "",
        `case    ${CASE}`,
      ].join("\n"),
    );
    const check = ["--check", `${built.store} check {image} {marks}`];
    const again = await run(["replay", CASE, "--log", log, ...check]);
    expect([again.err, again.code]).toEqual(["", 1]);
    expect(again.out).toMatch(/record 0 is none[^]*It fails again\.\n$/);
    const accepted = await run(["replay", CASE, "--log", log, "--check", "true {image}"]);
    expect([accepted.out, accepted.code]).toEqual(["Held: the check accepts this case.\n", 0]);
  });

  it.each(["mlc", "ordered-cache"])("survives on %s, which keeps the order of writes", async (profile) => {
    const { code, out } = await torture(built.store, profile);
    expect(out).toContain("It survived.");
    expect(code).toBe(0);
  });

  it("is repaired in the right order, or loses a promise when the power fails again: found, told, replayed", async () => {
    const well = await torture(built.fixed, "tlc-cached", ...deep(built.fixed));
    expect([well.err, well.code]).toEqual(["", 0]);
    expect(well.out).toMatch(
      /recovery {2}\d+ recoveries cut at \d+ moments, up to 2 cuts a case\noutcomes {2}100 % of \d+\nstates {4}\d+ more, 0 not/,
    );
    const log = path.join(built.folder, "deep.log");
    const { code, out } = await torture(built.hasty, "tlc-cached", ...deep(built.hasty), "--save", log);
    expect(code).toBe(1);
    expect(out).toContain(`case    ${DEEP_CASE}`);
    expect(out).toMatch(
      /The power is back, and it recovers:\n1. Writes sector [01]\.\n2. Writes sector [01]\.\n/,
    );
    const replay = ["replay", DEEP_CASE, "--log", log, "--check", `${built.hasty} check {image} {marks}`];
    const again = await run([...replay, "--recover", `${built.hasty} repair {socket}`]);
    expect([again.err, again.code]).toEqual(["", 1]);
    expect(again.out).toMatch(/The power fails again[^]*It fails again\.\n$/);
    const other = await run([...replay, "--recover", `${built.fixed} repair {socket}`]);
    expect([other.code, other.out]).toEqual([6, expect.stringContaining("the recovery writes the log")]);
    const without = await run(replay);
    expect([without.code, without.out]).toEqual([
      6,
      expect.stringContaining("no recovery was given (--recover)"),
    ]);
  });

  it("survives when it is fixed, and not on a card that settles late", async () => {
    const { code, out } = await torture(built.fixed, "tlc-cached", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out) as Record<string, number>;
    expect(report).toMatchObject({ writes: 6, flushes: 6, marks: 3, failing: 0, exitCode: 0, shrunk: null });
    expect(report["outcomesTried"]).toBe(report["outcomesPossible"]);
    const late = await torture(built.fixed, "slow-settle", "--no-cases", "--cuts", "linear:4", "--json");
    expect(late.code).toBe(1);
    const { logFile } = JSON.parse(late.out) as { logFile: string };
    expect(logFile).toMatch(/^[0-9a-z]{12}\.log$/);
    rmSync(logFile); // kept where it was called, since nothing said where
  });
});
