import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_USAGE } from "../../../host/cli/exit-codes.js";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

/** Eight units of several kinds of rows. */
const CAMPAIGN = [
  "torture",
  "--policy",
  "immediate,locked+flush",
  "--workload",
  "mail,tiny",
  "--scale",
  "0.02",
];
const MORE = ["torture", "--policy", "sync-gated", "--workload", "mail", "--scale", "3"];

describe("workers", () => {
  it.each([
    ["policies", CAMPAIGN],
    ["members", ["torture", "--members", "--scale", "0.05", "--profile", "mlc"]],
    ["dishonest", ["torture", "--dishonest", "--scale", "0.05", "--profile", "endless-flush"]],
  ])("change nothing about the result: %s", async (_name, args) => {
    const one = await run([...args, "--json", "--workers", "1"]);
    const more = await run([...args, "--json", "--workers", "3"]);
    expect(more.out).toBe(one.out);
    expect(more.code).toBe(one.code);
    expect(JSON.parse(one.out)).toMatchObject({ units: { ended: "complete", notRun: [] } });
  });
});

describe("shards", () => {
  it("merge, in any order, to the report and exit code of one run", async () => {
    const whole = await run([...CAMPAIGN, "--json"]);
    for (const k of [1, 2, 3]) {
      const shard = await run([...CAMPAIGN, "--shard", `${k}/3`, "--out", file(`${k}.json`)]);
      expect(shard.code).toBe(EXIT_HELD);
      expect(shard.out).toContain(`Shard ${k}/3: `);
    }
    const merged = await run(["merge", file("3.json"), file("1.json"), file("2.json"), "--json"]);
    expect(merged.out).toBe(whole.out);
    expect(merged.code).toBe(whole.code);
  });

  it.each([
    ["one is missing", ["1.json", "3.json"], "shard 2 of 3 is missing: add its file"],
    ["one is there twice", ["1.json", "1.json", "2.json"], "are both shard 1/3: give each shard once"],
    ["one is of another campaign", ["1.json", "2.json", "other.json"], "hold different campaigns"],
    ["one was interrupted", ["1.json", "2.json", "broken-off.json"], "is unfinished: go on with"],
    ["one is of another version", ["1.json", "2.json", "old.json"], "run all shards with one version"],
    ["one is of a rig of other code", ["1.json", "2.json", "rebuilt.json"], "made by rigs of different code"],
    [
      "all are of a rig of other code",
      ["rebuilt-1.json", "rebuilt-2.json", "rebuilt.json"],
      "by another build",
    ],
    ["one is no file of results", ["1.json", "none.json"], "is no file of results that this version reads"],
    ["one is not there", ["1.json", "gone.json"], "cannot be read as a file of results"],
  ])("are refused when %s", async (_why, names, sentence) => {
    await run([...MORE, "--shard", "3/3", "--out", file("other.json")]);
    const third = readFileSync(file("3.json"), "utf8");
    writeFileSync(file("broken-off.json"), third.replace('"ended":"complete"', '"ended":"running"'));
    writeFileSync(file("old.json"), third.replace(/"syncgate":"[^"]+"/, '"syncgate":"0.0.1"'));
    writeFileSync(file("rebuilt.json"), rebuilt(third));
    for (const name of ["1.json", "2.json"])
      writeFileSync(file(`rebuilt-${name}`), rebuilt(readFileSync(file(name), "utf8")));
    writeFileSync(file("none.json"), "{}");
    const { code, err } = await run(["merge", ...names.map(file)]);
    expect(err).toContain(sentence);
    expect(code).toBe(EXIT_USAGE);
  });
});

/** Results as of a rig of other code. */
function rebuilt(text: string): string {
  return text.replace(/"host":"[^"]+"/, `"host":"${"0".repeat(64)}"`);
}

describe("a campaign that is broken off", () => {
  it("goes on with --resume, and comes to the same end", async () => {
    const whole = await run([...MORE, "--json"]);
    const interruption = new AbortController();
    const out = file("resumed.json");
    const begun = run([...MORE, "--workers", "1", "--out", out], { interrupted: interruption.signal });
    setTimeout(() => interruption.abort(), 0);
    const first = await begun;
    expect(first.code).toBe(EXIT_INTERRUPTED);
    expect(first.out).toMatch(/^[012] of 3 units of the campaign were run/m);
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ ended: "interrupted" });
    const rest = await run(["torture", "--resume", out, "--json"]);
    expect(rest.out).toBe(whole.out);
    expect(rest.code).toBe(whole.code);
    // All is there now: nothing is run again.
    const again = await run(["torture", "--resume", out, "--json"]);
    expect(again.progress.filter((text) => text.includes(" units: "))).toEqual([]);
    expect(again.out).toBe(whole.out);
  });

  it("does not go on with results of a rig of other code", async () => {
    const text = readFileSync(file("1.json"), "utf8");
    writeFileSync(file("older.json"), rebuilt(text));
    const { code, err } = await run(["torture", "--resume", file("older.json")]);
    expect(err).toContain("older.json was made by another build: begin again, without --resume");
    expect(code).toBe(EXIT_USAGE);
  });

  it("takes the campaign from the file alone", async () => {
    const { code, err } = await run(["torture", "--resume", file("1.json"), "--seed", "2"]);
    expect(err).toContain("--resume takes the campaign from its file: leave out --seed");
    expect(code).toBe(EXIT_USAGE);
  });

  it("says how much a time budget has left of it, and which units", async () => {
    const { code, out } = await run([...MORE, "--budget", "1ms", "--workers", "1", "--json"]);
    const { units } = JSON.parse(out) as { units: { total: number; done: number; notRun: unknown[] } };
    expect(units).toMatchObject({ total: 3, ended: "budget" });
    expect(units.done).toBeLessThan(3);
    expect(units.notRun).toHaveLength(3 - units.done);
    expect(code).not.toBe(EXIT_INTERRUPTED);
    expect((await run([...MORE, "--budget", "1ms"])).out).toMatch(/^\d of 3 units of the campaign were run/m);
  });

  it.each([
    [["--shard", "1/2"], "--shard needs a file for its results: add --out FILE"],
    [["--shard", "3/2", "--out", "x"], '--shard is "3/2": give k/n, as 2/4'],
    [["--budget", "10"], '--budget is "10": give a time, as 90s, 30m or 2h'],
    [["--workers", "0"], '--workers is "0"'],
    [["--out", path.join(folder, "none", "x.json"), "--budget", "1ms"], "results cannot be written to"],
  ])("refuses %j", async (args, sentence) => {
    const { code, err } = await run([...CAMPAIGN, ...args]);
    expect(err).toContain(sentence);
    expect(code).toBe(EXIT_USAGE);
  });
});
