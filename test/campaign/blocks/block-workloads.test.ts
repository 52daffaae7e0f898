import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { blockActions } from "../../../host/campaign/blocks/block-actions.js";
import { decodeCase, encodeCase } from "../../../host/campaign/case/case-id.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import type { Violation } from "../../../host/campaign/oracle/violation.js";
import { workload } from "../../../host/campaign/workload/workloads.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { ACTION_OVERWRITE, ACTION_STORE, type Scenario } from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../policies.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const SMALL = { binary, arrays, seed: 1, budget: 120, profiles: ["mlc", "mlc"] as const };
/** A run hits the moment or misses it: the first violation of some seeds. */
async function firstBroken(name: string): Promise<Violation | undefined> {
  for (let seed = 1; seed <= 12; seed++) {
    const options = { ...SMALL, seed, budget: 400, bail: 1 };
    const { violations } = await workload(name).run(policyNamed("immediate"), options);
    if (violations.length > 0) return violations[0];
  }
  return undefined;
}

const HOLE = { lateFlag: false, forgotten: true };

describe.each(["seq", "random", "hotspot", "append", "mmap"])("the workload %s", (name) => {
  it("holds under sync-gated, and says something", async () => {
    const report = await workload(name).run(policyNamed("sync-gated"), SMALL);
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect(report.cuts).toBeGreaterThan(80);
  });

  it("breaks P1 under immediate, and names a case that replays alone", async () => {
    const violation = await firstBroken(name);
    expect(violation?.promises).toContain("P1");
    const id = violation!.caseId!;
    expect(encodeCase(decodeCase(id))).toBe(id);
    const { ending, violation: again } = replayCase(binary, decodeCase(id));
    expect(ending).toBe("broken");
    expect(again!.promises).toContain("P1");
  });

  it("gives the same report again for the same seed, and another for another", async () => {
    const short = workload(`${name}:ops=12`);
    const [first, again, other] = await Promise.all(
      [3, 3, 4].map((seed) => short.run(policyNamed("never"), { ...SMALL, seed, budget: 20 })),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe("the workload direct-reuse", () => {
  it("holds where the buffer rests while it is written, and breaks under sync-gated where it does not", async () => {
    const run = (holes: typeof HOLE): ReturnType<ReturnType<typeof workload>["run"]> =>
      workload("direct-reuse").run(policyNamed("sync-gated"), { ...SMALL, budget: 400, holes });
    const resting = await run({ ...HOLE, forgotten: false });
    expect(resting.violations).toEqual([]);
    expect(resting.vacuous(true)).toEqual([]);
    expect((await run(HOLE)).broken.P1).toBeGreaterThan(0);
  });
});

describe("parameters of a workload", () => {
  it.each([
    ["seq:opps=3", 'workload seq: there is no parameter "opps=3": give blocks, every, ops'],
    ["hotspot:hot=0", 'workload hotspot: hot is "0": give a whole number from 1 to 100'],
    ["append:fills=many", 'workload append: fills is "many": give a whole number from 1 to 64'],
    ["fio:", "workload fio needs a file: write fio:FILE"],
    ["iolog:no/such.log", "workload iolog: no/such.log cannot be read (ENOENT): give a file that is there"],
  ])("%s is refused in one sentence", (name, sentence) => {
    const words = sentence.split(": give blocks")[0]!;
    expect(() => workload(name)).toThrow(words);
  });
});

describe("a request", () => {
  it("overwrites whole pages, and stores into parts of others", () => {
    const actions = blockActions({ atUs: 7, kind: "write", sector: 7, sectors: 10 }, 8);
    expect(actions.map(({ kind, page, sector, piece }) => [kind, page, sector, piece])).toEqual([
      [ACTION_STORE, 0, 7, 0],
      [ACTION_STORE, 0, 7, 1],
      [ACTION_OVERWRITE, 1, 0, 0],
      [ACTION_STORE, 2, 0, 0],
      [ACTION_STORE, 2, 0, 1],
    ]);
  });
});

describe("an id with a page stored as a whole", () => {
  it("means the same in every release", () => {
    const id = "sg1:immediate:mlc:t1:o0.3:y1f4:c20";
    const { scenario } = decodeCase(id) as { scenario: Scenario };
    expect(scenario.boots[0]!.actions[0]).toEqual({
      atUs: 0,
      kind: ACTION_OVERWRITE,
      page: 3,
      sector: 0,
      piece: 0,
      amount: 0,
    });
    expect(encodeCase(decodeCase(id))).toBe(id);
  });
});

describe("workloads from files", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-workloads-"));
  const file = (name: string, text: string): string => {
    const full = path.join(folder, name);
    writeFileSync(full, text);
    return full;
  };
  const job = file("job.fio", "[global]\nsize=64k\n[w]\nrw=randwrite\nbs=4k\nloops=3\nfsync=8\n");
  const log = file(
    "run.log",
    `fio version 2 iolog\nf add\nf open\n${Array.from({ length: 30 }, (_, i) => `f write ${(i % 6) * 4096} 4096`).join("\n")}\nf close\n`,
  );
  const trace = file("mine.blocks", Array.from({ length: 30 }, (_, i) => `${i % 7}\n`).join(""));

  it.each([
    ["fio", job],
    ["iolog", log],
    ["trace", trace],
  ])("%s holds under sync-gated and breaks under immediate", async (kind, name) => {
    const held = await workload(`${kind}:${name}`).run(policyNamed("sync-gated"), SMALL);
    expect(held.violations).toEqual([]);
    expect(held.vacuous(true)).toEqual([]);
    const violation = await firstBroken(`${kind}:${name}`);
    expect(violation?.promises).toContain("P1");
    expect(replayCase(binary, decodeCase(violation!.caseId!)).ending).toBe("broken");
  });

  it("that reach too far are refused", () => {
    const far = file("far.blocks", "16384\n");
    expect(() => workload(`trace:${far}`)).toThrow(
      `${far} reaches 67112960 bytes into the device: keep it within 67108864`,
    );
    const long = file("long.fio", "[w]\nrw=write\nsize=64k\nloops=1000\nnumjobs=2\n");
    expect(() => workload(`fio:${long}`)).toThrow(`${long} makes 32000 requests: cut it to 20000`);
    const large = file("large.fio", "[w]\nrw=write\nsize=1m\nbs=128k\nsync=1\n");
    expect(() => workload(`fio:${large}`)).toThrow("has a fua write of 131072 bytes: make it 65536 at most");
  });
});
