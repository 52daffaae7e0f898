import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SectorHistory } from "../../host/campaign/oracle/sector-history.js";
import { VERDICT_NAMES, VERDICT_OK } from "../../host/campaign/oracle/sector-verdict.js";
import { DirectWriter } from "../../host/page-cache/direct-writer.js";
import { PageCache } from "../../host/page-cache/page-cache.js";
import type { PageCacheObserver } from "../../host/page-cache/page-cache-observer.js";
import { SYNC_WITH_FLUSH, SYNC_WITHOUT_FLUSH } from "../../host/page-cache/whole-sync.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import { Answers } from "./cache-bench.js";
import { ScriptedDevice } from "./scripted-device.js";

const SECTORS = 8;
const PAGES = 4;

const page = fc.nat(PAGES - 1);
const bit = fc.nat(1);
const steps = fc.array(
  fc.tuple(
    fc.nat(120), // us until the step
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ op: fc.constant("modify" as const), page, sector: bit, piece: bit }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ op: fc.constant("modify late" as const), page, delayUs: fc.nat(400) }),
      },
      { weight: 2, arbitrary: fc.record({ op: fc.constant("overwrite" as const), page }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("forget" as const), page }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constant("read" as const), page }) },
      { weight: 3, arbitrary: fc.record({ op: fc.constant("sync" as const), flushes: fc.boolean() }) },
      {
        weight: 2,
        arbitrary: fc.record({ op: fc.constant("direct" as const), sector: fc.nat(SECTORS - 3) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ op: fc.constant("modify direct" as const), sector: bit, piece: bit }),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("cut" as const), survivors: fc.nat(255) }) },
    ),
  ),
  { maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<(infer Item)[]> ? Item : never;

/** Runs the steps with the oracle listening; `judge` is called after each event. */
function play(workload: readonly Step[], options: { locked: boolean; capacity: number; lies: boolean }) {
  const clock = new VirtualClock();
  const contents = new SectorContents();
  const device = new ScriptedDevice(clock, contents, SECTORS);
  device.capacity = options.capacity;
  device.lies = options.lies;
  const history = new SectorHistory({ sectors: SECTORS, contents, atomicSector: true });
  const observer: PageCacheObserver = history;
  const complaints: string[] = [];
  const note = (sector: number, verdict: number): void => {
    if (verdict === VERDICT_OK) return;
    complaints.push(`${clock.nowUs} us: ${VERDICT_NAMES[verdict]}\n${history.describe(sector)}`);
  };
  const answers = new Answers(clock);
  const cache = new PageCache({
    clock,
    contents,
    device,
    observer,
    sectorsPerPage: SECTORS / PAGES,
    writeBackUs: 300,
    dirtyAgeUs: 200,
    pagesPerPass: 2,
    locked: options.locked,
  });
  const writer = new DirectWriter(cache.queue, observer, 3);
  let value = 1;
  let syncs = 0;
  const judge = (): void => {
    for (let sector = 0; sector < SECTORS; sector++) {
      note(sector, history.permits(sector, device.view[sector]!));
      note(sector, history.permits(sector, device.durable[sector]!));
    }
  };
  const runUntil = (timeUs: number): void => {
    while (clock.nextUs() <= timeUs && clock.step()) judge();
  };
  let timeUs = 0;
  for (const [waitUs, step] of workload) {
    timeUs += waitUs;
    runUntil(timeUs);
    const piece = contents.stamp(value++);
    if (step.op === "modify") cache.modify(step.page, step.sector, step.piece, piece, 0);
    if (step.op === "modify late") cache.modify(step.page, 0, 1, piece, step.delayUs);
    if (step.op === "overwrite") cache.overwrite(step.page, [piece, piece, piece, piece], 0);
    if (step.op === "forget") cache.forget(step.page);
    if (step.op === "read") cache.read(step.page, answers, -1);
    if (step.op === "direct") writer.start(step.sector, 3, answers, -1);
    if (step.op === "modify direct") writer.store(step.sector, step.piece, piece);
    if (step.op === "sync") cache.sync(step.flushes ? SYNC_WITH_FLUSH : SYNC_WITHOUT_FLUSH, answers, syncs++);
    if (step.op === "cut") {
      syncs = 0;
      answers.list.length = 0;
      device.cut((sector) => ((step.survivors >> sector) & 1) === 1);
      cache.crash();
      writer.crash();
      history.crashed();
      judge();
      for (let sector = 0; sector < SECTORS; sector++) {
        note(sector, history.readReturned(sector, device.view[sector]!));
      }
    }
    judge();
  }
  runUntil(1_000_000);
  return { clock, cache, device, answers, syncs, complaints, history };
}

describe("a random workload on an honest device", () => {
  it.each([
    { locked: false, capacity: 8, lies: false },
    { locked: false, capacity: 1, lies: false },
    { locked: true, capacity: 2, lies: false },
  ])("ends, answers every sync, leaves nothing dirty and gives the oracle no reason: %o", (options) => {
    fc.assert(
      fc.property(steps, (workload) => {
        const { clock, cache, answers, syncs, complaints } = play(workload, options);
        expect(complaints).toEqual([]);
        expect(clock.pending).toBe(0);
        expect(cache.idle).toBe(true);
        expect(cache.dirtyPages).toBe(0);
        const answered = answers.list.filter((answer) => answer.tag >= 0).map((answer) => answer.tag);
        expect(answered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: syncs }, (_, i) => i));
        expect(answers.list.every((answer) => answer.status === 0)).toBe(true);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it("brings every page that is present to the device, whatever was modified in flight", () => {
    fc.assert(
      fc.property(steps, (workload) => {
        const calm = workload.filter(
          ([, step]) => step.op !== "direct" && step.op !== "forget" && step.op !== "cut",
        );
        const { cache, device } = play(calm, { locked: false, capacity: 3, lies: false });
        for (let number = 0; number < PAGES; number++) {
          const { present, sector, sectors } = cache.page(number);
          if (!present) continue;
          for (let i = 0; i < sectors; i++) {
            expect(device.view[sector + i]).toBe(cache.page(number).contentOf(i));
          }
        }
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  it("runs the same way twice", () => {
    const [workload] = fc.sample(steps, { numRuns: 1, seed: 3 });
    const runs = [1, 2].map(() => play(workload!, { locked: false, capacity: 2, lies: false }));
    expect(runs[0]!.device.log).toEqual(runs[1]!.device.log);
    expect(runs[0]!.device.view).toEqual(runs[1]!.device.view);
    expect(runs[0]!.history.describe(0)).toBe(runs[1]!.history.describe(0));
  });
});

describe("a random workload on a lying device", () => {
  it("is found out by the oracle", () => {
    const samples = fc.sample(steps, { numRuns: 60, seed: 9 });
    const found = samples.filter(
      (workload) => play(workload, { locked: false, capacity: 4, lies: true }).complaints.length > 0,
    );
    expect(found.length).toBeGreaterThan(10);
  });
});
