/** The same workload over the SPI face and over the block face ends with the same images and the same region states. */
import { describe, expect, it } from "vitest";
import { POLICY_SYNC_GATED } from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { TimedMirror } from "../../host/mirror/timed-mirror.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { SdCard } from "../../host/sdcard-emulator/card.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card-options.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import {
  CARD_SECTORS,
  DATA_SECTORS,
  DATA_START,
  LiveBuffer,
  OPTIONS,
  REGION_SHIFT,
  STRIDE,
  SpiBench,
} from "./spi-bench.js";

const WRITE = 1;
const FLUSH = 2;
const FUA = 3;
const DISCARD = 4;
const OK = 0;
const BUSY = 1;
const REGIONS = DATA_SECTORS >> REGION_SHIFT;
const CLEAN_OR_UNWRITTEN = new Set([0, 1]);
const CLASS = "slc";
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

function spiFace(buses: 1 | 2): Face {
  const bench = new SpiBench({ buses, characteristics: profile(CLASS) });
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

function blockFace(): Face {
  const clock = new VirtualClock();
  const contents = new SectorContents();
  const driver = new DriverModule(readDriver("production"));
  const epochs: number[] = [];
  const mirror = new TimedMirror({
    driver,
    clock,
    contents,
    tickUs: 1000,
    sync: { onSyncRequested: (epoch) => epochs.push(epoch) },
    dataSectors: DATA_SECTORS,
  });
  const cards = [1, 2].map(
    (seed) =>
      new SdCard({
        clock,
        contents,
        media: new CardImage(CARD_SECTORS),
        characteristics: profile(CLASS),
        seed,
        onComplete: mirror.onCardDone,
      }),
  );
  mirror.insertCards(cards[0]!, cards[1]!);
  return {
    contents,
    mirror,
    options: { ...OPTIONS, cardIds: CARD_IDS },
    step: () => {
      clock.step();
      for (const epoch of epochs.splice(0)) mirror.syncDone(epoch, OK);
    },
    regionState: (region) => driver.exports.regionState(region),
    view: (slot, sector) => cards[slot]!.view(sector),
    crash: () => {
      mirror.halt();
      for (const card of cards) {
        card.cutPower(card.crashSpace().map(() => 0));
        card.powerUp();
      }
    },
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

function play(face: Face, seed: number): { states: number[]; cards: number[][]; crashStates: number[] } {
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
  face.crash();
  face.mirror.boot(face.options, POLICY_SYNC_GATED, 3);
  work.started("the boot after the crash");
  const crashStates = Array.from({ length: REGIONS }, (_, region) => face.regionState(region));
  work.settled();
  work.requests(60);
  work.finished();
  work.settled();
  const states = Array.from({ length: REGIONS }, (_, region) => face.regionState(region));
  const sectors = Array.from({ length: CARD_SECTORS }, (_, sector) => sector);
  face.expectLegal();
  // Ids of contents are given out in the order of sight, which differs.
  const sums = face.contents.fingerprints("crc32c");
  const cards = [0, 1].map((slot) => sectors.map((sector) => sums.crcOf(face.view(slot, sector))));
  return { states, cards, crashStates };
}

/** Superblocks and data; how many records there have been by now depends on the timing. */
function imageOf(card: number[]): number[] {
  return [card[0]!, card[STRIDE]!, ...card.slice(DATA_START, DATA_START + DATA_SECTORS)];
}

describe.each([1, 2] as const)("the SPI face on %i buses and the block face", (buses) => {
  it.each([1, 2, 3])("end alike, workload %i", (seed) => {
    const spi = play(spiFace(buses), seed);
    const block = play(blockFace(), seed);
    expect(spi.states.every((state) => CLEAN_OR_UNWRITTEN.has(state))).toBe(true);
    expect(spi.states).toEqual(block.states);
    expect(spi.crashStates.some((state) => !CLEAN_OR_UNWRITTEN.has(state))).toBe(true);
    for (const slot of [0, 1]) expect(imageOf(spi.cards[slot]!)).toEqual(imageOf(block.cards[slot]!));
    expect(imageOf(spi.cards[0]!).slice(2)).toEqual(imageOf(spi.cards[1]!).slice(2));
  });
});
