import { describe, expect, it } from "vitest";
import type { CallBenchResult } from "../../host/bench/call-bench.js";
import type { CardBenchResult } from "../../host/bench/card-bench.js";
import type { MetadataRow } from "../../host/bench/metadata-bench.js";
import type { OtherMirror } from "../../host/bench/other-mirrors.js";
import type { WorkRow } from "../../host/bench/work-bench.js";
import { EXIT_INTERRUPTED } from "../../host/cli/exit-codes.js";
import { run } from "./captured-terminal.js";

/** A line of the goals. */
const judged = (trace: string, goal: string, most: string): RegExp =>
  new RegExp(`^serial +${trace} .* ${goal} +${most} +[0-9. ]+  (met|missed)$`, "m");

describe("bench metadata", () => {
  it("prints a row for each scheme and trace, beside the other mirrors, and no comparison of a part", async () => {
    const { code, out } = await run(["bench", "metadata", "--writes", "200"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^SCHEME +TRACE +EPOCH +AHEAD +CAP +QUIET +SECTORS +OF MD'S/m);
    for (const scheme of ["serial", "single"]) {
      // Twice each: costs and latencies.
      for (const trace of ["seq", "rand"])
        expect(out.match(new RegExp(`^${scheme} +${trace} `, "gm"))).toHaveLength(2);
    }
    expect(out).toMatch(/^md, passes of 5 s +520 +51 +3 766 +548$/m);
    expect(out).toMatch(/^md, passes of 1 s +520 +- +6 812 +137$/m);
    expect(out).toMatch(/^dm-mirror, disk log +8 192 +- +8 192 +-$/m);
    expect(out).toContain("measured on Linux 6.1");
    expect(out).not.toContain("GOAL");
  });

  it("judges the goals on whole traces", async () => {
    const { code, out } = await run(["bench", "metadata", "--scheme", "serial"]);
    expect(code).toBe(0);
    expect(out).toMatch(judged("seq", "metadata sectors, 0.3 of md's", "156"));
    expect(out).toMatch(judged("rand", "metadata sectors, 1.05 of md's", "3 954"));
    expect(out).toMatch(judged("seq", "regions marked on average, md's", "51"));
    expect(out).toMatch(judged("rand", "regions marked on average, md's", "548"));
  });

  it("prints JSON of every combination of the values", async () => {
    const args = ["--writes", "50", "--trace", "rand", "--epoch-ms", "100,200", "--marked-max", "0,8,0"];
    const { code, out } = await run(["bench", "metadata", "--scheme", "serial", "--json", ...args]);
    expect(code).toBe(0);
    const { rows, others } = JSON.parse(out) as { rows: MetadataRow[]; others: OtherMirror[] };
    expect(rows.map(({ settings }) => [settings.epochMs, settings.markedMax])).toEqual([
      [100, 0],
      [100, 8],
      [200, 0],
      [200, 8],
    ]);
    expect(rows.every(({ shareOfMd, goals }) => shareOfMd === null && goals.length === 0)).toBe(true);
    expect(others.map(({ metadataSectors }) => metadataSectors.rand)).toEqual([3766, 6812, 8192]);
  });

  it("sweeps over the settings that are not given", async () => {
    const args = ["--writes", "2", "--trace", "seq", "--scheme", "serial", "--mark-ahead", "3"];
    const { out } = await run(["bench", "metadata", "--sweep", "--json", ...args]);
    const { rows } = JSON.parse(out) as { rows: MetadataRow[] };
    const values = (name: "epochMs" | "markAhead" | "markedMax" | "quietMs") =>
      new Set(rows.map(({ settings }) => settings[name])).size;
    expect(values("markAhead")).toBe(1);
    expect(Math.min(values("epochMs"), values("markedMax"), values("quietMs"))).toBeGreaterThan(1);
    expect(rows).toHaveLength(values("epochMs") * values("markedMax") * values("quietMs"));
  });

  it("prints what it has when it is interrupted", async () => {
    const args = ["bench", "metadata", "--writes", "20", "--json"];
    const { code, out } = await run(args, { interrupted: AbortSignal.abort() });
    expect(code).toBe(EXIT_INTERRUPTED);
    expect((JSON.parse(out) as { rows: MetadataRow[] }).rows).toHaveLength(1);
  });
});

describe("bench calls", () => {
  const args = ["bench", "calls", "--regions", "256,512", "--rounds", "2", "--cycles", "1"];

  it("prints every kind of call at every size, and a verdict", async () => {
    const { code, out } = await run(args);
    expect(code).toBe(0);
    for (const kind of ["submit, mark needed", "complete", "tick, at rest"])
      expect(out.match(new RegExp(`^${kind} +(256|512) `, "gm"))).toHaveLength(2);
    expect(out).toMatch(/^Goal: at no size a call costs more than 1.1 times \(median ratio\): (met|missed)/m);
  });

  it("prints JSON", async () => {
    const { out } = await run([...args, "--json"]);
    const { costs, works } = JSON.parse(out) as CallBenchResult;
    expect(works.map(({ regions }) => regions)).toEqual([256, 512]);
    expect(works.every(({ work }) => work.submits > 0 && work.bytes > 0)).toBe(true);
    expect(costs.every(({ nsMin, nsMedian }) => nsMin > 0 && nsMedian >= nsMin)).toBe(true);
    const smallest = costs.filter(({ regions }) => regions === 256);
    expect(smallest.map(({ ratioMin, ratioMedian }) => [ratioMin, ratioMedian])).toEqual(
      smallest.map(() => [1, 1]),
    );
  });
});

describe("bench work", () => {
  it("prints the most that a call did in runs of every kind, and the limits", async () => {
    const { code, out } = await run(["bench", "work"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^20 random scenarios, \d+ cuts +[\d ]+  \d+  +[\d ]+$/m);
    expect(out).toMatch(/^full request pool, 16384 regions /m);
    expect(out).toMatch(/^trace rand /m);
    expect(out).toMatch(/^limit /m);
  });

  it("prints JSON, and the most is the most", async () => {
    const { out } = await run(["bench", "work", "--json"]);
    const { rows, most } = JSON.parse(out) as { rows: WorkRow[]; most: WorkRow["work"] };
    expect(most.submits).toBe(Math.max(...rows.map(({ work }) => work.submits)));
    expect(most.bytes).toBe(Math.max(...rows.map(({ work }) => work.bytes)));
    expect(most.submits).toBeGreaterThan(4);
  });
});

describe("bench cards", () => {
  it("prints what goes through each face, the goal, and where the time goes", async () => {
    const { code, out } = await run(["bench", "cards", "--seconds", "0.02"]);
    expect(code).toBe(0);
    for (const transfer of ["write, CMD25", "write, CMD24", "read, CMD18", "read, CMD17"]) {
      expect(out).toMatch(new RegExp(`^spi +${transfer} +[\\d ]+ +[\\d ]+ +\\d+\\.\\d$`, "m"));
    }
    expect(out).toMatch(/^Goal: 50 000 sectors a second, every transfer: (reached|not reached)/m);
    for (const profile of ["consumer-tlc", "a1-cached"]) {
      expect(out).toMatch(new RegExp(`^block +${profile} +64 sectors, scattered +[\\d ]+$`, "m"));
    }
    expect(out).toMatch(/^Goal: 1 000 000 sectors a second, every write: (reached|not reached)/m);
    expect(out).toMatch(/^flash +\d+\.\d %$/m);
    expect(out).toMatch(/^card: protocol +\d+\.\d %$/m);
    for (const of of ["contents", "flash"])
      expect(out).toMatch(new RegExp(`^${of} +147 456 +[\\d ]+ +\\d+\\.\\d$`, "m"));
  });

  it("prints JSON, whose figures fit each other", async () => {
    const { out } = await run(["bench", "cards", "--seconds", "0.02", "--json"]);
    const { rates, stages, blockRates, forks } = JSON.parse(out) as CardBenchResult;
    for (const { forksPerSecond, nsPerFork } of forks) expect(forksPerSecond * nsPerFork).toBeCloseTo(1e9, 0);
    expect(blockRates).toHaveLength(6);
    for (const { sectors, cpuSeconds, sectorsPerSecond } of blockRates)
      expect(sectorsPerSecond).toBeCloseTo(sectors / cpuSeconds, 3);
    expect(rates).toHaveLength(4);
    for (const { sectors, cpuSeconds, sectorsPerSecond, nsPerByte } of rates) {
      expect(sectorsPerSecond).toBeCloseTo(sectors / cpuSeconds, 3);
      // A sector takes its 512 bytes, a CRC, and no more than a few dozen bytes around them.
      expect(1e9 / sectorsPerSecond / nsPerByte).toBeGreaterThan(514);
      expect(1e9 / sectorsPerSecond / nsPerByte).toBeLessThan(600);
    }
    expect(stages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 1);
  });
});

describe("bench streams", () => {
  it("prints a row for each number of streams, and the collapse", async () => {
    const { code, out } = await run(["bench", "streams", "--profile", "consumer-tlc"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^PROFILE +STREAMS +NO BITMAP ms +FACTOR +WA +FAR ms +FACTOR +WA +NEAR ms +FACTOR +WA/m,
    );
    const row = (streams: number): number[] => {
      const line = new RegExp(`^consumer-tlc +${streams} +(.*)$`, "m").exec(out)![1]!;
      return line.split(/ +/).map(Number);
    };
    const [, alone, , , far, , , near] = row(2);
    expect(alone).toBeLessThan(1.1);
    expect(far).toBeGreaterThan(5);
    expect(near).toBeLessThan(2);
    expect(row(3)[1]).toBeGreaterThan(5);
  });

  it("prints JSON, and says which profiles there are", async () => {
    const { out } = await run(["bench", "streams", "--profile", "industrial-slc", "--json"]);
    expect(JSON.parse(out)).toHaveLength(12);
    const { code, err } = await run(["bench", "streams", "--profile", "floppy"]);
    expect(code).toBe(2);
    expect(err).toContain('there is no card profile "floppy": choose one of a1-cached, ');
  });
});
