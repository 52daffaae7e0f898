import {
  COUNTER_REGIONS_MARKED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  GEOMETRY_REGIONS,
  POLICY_SYNC_GATED,
  REQUEST_WRITE,
  STATUS_OK,
} from "../../assembly/layout.js";
import { arrayGeometry } from "../campaign/world/array-geometry.js";
import type { DriverModule } from "../mirror/driver-module.js";
import { configureDriver, type DriverOptions } from "../mirror/driver-options.js";
import { InstantCards } from "./instant-cards.js";

/** Regions of 4 KiB: a write of 4 KiB touches one. */
const REGION_SHIFT = 3;
const REGION_SECTORS = 2 ** REGION_SHIFT;
const STRIDE = 64;
const MODE_TAG = 0x1000;
const NONCE = 0xca11;
/** Between two clearing passes, ms. */
const EPOCH_MS = 1000;
const TICKS_MAX = 200_000;

/** The driver over an array of a given number of regions, on cards that cost nothing. */
export class CallArray {
  readonly cards: InstantCards;
  private readonly options: DriverOptions;
  private nowMs = 0;

  private constructor(
    readonly driver: DriverModule,
    readonly regions: number,
  ) {
    const dataStart = arrayGeometry(Number.MAX_SAFE_INTEGER, REGION_SHIFT, STRIDE).dataStart;
    this.cards = new InstantCards(driver.memory, dataStart);
    this.options = {
      cardSectors: dataStart + regions * REGION_SECTORS,
      metadataStride: STRIDE,
      epochMs: EPOCH_MS,
    };
    driver.connect(this.cards);
    this.start(() => driver.exports.format(REGION_SHIFT, NONCE, MODE_TAG));
    this.start(() => driver.exports.assemble(POLICY_SYNC_GATED, NONCE + 1, MODE_TAG));
    const found = driver.exports.geometry(GEOMETRY_REGIONS);
    if (found !== regions) throw new Error(`the array has ${found} regions, not ${regions}`);
  }

  /** A new array, assembled, of which every region is still to be copied. @throws Error for too many regions */
  static marked(driver: DriverModule, regions: number): CallArray {
    return new CallArray(driver, regions);
  }

  /** A new array of which every region is clean. @throws Error for too many regions */
  static clean(driver: DriverModule, regions: number): CallArray {
    const array = new CallArray(driver, regions);
    array.becomeClean();
    return array;
  }

  /** The power was cut: the controller starts anew, on what the cards hold. */
  reboot(): void {
    this.start(() => this.driver.exports.assemble(POLICY_SYNC_GATED, NONCE + 2, MODE_TAG));
    this.nowMs = 0;
  }

  /** Data sectors. */
  get sectors(): number {
    return this.regions * REGION_SECTORS;
  }

  /** Time goes on by `ms`; the driver hears of it in one call. */
  tick(ms: number): void {
    this.nowMs += ms;
    this.driver.exports.tick(this.nowMs);
  }

  /** Submits any request. @returns the driver's status */
  submit(operation: number, sector: number, count: number, tag: number): number {
    return this.driver.exports.submit(operation, sector, count, tag, tag);
  }

  /** Submits a write of a whole region. @throws Error when the driver does not take it */
  write(region: number, tag: number): void {
    const status = this.submit(REQUEST_WRITE, region * REGION_SECTORS, REGION_SECTORS, tag);
    if (status !== STATUS_OK) throw new Error(`the driver answered a write with status ${status}`);
  }

  /** Answers what the cards and the layer above were asked. @returns commands of cards that were answered */
  answerAll(): number {
    const { exports } = this.driver;
    let answered = this.cards.answerAll(exports);
    while (this.cards.epochs.length > 0) {
      exports.syncDone(this.cards.epochs.shift()!, STATUS_OK);
      answered += this.cards.answerAll(exports);
    }
    return answered;
  }

  /** Whether the driver waits for an answer of a card or of the layer above. */
  get isWaiting(): boolean {
    return this.cards.waiting > 0 || this.cards.epochs.length > 0;
  }

  /** Regions that are not clean. */
  get notClean(): number {
    const { counter } = this.driver.exports;
    return (counter(COUNTER_REGIONS_TO_SYNC) + counter(COUNTER_REGIONS_UNPROVEN)) >>> 0;
  }

  /** Lets time pass until every region is clean. */
  becomeClean(): void {
    this.letPassUntil("regions do not become clean", () => this.notClean === 0);
  }

  /** Lets time pass until no region is marked on the cards; with a driver that keeps marks only after its quiet. */
  becomeUnmarked(): void {
    const { counter } = this.driver.exports;
    this.letPassUntil("marks do not leave the cards", () => counter(COUNTER_REGIONS_MARKED) === 0);
  }

  private letPassUntil(complaint: string, reached: () => boolean): void {
    for (let ticks = 0; !reached(); ticks++) {
      if (ticks === TICKS_MAX) throw new Error(`${this.regions} regions: ${complaint}`);
      this.tick(1);
      this.answerAll();
    }
  }

  private start(begin: () => number): void {
    const { driver, cards } = this;
    driver.reset();
    cards.forget();
    configureDriver(driver.exports, this.options);
    const begun = begin();
    if (begun !== STATUS_OK)
      throw new Error(`${this.regions} regions: the driver answers with status ${begun}`);
    cards.answerAll(driver.exports);
    const ended = cards.answers.get(MODE_TAG);
    if (ended !== STATUS_OK)
      throw new Error(`${this.regions} regions: format or assembly ended with status ${ended}`);
  }
}
