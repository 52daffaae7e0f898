/**
 * The emulated SD card, SPI face: one byte each way, byte for byte as a card on the bus. Passive: whoever owns the bus
 * moves the time on, and the card looks at it on each byte. Contents, crash space, characteristics and passing faults
 * are those of the block face.
 */
import type { CardImage } from "../card-image.js";
import type { CrashAxis } from "../crash-space.js";
import type { FaultOverlay } from "../fault-overlay.js";
import type { RegisterState } from "../image/card-state.js";
import { BusyLine } from "./busy-line.js";
import { cardIdentity, type CardIdentity } from "./card-identity.js";
import { CardMedium, type CardMediumOptions } from "./card-medium.js";
import { CardMode } from "./card-mode.js";
import type { CardParts } from "./card-parts.js";
import { EraseRange } from "./erase-range.js";
import { MemorySink } from "./memory-sink.js";
import { MemorySource } from "./memory-source.js";
import { PasswordLock } from "./password-lock.js";
import { PerformanceExtension } from "./performance-extension.js";
import { BLOCK_BYTES_MAX, ReadStream } from "./read-stream.js";
import { encodeCid } from "./registers/cid.js";
import { encodeCsd } from "./registers/csd.js";
import { encodeScr } from "./registers/scr.js";
import { encodeSsr } from "./registers/ssr.js";
import { SwitchFunctions } from "./registers/switch-status.js";
import { ResponseQueue } from "./response-queue.js";
import { SpiProtocol } from "./spi-protocol.js";
import { StatusBits } from "./status-bits.js";
import { LINE_HIGH } from "./tokens.js";
import { WriteProtection } from "./write-protection.js";
import { WriteStream } from "./write-stream.js";

/** How a card is made: its memory, and what it says of itself. */
export interface SpiCardOptions extends CardMediumOptions {
  /** Who the card is; default: an SDHC card with the performance extension register. */
  readonly identity?: Partial<CardIdentity>;
  /** N_CR: bytes between a command and its response, 1 to 8. Default 1. */
  readonly responseGap?: number;
  /**
   * From the first ACMD41 until the card is ready, µs. Default 1,000, shorter than real cards, which may take up to a
   * second (SD Physical Layer Simplified Specification, 4.2.3), so that runs are short.
   */
  readonly initialisationUs?: number;
  /** Of a card that was saved: identity (unless another is given), write protection and password. Default: a new card's. */
  readonly registers?: RegisterState | null;
  /**
   * Busy after CMD12 has ended a read, µs: its response is R1b (SD Physical Layer Simplified Specification, 7.3.1.3).
   * Default 2, a few bytes at 20 MHz (assumed: the specification gives no figure, and cards differ).
   */
  readonly stopBusyUs?: number;
}

const INITIALISATION_US = 1000;
const STOP_BUSY_US = 2;
const GAP_MAX = 8;

/** One card on an SPI bus. A new one has power, and waits for 74 clocks with chip select high. */
export class SpiCard {
  private readonly options: SpiCardOptions;
  private readonly parts: CardParts;
  private readonly medium: CardMedium;
  private readonly protocol: SpiProtocol;
  private readonly response = new ResponseQueue();
  private powered = true;
  private dead = false;
  private selected = false;

  /** @throws Error for characteristics, an identity, a gap or a size outside their limits */
  constructor(options: SpiCardOptions) {
    const { time, media, characteristics } = options;
    const identity = cardIdentity(options.identity ?? options.registers?.identity);
    const { responseGap = 1, initialisationUs = INITIALISATION_US, stopBusyUs = STOP_BUSY_US } = options;
    if (!(Number.isInteger(responseGap) && responseGap >= 1 && responseGap <= GAP_MAX)) {
      throw new Error(`N_CR is 1 to ${GAP_MAX} bytes, not ${responseGap}`);
    }
    if (!(Number.isSafeInteger(initialisationUs) && initialisationUs >= 0)) {
      throw new Error(`an initialisation takes a whole number of µs, not ${initialisationUs}`);
    }
    if (!(Number.isSafeInteger(stopBusyUs) && stopBusyUs >= 0)) {
      throw new Error(`busy after CMD12 is a whole number of µs, not ${stopBusyUs}`);
    }
    this.options = options;
    const busy = new BusyLine(time);
    const medium = new CardMedium({ ...options, erasedByte: identity.erasedByte }, busy);
    const mode = new CardMode(time, identity.generation, initialisationUs);
    const status = new StatusBits();
    const csd = encodeCsd(identity, media.sectors);
    const protection = new WriteProtection(csd, media.sectors);
    const cache = characteristics.cache !== "none";
    this.medium = medium;
    this.parts = {
      identity,
      cid: encodeCid(identity),
      csd,
      scr: encodeScr(identity),
      ssr: encodeSsr(identity, cache),
      general: new Uint8Array(BLOCK_BYTES_MAX),
      mode,
      status,
      busy,
      stopBusyUs,
      medium,
      source: new MemorySource(medium, status),
      sink: new MemorySink(medium, protection, status, mode),
      read: new ReadStream(time),
      write: new WriteStream(this.response, mode),
      erase: new EraseRange(),
      protection,
      lock: new PasswordLock(),
      functions: new SwitchFunctions(),
      extension: new PerformanceExtension(cache),
    };
    this.protocol = new SpiProtocol(this.parts, this.response, responseGap);
    const { registers = null } = options;
    if (registers === null) return;
    protection.restore(registers);
    this.parts.lock.restore(registers.password);
    this.parts.lock.powerUp();
  }

  /** What outlasts the power beside the contents: write protection and password (4.3.6, 4.3.7). */
  get registers(): RegisterState {
    const { identity, protection, lock } = this.parts;
    return { identity: { ...identity }, ...protection.save(), password: lock.save() };
  }

  /** Sectors below it are metadata. */
  get metadataEnd(): number {
    return this.options.metadataEnd ?? 0;
  }

  /** Durable contents as of now. Only the card changes them. */
  get media(): CardImage {
    this.medium.advance();
    return this.options.media;
  }

  /** Changes whenever the set of crash outcomes may have changed. */
  get crashVersion(): number {
    this.medium.advance();
    return this.medium.storage.crashVersion;
  }

  /** Which sectors faults have made unreadable. */
  get overlay(): FaultOverlay {
    this.medium.advance();
    return this.medium.storage.overlay;
  }

  /**
   * How often the card was dishonest (F4): flushes that kept nothing or never end, writes that landed elsewhere, and
   * older versions offered to a cut.
   */
  get lies(): number {
    this.medium.advance();
    return this.medium.lies;
  }

  /** Chip select: true is low, the card is addressed. */
  select(on: boolean): void {
    if (this.selected && !on) this.protocol.deselect();
    this.selected = on;
  }

  /**
   * One byte each way. No allocation.
   * @param mosi the host's byte, 0 to 255
   * @returns the card's byte; 0xFF, the pull-up's, when it is not selected or has no power
   */
  exchange(mosi: number): number {
    if (!this.powered || this.dead) return LINE_HIGH;
    if (this.options.time.nowNs >= this.medium.durability.dueNs) this.medium.advance();
    if (this.selected) return this.protocol.exchange(mosi);
    this.parts.mode.clock(mosi);
    return LINE_HIGH;
  }

  /**
   * Several bytes each way at one moment: what a loop of `exchange` would do, in less time.
   * @param mosi   what the host sends
   * @param miso   gets what the card sends; may be the same array
   * @param length bytes, at most those of either array
   */
  exchangeBlock(mosi: Uint8Array, miso: Uint8Array, length: number): void {
    for (let at = 0; at < length;) {
      const driven =
        this.powered && !this.dead && this.selected && this.options.time.nowNs < this.medium.durability.dueNs;
      const moved = driven ? this.protocol.exchangeInside(mosi, miso, at, length - at) : 0;
      if (moved === 0) miso[at] = this.exchange(mosi[at]!);
      at += Math.max(1, moved);
    }
  }

  /** Content id of what a read of this sector would return now. */
  view(sector: number): number {
    this.medium.advance();
    return this.medium.view(sector);
  }

  /** An independent image of what reads return now. */
  viewImage(): CardImage {
    this.medium.advance();
    return this.medium.storage.viewImage();
  }

  /** All that the durable contents may be after a cut at this moment; see crash-space.ts. */
  crashSpace(): readonly CrashAxis[] {
    this.medium.advance();
    return this.medium.storage.crashSpace();
  }

  /**
   * Cuts the power: the media become the chosen outcome, everything else is gone but passwords and write protection.
   * @param choice for each axis of crashSpace(), in its order, the index of one of its options
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  cutPower(choice: readonly number[]): void {
    this.medium.advance();
    this.medium.crash(choice);
    this.powered = false;
  }

  /** The controller is gone: its pull-up takes chip select high, and nothing clocks the card, which finishes what it took. */
  controllerReset(): void {
    this.select(false);
  }

  /** Gives the card its power back: it waits for 74 clocks and CMD0. @throws Error if it has power */
  powerUp(): void {
    if (this.powered) throw new Error("the card has power already: cutPower comes first");
    this.powered = true;
    this.startAnew();
  }

  /**
   * The card re-initialises by itself (F5), as after a dip of its power: its cache is lost, and the host finds a card that
   * waits for CMD0.
   * @param choice as for cutPower
   * @throws Error, and nothing happens, for a choice that does not fit the crash space, or without power
   */
  reinitialise(choice: readonly number[]): void {
    if (!this.powered) throw new Error("the card has no power: it re-initialises by powerUp");
    this.cutPower(choice);
    this.powerUp();
  }

  /** The card dies (F5) for good: it never drives its line again. @param choice as for cutPower */
  die(choice: readonly number[]): void {
    this.medium.advance();
    this.medium.crash(choice);
    this.dead = true;
  }

  /** A latent error (F6): the durable content of a sector reads as an error until it is written again. */
  spoil(sector: number): void {
    this.medium.advance();
    this.medium.storage.spoil(sector);
  }

  private startAnew(): void {
    const { mode, read, write, busy, status, erase, lock, functions, extension } = this.parts;
    this.protocol.deselect();
    read.close();
    write.drop();
    busy.release();
    status.clear();
    erase.clear();
    functions.reset();
    extension.reset();
    lock.powerUp();
    mode.powerUp();
  }
}
