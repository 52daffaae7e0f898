/** The same workload over the SPI face and over the block face ends with the same images and the same region states. */
import { describe, expect, it } from "vitest";
import { POLICY_SYNC_GATED } from "../../assembly/layout.js";
import { BitmapRecords } from "../../host/campaign/oracle/bitmap-record.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { TimedMirror } from "../../host/mirror/timed-mirror.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card-options.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { BlockBench } from "./block-bench.js";
import {
  BUSY,
  CARD_SECTORS,
  DATA_SECTORS,
  DATA_START,
  DISCARD,
  FLUSH,
  FUA,
  LiveBuffer,
  OK,
  OPTIONS,
  REGION_SHIFT,
  STRIDE,
  SpiBench,
  WRITE,
} from "./spi-bench.js";

const REGIONS = DATA_SECTORS >> REGION_SHIFT;
/** Both copies of the bitmap, one sector each. */
const BITMAP_COPIES = [2 * STRIDE, 3 * STRIDE];
/** The slowest class settles in 5 ms. */
const SETTLE_US = 10_000;
const CLEAN_OR_UNWRITTEN = new Set([0, 1]);
/** The same identities on both faces: those that the SPI cards say of themselves. */
const CARD_IDS = [
  [444369752, 1001],
  [444369752, 1002],
] as const;

/** What a workload needs of either. */
interface Face {
  readonly contents: SectorContents;
  readonly mirror: TimedMirror;
  readonly options: DriverOptions;
  step(): void;
  /** No card has seen an illegal step. */
  expectLegal(): void;
  regionState(region: number): number;
  view(slot: number, sector: number): number;
  /** Cuts both cards with the first outcome of every axis, and gives them their power back. */
  crash(): void;
  nowUs(): number;
}

function spiFace(buses: 1 | 2, cardClass: string): Face {
  const bench = new SpiBench({ buses, characteristics: profile(cardClass) });
  let epochs = 0;
  return {
    contents: bench.contents,
    mirror: bench.mirror,
    options: bench.options,
    step: () => bench.run(() => ++epochs % 2 === 0),
    regionState: (region) => bench.module.exports.regionState(region),
    view: (slot, sector) => bench.cards[slot]!.card.view(sector),
    crash: () => {
      bench.mirror.halt();
      for (const watched of bench.cards) {
        watched.card.cutPower(watched.card.crashSpace().map(() => 0));
        watched.powerUp();
      }
    },
    nowUs: () => bench.clock.nowUs,
    expectLegal: () => bench.expectLegal(),
  };
}

function blockFace(cardClass: string): Face {
  const bench = new BlockBench(cardClass);
  const { contents, mirror, clock, cards, driver } = bench;
  return {
    contents,
    mirror,
    options: { ...OPTIONS, cardIds: CARD_IDS },
    step: () => bench.step(),
    regionState: (region) => driver.exports.regionState(region),
    view: (slot, sector) => cards[slot]!.view(sector),
    crash: () => bench.crash(() => 0),
    nowUs: () => clock.nowUs,
    expectLegal: () => undefined,
  };
}

class Workload {
  private readonly chance: Prng;
  private stamps = 1;
  private pending = 0;

  constructor(
    private readonly face: Face,
    seed: number,
  ) {
    this.chance = new Prng(seed);
  }

  private below(limit: number): number {
    return (this.chance.next() >>> 0) % limit;
  }

  until(done: () => boolean, what: string): void {
    for (let i = 0; !done(); i++) {
      if (i > 3_000_000) throw new Error(`${what} does not end`);
      this.face.step();
    }
  }

  started(what: string): void {
    this.until(() => this.face.mirror.modeStatus >= 0, what);
    expect(this.face.mirror.modeStatus).toBe(OK);
  }

  /** Requests of all kinds, several at once, some of which overlap: the driver serves those in their order. */
  requests(count: number): void {
    const { mirror, contents } = this.face;
    const done = { onBlockDone: (_tag: number, status: number) => (this.pending--, expect(status).toBe(OK)) };
    for (let i = 0; i < count; i++) {
      const kind = this.below(10);
      const operation = kind < 7 ? WRITE : kind === 7 ? FLUSH : kind === 8 ? FUA : DISCARD;
      const sectors = operation === FLUSH ? 0 : 1 + this.below(operation === DISCARD ? 32 : 16);
      const sector = operation === FLUSH ? 0 : this.below(DATA_SECTORS - sectors);
      const buffer: TransferBuffer = new LiveBuffer(Math.max(1, sectors), contents.stamp(this.stamps++));
      for (;;) {
        const status = mirror.request(operation, sector, sectors, buffer, 0, done, 0);
        if (status === OK) break;
        expect(status).toBe(BUSY);
        this.face.step();
      }
      this.pending++;
    }
  }

  flush(): void {
    const done = { onBlockDone: (_tag: number, status: number) => (this.pending--, expect(status).toBe(OK)) };
    this.pending++;
    expect(this.face.mirror.request(FLUSH, 0, 0, null, 0, done, 0)).toBe(OK);
    this.finished();
  }

  finished(): void {
    this.until(() => this.pending === 0, "the workload");
  }

  idle(us: number): void {
    const end = this.face.nowUs() + us;
    this.until(() => this.face.nowUs() >= end, "a rest");
  }

  /** Until no region is marked, which takes a few clearing passes. */
  settled(): void {
    const { face } = this;
    const isSettled = () =>
      Array.from({ length: REGIONS }, (_, region) => face.regionState(region)).every((state) =>
        CLEAN_OR_UNWRITTEN.has(state),
      );
    const end = face.nowUs() + 20_000_000;
    this.until(() => isSettled() || face.nowUs() > end, "clearing");
  }
}

/** What is left of a run. */
interface Ending {
  /** Of the regions, at the end and right after the crash. */
  readonly states: number[];
  readonly crashStates: number[];
  /** CRC32C of every sector of either card, but of bitmap records: how many there were goes by the timing. */
  readonly cards: number[][];
  /** The regions that either card's bitmap marks. */
  readonly marks: (readonly number[])[];
}

function play(face: Face, seed: number): Ending {
  const work = new Workload(face, seed);
  face.mirror.format(face.options, REGION_SHIFT, 1);
  work.started("the format");
  face.mirror.boot(face.options, POLICY_SYNC_GATED, 2);
  work.started("the boot");
  work.requests(60);
  work.finished();
  work.settled();
  // A crash with regions marked. What was not flushed may be lost, and which of it depends on the timing: so a flush.
  work.requests(12);
  work.finished();
  work.flush();
  work.idle(SETTLE_US);
  face.crash();
  face.mirror.boot(face.options, POLICY_SYNC_GATED, 3);
  work.started("the boot after the crash");
  const crashStates = regionStates(face);
  work.settled();
  work.requests(60);
  work.finished();
  work.settled();
  const states = regionStates(face);
  face.mirror.stop();
  work.started("the orderly stop");
  face.expectLegal();
  return {
    states,
    crashStates,
    cards: [0, 1].map((slot) => imageOf(face, slot)),
    marks: [0, 1].map((slot) => marksOf(face, slot)),
  };
}

function regionStates(face: Face): number[] {
  return Array.from({ length: REGIONS }, (_, region) => face.regionState(region));
}

function imageOf(face: Face, slot: number): number[] {
  // Ids of contents are given out in the order of sight, which differs.
  const sums = face.contents.fingerprints("crc32c");
  return Array.from({ length: CARD_SECTORS }, (_, sector) =>
    BITMAP_COPIES.includes(sector) ? -1 : sums.crcOf(face.view(slot, sector)),
  );
}

/** The regions that the bitmap of a card marks: the newer one of its two records counts. */
function marksOf(face: Face, slot: number): readonly number[] {
  const records = new BitmapRecords(face.contents);
  const copies = BITMAP_COPIES.map((sector) => records.of(face.view(slot, sector))!);
  const newest = copies.reduce((a, b) => (a.sequence > b.sequence ? a : b));
  return Array.from(newest.marks.entries()).flatMap(([region, isMarked]) => (isMarked === 1 ? [region] : []));
}

/** A class of cards, and a seed of the workload. */
export interface FaceCase {
  readonly cardClass: string;
  readonly seed: number;
}

/** A test for each case, of cards on so many buses. */
export function describeFaces(buses: 1 | 2, cases: readonly FaceCase[]): void {
  describe(`the SPI face and the block face, buses: ${buses}`, () => {
    /** For each case that ran: whether the cut found regions that a resync has to see to. */
    const resynced: boolean[] = [];

    it.each(cases)(
      "end alike after an orderly stop: cards of class $cardClass, workload $seed",
      ({ cardClass, seed }) => {
        const spi = play(spiFace(buses, cardClass), seed);
        const block = play(blockFace(cardClass), seed);
        expect(spi.states.every((state) => CLEAN_OR_UNWRITTEN.has(state))).toBe(true);
        expect(spi.states).toEqual(block.states);
        resynced.push(spi.crashStates.some((state) => !CLEAN_OR_UNWRITTEN.has(state)));
        for (const slot of [0, 1]) {
          expect(spi.cards[slot]).toEqual(block.cards[slot]);
          expect(spi.marks[slot]).toEqual([]);
          expect(block.marks[slot]).toEqual([]);
        }
        expect(spi.cards[0]!.slice(DATA_START)).toEqual(spi.cards[1]!.slice(DATA_START));
        expect(new Set(spi.cards[0]!.slice(DATA_START)).size).toBeGreaterThan(40);
      },
    );

    it("had something to resynchronise after most cuts", () => {
      expect(resynced.filter(Boolean).length).toBeGreaterThan(cases.length / 2);
    });
  });
}
