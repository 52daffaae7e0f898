import { describe, expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import {
  POWER_ONE,
  POWER_RESET,
  POWER_SHARED,
  POWER_SKEW,
  PowerFailure,
  type PowerFailureOptions,
} from "../../host/sdcard-emulator/power-topology.js";
import type { SpiCard } from "../../host/sdcard-emulator/spi/spi-card.js";
import { DATA_START, FLUSH, IN_SYNC, LiveBuffer, SpiBench, WRITE } from "./spi-bench.js";

const SECTORS = 8;
const OLD = 77;
const NEW = 78;
const SKEW_US = 400;

/** A mirror over two cards with caches; a write of eight sectors is on its way when `fail` is called. */
class FailingRail {
  readonly bench = new SpiBench({ characteristics: profile("tlc-cached") }).ready();
  readonly old: number;
  readonly fresh: number;
  readonly log: string[] = [];
  readonly cards: [SpiCard, SpiCard];

  constructor() {
    const { bench } = this;
    const { contents } = bench;
    this.old = contents.stamp(OLD);
    this.fresh = contents.stamp(NEW);
    this.cards = [bench.cards[0]!.card, bench.cards[1]!.card];
    expect(bench.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, this.old))).toBe(0);
    const done = { onBlockDone: () => void this.log.push("answered") };
    bench.mirror.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, this.fresh), 0, done, 0);
    bench.run(() => this.received(0) >= 2 && this.received(1) >= 2);
    expect(this.log).toEqual([]);
    expect(Math.max(this.received(0), this.received(1))).toBeLessThan(SECTORS);
  }

  /** The outcome that keeps the newest of everything: what differs then is what a card received. */
  fail(options: PowerFailureOptions): PowerFailure<SpiCard> {
    const { clock, mirror } = this.bench;
    const failure = new PowerFailure<SpiCard>(
      {
        clock,
        cards: this.cards,
        haltController: () => {
          this.log.push(`halt ${clock.nowUs}`);
          mirror.halt();
        },
        chooseOutcome: (card, member) => {
          this.log.push(`cut ${member} ${clock.nowUs}`);
          return card.crashSpace().map(({ options: all }) => all.length - 1);
        },
      },
      options,
    );
    failure.begin();
    return failure;
  }

  hasPower(member: number): boolean {
    try {
      this.cards[member]!.powerUp();
      return false;
    } catch {
      return true;
    }
  }

  /** Sectors of the second write that a card shows. */
  received(member: number): number {
    const { contents } = this.bench;
    const whole = contents.sectorOf(this.fresh, this.fresh);
    let count = 0;
    for (let i = 0; i < SECTORS; i++) if (this.cards[member]!.view(DATA_START + i) === whole) count++;
    return count;
  }
}

describe("power on the SPI face", () => {
  it("goes from both cards and the controller at once on a shared rail", () => {
    const rail = new FailingRail();
    const { nowUs } = rail.bench.clock;
    expect(rail.fail({ topology: POWER_SHARED }).over).toBe(true);
    expect(rail.log).toEqual([`halt ${nowUs}`, `cut 0 ${nowUs}`, `cut 1 ${nowUs}`]);
    expect([rail.hasPower(0), rail.hasPower(1)]).toEqual([false, false]);
  });

  it.each([0, 1] as const)("goes from card %i first, and from the other after the skew", (first) => {
    const rail = new FailingRail();
    const { clock } = rail.bench;
    const start = clock.nowUs;
    const failure = rail.fail({ topology: POWER_SKEW, first, skewUs: SKEW_US });
    expect(failure.over).toBe(false);
    while (!failure.over) if (!clock.step()) throw new Error("the skew does not end");
    expect(rail.log).toEqual([
      `halt ${start}`,
      `cut ${first} ${start}`,
      `cut ${1 - first} ${start + SKEW_US}`,
    ]);
    expect([rail.hasPower(0), rail.hasPower(1)]).toEqual([false, false]);
  });

  it("lets the other card take more while the controller lives on through the skew", () => {
    const rail = new FailingRail();
    const { bench } = rail;
    const before = rail.received(1);
    const failure = rail.fail({ topology: POWER_SKEW, skewUs: 4 * SKEW_US, controllerLivesOn: true });
    const received: number[] = [];
    bench.run(() => {
      if (!failure.over) received.push(rail.received(1));
      return failure.over;
    });
    expect(received.at(-1)!).toBeGreaterThan(before);
    expect(rail.log.filter((line) => line.startsWith("halt"))).toEqual([`halt ${bench.clock.nowUs}`]);
  });

  it("stays on both cards when the controller alone resets, and nothing more arrives", () => {
    const rail = new FailingRail();
    const { clock } = rail.bench;
    const received = [rail.received(0), rail.received(1)];
    expect(rail.fail({ topology: POWER_RESET }).over).toBe(true);
    for (let i = 0; i < 10_000 && clock.step(); i++);
    expect(rail.log).toEqual([expect.stringMatching(/^halt/)]);
    expect([rail.hasPower(0), rail.hasPower(1)]).toEqual([true, true]);
    expect([rail.received(0), rail.received(1)]).toEqual(received);
  });

  it("goes from one card while the controller runs: it drops that card and answers the write", () => {
    const rail = new FailingRail();
    const { bench } = rail;
    expect(rail.fail({ topology: POWER_ONE, first: 1 }).over).toBe(true);
    bench.run(() => rail.log.includes("answered"));
    expect(rail.log.filter((line) => line.startsWith("halt"))).toEqual([]);
    expect([rail.hasPower(0), rail.hasPower(1)]).toEqual([true, false]);
    expect(rail.received(0)).toBe(SECTORS);
    expect([0, 1].map((member) => bench.module.exports.memberState(member) === IN_SYNC)).toEqual([
      true,
      false,
    ]);
  });

  it("finds what has settled while the bus rested, with the controller alive", () => {
    const characteristics = { ...profile("slow-settle"), settleUs: 40_000 };
    // No mark is cleared, no flush probed: nothing goes over the bus once the flush is answered.
    const bench = new SpiBench({ characteristics, options: { epochMs: 60_000 } }).ready();
    bench.runMs(100);
    expect(bench.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, bench.contents.stamp(OLD)))).toBe(0);
    expect(bench.request(FLUSH)).toBe(0);
    const card = bench.cards[0]!;
    expect(card.card.crashSpace().length).toBeGreaterThan(0);
    bench.runMs(5);
    const { bytes } = card;
    bench.runMs(60);
    expect(card.bytes).toBe(bytes);
    expect(card.card.crashSpace()).toEqual([]);
    card.card.cutPower([]);
    for (let i = 0; i < SECTORS; i++) {
      expect(card.card.media.get(DATA_START + i)).toBe(
        bench.contents.sectorOf(bench.contents.stamp(OLD), bench.contents.stamp(OLD)),
      );
    }
  });

  it.each([POWER_SHARED, POWER_SKEW])(
    "leaves an array that comes back and is equal (topology %i)",
    (topology) => {
      const rail = new FailingRail();
      const { bench } = rail;
      const failure = rail.fail({ topology, skewUs: SKEW_US });
      while (!failure.over) bench.clock.step();
      for (const card of bench.cards) card.powerUp();
      // The halt took chip select away in the middle of a block; from here on nothing may be illegal.
      const before = bench.cards.map(({ checker }) => checker.violations.length);
      expect(bench.boot(9)).toBe(0);
      bench.runMs(3000);
      const [a, b] = rail.cards;
      for (let i = 0; i < SECTORS; i++) expect(a.view(DATA_START + i)).toBe(b.view(DATA_START + i));
      expect(bench.cards.map(({ checker }) => checker.violations.length)).toEqual(before);
    },
  );
});
