/** The SPI module on two emulated cards in virtual time, each watched by a bus checker. */
import { expect } from "vitest";
import { FORMAT_EMPTY, POLICY_SYNC_GATED } from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { SpiMirror } from "../../host/mirror/spi/spi-mirror.js";
import { SpiModule } from "../../host/mirror/spi/spi-module.js";
import type { SpiDevice } from "../../host/mirror/spi/spi-bus.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card-options.js";
import { profile, type CardCharacteristics } from "../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { BusChecker } from "../../host/sdcard-emulator/spi/bus-checker.js";
import { violationText } from "../../host/sdcard-emulator/spi/bus-violation.js";
import type { CardGeneration } from "../../host/sdcard-emulator/spi/card-identity.js";
import { SpiCard, type SpiCardOptions } from "../../host/sdcard-emulator/spi/spi-card.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

/** Numbers of the interface, as SPEC.md has them: requests, statuses, states of a member, a member command. */
export const READ = 0;
export const WRITE = 1;
export const FLUSH = 2;
export const FUA = 3;
export const DISCARD = 4;
export const OK = 0;
export const BUSY = 1;
export const IN_SYNC = 1;
export const FAULTY = 2;
export const MEMBER_ADD = 2;

export const REGION_SHIFT = 3;
export const STRIDE = 8;
/** First data sector on a card. */
export const DATA_START = 4 * STRIDE;
export const DATA_SECTORS = 256;
/** Small, and a size that the CSD of every generation can say. */
export const CARD_SECTORS = 1024;
const STEPS_MAX = 5_000_000;

let module: SpiModule | null = null;

/** One instance for all benches of a file: its state is reset by each boot. */
export function spiModule(): SpiModule {
  return (module ??= new SpiModule(readDriver("spi")));
}

export const OPTIONS: DriverOptions = {
  cardSectors: DATA_START + DATA_SECTORS,
  metadataStride: STRIDE,
  epochMs: 50,
  // Nothing to resynchronise: what goes over the bus is what a test asks for.
  format: FORMAT_EMPTY,
};

/** A card that a bus checker watches, and that may lose bytes on the way. */
export class WatchedCard implements SpiDevice {
  readonly checker: BusChecker;
  bytes = 0;
  /** Chip select went low so often. */
  selections = 0;
  /** Called with each byte the host sends; what it returns is what the card gets. */
  garble: (mosi: number) => number = (mosi) => mosi;
  /** Called with each byte the card sends, and the host's at its side; what it returns is what the host gets. */
  reply: (miso: number, mosi: number) => number = (miso) => miso;

  constructor(
    readonly card: SpiCard,
    generation: CardGeneration,
  ) {
    this.checker = new BusChecker(generation === "sdhc" || generation === "sdxc");
  }

  select(on: boolean): void {
    if (on) this.selections++;
    this.card.select(on);
    this.checker.select(on);
  }

  exchange(mosi: number): number {
    this.bytes++;
    const miso = this.reply(this.card.exchange(this.garble(mosi)), mosi);
    this.checker.exchange(mosi, miso);
    return miso;
  }

  powerUp(): void {
    this.card.powerUp();
    this.checker.powerUp();
  }

  expectLegal(): void {
    expect(this.checker.violations.map(violationText)).toEqual([]);
  }
}

export interface BenchOptions {
  readonly buses?: 1 | 2;
  /** Default: a tick each millisecond. */
  readonly tickUs?: number;
  readonly generations?: readonly [CardGeneration, CardGeneration];
  readonly characteristics?: CardCharacteristics;
  readonly card?: Partial<SpiCardOptions>;
  readonly transients?: readonly [SpiCardOptions["transients"], SpiCardOptions["transients"]];
  readonly options?: Partial<DriverOptions>;
  readonly onSend?: (slot: number) => void;
}

/** A caller's buffer. */
export class LiveBuffer implements TransferBuffer {
  readonly pieces: number[];
  stored: number[] = [];

  constructor(sectors: number, piece: number) {
    this.pieces = new Array<number>(2 * sectors).fill(piece);
  }

  samplePiece(sector: number, piece: number): number {
    return this.pieces[2 * sector + piece]!;
  }

  storeSector(sector: number, content: number): void {
    this.stored[sector] = content;
  }
}

export class SpiBench {
  readonly clock = new VirtualClock();
  readonly contents = new SectorContents();
  readonly module = spiModule();
  readonly mirror: SpiMirror;
  readonly cards: WatchedCard[];
  readonly options: DriverOptions;
  /** Called after each event of the clock: after one call of the driver. */
  afterStep: () => void = () => undefined;
  /** Epochs that the driver asked for; answered at the next step of `run`. */
  private epochs: number[] = [];

  constructor(options: BenchOptions = {}) {
    const { generations = ["sdhc", "sdhc"], buses = 2, tickUs = 1000, onSend } = options;
    this.options = { ...OPTIONS, ...options.options };
    this.mirror = new SpiMirror({
      driver: this.module,
      clock: this.clock,
      contents: this.contents,
      tickUs,
      sync: { onSyncRequested: (epoch) => this.epochs.push(epoch) },
      dataSectors: DATA_SECTORS,
      buses,
      ...(onSend === undefined ? {} : { onSend }),
    });
    this.cards = generations.map((generation, slot) => this.makeCard(slot, generation, options));
    this.cards.forEach((card, slot) => this.mirror.insertSpiCard(slot, card));
  }

  makeCard(
    slot: number,
    generation: CardGeneration,
    options: BenchOptions = {},
    seed = slot + 1,
  ): WatchedCard {
    const transients = options.transients?.[slot];
    const card = new SpiCard({
      time: this.mirror.port.timeOf(slot),
      contents: this.contents,
      media: new CardImage(CARD_SECTORS),
      characteristics: options.characteristics ?? { ...profile("mlc") },
      seed,
      identity: { generation, serialNumber: 1000 + seed },
      ...(transients === undefined ? {} : { transients }),
      ...options.card,
    });
    return new WatchedCard(card, generation);
  }

  /** Runs until `done()`; answers syncs. */
  run(done: () => boolean, what = "the run"): void {
    for (let i = 0; !done(); i++) {
      if (i > STEPS_MAX || !this.clock.step()) throw new Error(`${what} does not end: ${this.describe()}`);
      this.afterStep();
      if (this.epochs.length > 0) for (const epoch of this.epochs.splice(0)) this.mirror.syncDone(epoch, 0);
    }
  }

  /** Where the cards and members are: for a person. */
  private describe(): string {
    const cards = this.cards.map((_, slot) => {
      const words = Array.from({ length: 12 }, (_word, key) => this.mirror.cardWord(slot, key));
      return `card ${slot}: member ${this.module.exports.memberState(slot)}, words ${words.join(" ")}`;
    });
    return `${cards.join("; ")} at ${this.clock.nowUs} µs`;
  }

  runMs(ms: number): void {
    const end = this.clock.nowUs + ms * 1000;
    this.run(() => this.clock.nowUs >= end);
  }

  format(): number {
    this.mirror.format(this.options, REGION_SHIFT, 1);
    this.run(() => this.mirror.modeStatus >= 0, "the format");
    return this.mirror.modeStatus;
  }

  boot(nonce = 2): number {
    this.mirror.boot(this.options, POLICY_SYNC_GATED, nonce);
    this.run(() => this.mirror.modeStatus >= 0, "the boot");
    return this.mirror.modeStatus;
  }

  /** A formatted array that runs. */
  ready(): this {
    expect(this.format()).toBe(0);
    expect(this.boot()).toBe(0);
    return this;
  }

  /** A request, to its end. @returns its status */
  request(operation: number, sector = 0, count = 0, buffer: TransferBuffer | null = null): number {
    let status = -1;
    const done = { onBlockDone: (_tag: number, answer: number) => (status = answer) };
    const taken = this.mirror.request(operation, sector, count, buffer, 0, done, 0);
    if (taken !== 0) return taken;
    this.run(() => status >= 0, "the request");
    return status;
  }

  /** No card was sent anything illegal, and none is when it gets quiet. */
  expectLegal(): void {
    this.runMs(60);
    for (const card of this.cards) card.expectLegal();
  }
}
