import { COUNTER_MARK_WAITS, POLICY_SYNC_GATED, SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import type { ArrayGeometry } from "../campaign/world/array-geometry.js";
import { checkTraceFits, TRACE_BLOCK_BYTES, TRACE_INTERVAL_US, type Trace } from "../clients/trace.js";
import type { DriverModule } from "../mirror/driver-module.js";
import { TimedMirror, type SyncListener } from "../mirror/timed-mirror.js";
import type { BlockCompletion } from "../page-cache/block-device.js";
import { SdCard } from "../sdcard-emulator/card.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { VirtualClock, type ClockHandler } from "../sdcard-emulator/virtual-clock.js";
import { latencyFigures, type LatencyFigures } from "./latency-figures.js";
import { MarksOnCards } from "./marks-on-cards.js";
import { MetadataWatch, type MetadataCounts } from "./metadata-watch.js";
import { WrittenBlock } from "./written-block.js";

/** What a trace is replayed on: a clean array, and what runs it. */
export interface TraceRunParts {
  /** Configured but for the options below. */
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  /** Durable contents of both cards: an array that is stopped and clean. They are left as they are. */
  readonly images: readonly [CardImage, CardImage];
  readonly characteristics: CardCharacteristics;
  readonly epochMs: number;
}

/** What one replay of a trace took. */
export interface TraceMeasurement {
  readonly writes: number;
  /** From the first write to the answer to the last one. */
  readonly metadata: MetadataCounts;
  /** From there until nothing is marked any more, or the patience is over. */
  readonly metadataAfterwards: MetadataCounts;
  /** Regions marked on the cards, sampled before each write. */
  readonly marked: { readonly average: number; readonly most: number; readonly atCut: number };
  /** Regions still marked at the very end. */
  readonly markedAtEnd: number;
  /** Writes that had to wait for a mark. */
  readonly markWaits: number;
  /** From the moment at which a write was due to its answer, us of virtual time. */
  readonly latencyUs: LatencyFigures;
}

/** Write before which md was killed when its figures were taken. */
export const CUT_AT_WRITE = 2000;

const TICK_US = 1000;
const BLOCK_SECTORS = TRACE_BLOCK_BYTES / SECTOR_BYTES;
/** Assembly writes records of its own; they are over long before the first write. */
const HEAD_US = 1_000_000;
/** How long the quiet after the last write is watched. */
const TAIL_US = 60_000_000;
const BOOT_NONCE = 0x7ace;
const CARD_SEEDS = [1, 2] as const;

/** What a clock event means, unless it is the number of a write that is due. */
const ANSWER_SYNC = -1;
const ALARM = -2;

/** Replays a trace against the driver on two emulated cards, in virtual time, each write at its own moment. */
export function runTrace(parts: TraceRunParts, trace: Trace): TraceMeasurement {
  return new TraceRun(parts, trace).run();
}

class TraceRun implements ClockHandler, BlockCompletion, SyncListener {
  private readonly clock = new VirtualClock();
  private readonly mirror: TimedMirror;
  private readonly metadata: MetadataWatch;
  private readonly marks: MarksOnCards;
  private readonly latencies: Float64Array;
  private readonly markedBefore: number[] = [];
  /** Writes that are due and that the driver had no room for yet. */
  private readonly waiting: number[] = [];
  private readonly epochs: number[] = [];
  private answered = 0;
  private startUs = 0;
  private alarmed = false;

  constructor(
    private readonly parts: TraceRunParts,
    private readonly trace: Trace,
  ) {
    const { driver, contents, geometry, images, characteristics } = parts;
    checkTraceFits(trace, Math.floor(geometry.dataSectors / BLOCK_SECTORS));
    this.latencies = new Float64Array(trace.blocks.length);
    this.metadata = new MetadataWatch(geometry, contents, driver.memory);
    this.mirror = new TimedMirror({
      driver,
      clock: this.clock,
      contents,
      tickUs: TICK_US,
      sync: this,
      dataSectors: geometry.dataSectors,
      onOwnWrite: (_member, sector, count, address) => this.metadata.ownWrite(sector, count, address),
    });
    const [a, b] = images.map(
      (image, member) =>
        new SdCard({
          clock: this.clock,
          contents,
          media: image.fork(),
          characteristics,
          seed: CARD_SEEDS[member]!,
          onComplete: this.mirror.onCardDone,
        }),
    ) as [SdCard, SdCard];
    this.mirror.insertCards(a, b);
    this.marks = new MarksOnCards(geometry, [a.media, b.media], contents);
  }

  run(): TraceMeasurement {
    this.boot();
    const waitsBefore = this.markWaits();
    this.metadata.take();
    this.startUs = this.clock.nowUs;
    this.clock.schedule(0, this, 0);
    this.stepUntil(() => this.answered === this.trace.blocks.length);
    const metadata = this.metadata.take();
    const markWaits = this.markWaits() - waitsBefore;
    this.letPass(TAIL_US, () => this.marks.count() === 0);
    const metadataAfterwards = this.metadata.take();
    const markedAtEnd = this.marks.count();
    this.mirror.halt();
    return {
      writes: this.trace.blocks.length,
      metadata,
      metadataAfterwards,
      marked: summaryOfMarks(this.markedBefore),
      markedAtEnd,
      markWaits,
      latencyUs: latencyFigures(this.latencies),
    };
  }

  onTime(what: number): void {
    if (what === ANSWER_SYNC) this.mirror.syncDone(this.epochs.shift()!, STATUS_OK);
    else if (what === ALARM) this.alarmed = true;
    else this.writeIsDue(what);
  }

  /** Nothing above the mirror has anything to write: every sync succeeds at once. */
  onSyncRequested(epoch: number): void {
    this.epochs.push(epoch);
    this.clock.schedule(0, this, ANSWER_SYNC);
  }

  onBlockDone(write: number, status: number): void {
    if (status !== STATUS_OK) throw new Error(`write ${write} of the trace ended with status ${status}`);
    this.latencies[write] = this.clock.nowUs - this.dueUs(write);
    this.answered++;
  }

  private boot(): void {
    const { geometry, epochMs } = this.parts;
    const { cardSectors, baseSector, metadataStride } = geometry;
    this.mirror.boot({ cardSectors, baseSector, metadataStride, epochMs }, POLICY_SYNC_GATED, BOOT_NONCE);
    this.stepUntil(() => this.mirror.modeStatus >= 0);
    if (this.mirror.modeStatus !== STATUS_OK)
      throw new Error(`the assembly ended with status ${this.mirror.modeStatus}`);
    this.letPass(HEAD_US, () => false);
    const marked = this.marks.count();
    if (marked !== 0)
      throw new Error(`${marked} regions are marked before the first write, but all are clean`);
  }

  private dueUs(write: number): number {
    return this.startUs + write * TRACE_INTERVAL_US;
  }

  private writeIsDue(write: number): void {
    const next = write + 1;
    if (next < this.trace.blocks.length) this.clock.schedule(TRACE_INTERVAL_US, this, next);
    this.markedBefore.push(this.marks.count());
    this.waiting.push(write);
  }

  /** After every event, because a driver that is busy can only take more once it has answered something. */
  private submitWaiting(): void {
    while (this.waiting.length > 0) {
      const write = this.waiting[0]!;
      const block = new WrittenBlock(this.parts.contents.stamp(write + 1));
      const sector = this.trace.blocks[write]! * BLOCK_SECTORS;
      if (!this.mirror.write(sector, BLOCK_SECTORS, block, 0, this, write)) return;
      this.waiting.shift();
    }
  }

  private stepUntil(reached: () => boolean): void {
    while (!reached()) {
      this.clock.step();
      this.submitWaiting();
    }
  }

  /** Lets time pass, until `early` is so at some whole tick. */
  private letPass(us: number, early: () => boolean): void {
    for (const endUs = this.clock.nowUs + us; this.clock.nowUs < endUs && !early();) {
      this.alarmed = false;
      this.clock.schedule(Math.min(TICK_US, endUs - this.clock.nowUs), this, ALARM);
      this.stepUntil(() => this.alarmed);
    }
  }

  private markWaits(): number {
    return this.parts.driver.exports.counter(COUNTER_MARK_WAITS) >>> 0;
  }
}

function summaryOfMarks(marked: readonly number[]): TraceMeasurement["marked"] {
  return {
    average: marked.reduce((sum, count) => sum + count, 0) / marked.length,
    most: Math.max(...marked),
    // A trace that was cut short for a test has no such write.
    atCut: marked[Math.min(CUT_AT_WRITE, marked.length - 1)]!,
  };
}
