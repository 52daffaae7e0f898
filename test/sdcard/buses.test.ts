/** Two cards on one bus take turns; a flush goes to the cache where there is one. */
import { describe, expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { TransientFaults } from "../../host/sdcard-emulator/transient-faults.js";
import { DATA_START, LiveBuffer, SpiBench } from "./spi-bench.js";

const READ = 0;
const WRITE = 1;
const FLUSH = 2;
const OK = 0;
const IN_SYNC = 1;
const FAULTY = 2;
const FEATURES = 4;
const CACHE = 8;
const SLOW = { ...profile("mlc"), jitterPercent: 0, stallPercent: 0 };

describe("a shared bus", () => {
  it("serves both cards by turns: neither waits for the other's whole command", () => {
    const bench = new SpiBench({ buses: 1, options: { epochMs: 3_600_000 } }).ready();
    expect(bench.request(WRITE, 0, 64, new LiveBuffer(64, bench.contents.stamp(1)))).toBe(OK);
    const [a, b] = bench.cards;
    const before = [a!.selections, b!.selections];
    expect(bench.request(WRITE, 0, 64, new LiveBuffer(64, bench.contents.stamp(2)))).toBe(OK);
    // Once for each block at least, on either card.
    expect(a!.selections - before[0]!).toBeGreaterThanOrEqual(64);
    expect(b!.selections - before[1]!).toBeGreaterThanOrEqual(64);
    bench.expectLegal();
  });

  it("is not held by a card that is busy: the other one reads meanwhile", () => {
    const transients = new TransientFaults({ seed: 1, rates: { endlessBusy: 1000 } });
    transients.quiet = true;
    const bench = new SpiBench({
      buses: 1,
      transients: [undefined, transients],
      characteristics: SLOW,
    }).ready();
    expect(bench.request(WRITE, 0, 64, new LiveBuffer(64, bench.contents.stamp(1)))).toBe(OK);
    transients.quiet = false;
    const ended: number[] = [];
    const done = { onBlockDone: (tag: number) => ended.push(tag) };
    // A write hangs on card 1; reads of the region that is being written go to card 0.
    bench.mirror.request(WRITE, 0, 8, new LiveBuffer(8, bench.contents.stamp(2)), 0, done, 100);
    bench.runMs(30);
    const began = bench.clock.nowUs;
    for (let tag = 0; tag < 8; tag++) {
      bench.mirror.request(READ, 16 + tag, 1, new LiveBuffer(1, 0), 0, done, tag);
      bench.run(() => ended.includes(tag), "a read beside a busy card");
    }
    expect(ended).not.toContain(100);
    expect(bench.clock.nowUs - began).toBeLessThan(100_000);
    expect(bench.module.exports.memberState(1)).toBe(IN_SYNC);
  });

  it("takes longer than two buses, and less than twice as long where cards are busy", () => {
    const took = ([1, 2] as const).map((buses) => {
      const bench = new SpiBench({ buses, characteristics: SLOW, options: { epochMs: 3_600_000 } }).ready();
      expect(bench.request(WRITE, 0, 64, new LiveBuffer(64, bench.contents.stamp(1)))).toBe(OK);
      const began = bench.clock.nowUs;
      for (let i = 0; i < 8; i++) {
        expect(bench.request(WRITE, 8 * i, 8, new LiveBuffer(8, bench.contents.stamp(2 + i)))).toBe(OK);
      }
      return bench.clock.nowUs - began;
    });
    expect(took[0]).toBeGreaterThan(took[1]!);
    expect(took[0]).toBeLessThan(2 * took[1]!);
  });
});

describe("a flush", () => {
  it("makes a cache durable", () => {
    const bench = new SpiBench({ characteristics: profile("tlc-cached") }).ready();
    expect(bench.mirror.cardWord(0, FEATURES) & CACHE).toBe(CACHE);
    const value = bench.contents.stamp(9);
    expect(bench.request(WRITE, 0, 8, new LiveBuffer(8, value))).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    bench.runMs(20);
    const { card } = bench.cards[0]!;
    const content = bench.contents.sectorOf(value, value);
    for (let i = 0; i < 8; i++) expect(card.media.get(DATA_START + i)).toBe(content);
  });

  it("that never ends loses the member after a second and a half", () => {
    const characteristics = { ...profile("tlc-cached"), flush: "never-ends" as const };
    const bench = new SpiBench().ready();
    const lying = bench.makeCard(1, "sdhc", { characteristics }, 9);
    bench.cards[1] = lying;
    bench.mirror.insertSpiCard(1, lying);
    expect(bench.request(WRITE, 0, 8, new LiveBuffer(8, bench.contents.stamp(1)))).toBe(OK);
    expect(bench.module.exports.memberState(1)).toBe(FAULTY);
    expect(bench.mirror.start(1)).toBe(OK);
    bench.run(() => bench.mirror.startStatus[1]! >= 0);
    let status = -1;
    const began = bench.clock.nowUs;
    bench.mirror.memberCommand(3, 1);
    bench.run(() => bench.clock.nowUs > began + 1_400_000 && bench.mirror.cardWord(1, 0) === 38, "the flush");
    status = bench.module.exports.memberState(1);
    expect(status).not.toBe(IN_SYNC);
    expect(bench.module.exports.memberState(0)).toBe(IN_SYNC);
  });
});
