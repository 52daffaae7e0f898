import { MEMBERS, SPI_CARD_KEYS, STATUS_OK } from "../../../assembly/layout.js";
import { MirrorError } from "../mirror-error.js";
import { TimedMirror, type TimedMirrorOptions } from "../timed-mirror.js";
import type { SpiDevice } from "./spi-bus.js";
import { SpiPort, type SpiPortOptions } from "./spi-port.js";
import type { SpiModule } from "./spi-module.js";

export interface SpiMirrorOptions extends Omit<TimedMirrorOptions, "driver" | "onOwnWrite"> {
  readonly driver: SpiModule;
  /** 1: both cards share one; 2: a bus each. */
  readonly buses: 1 | 2;
  readonly onSend?: SpiPortOptions["onSend"];
}

/** Tags of starts of cards: far above those that callers choose. */
const START_TAG = 0x7fff0000;
const NONE = -1;

/** The driver on two emulated cards with an SPI face, in virtual time. A boot or a format starts both cards first. */
export class SpiMirror extends TimedMirror {
  readonly port: SpiPort;
  /** Status of the last start of the card in each slot; -1 while it is under way. */
  readonly startStatus: number[] = new Array<number>(MEMBERS).fill(NONE);
  private readonly module: SpiModule;
  private readonly buses: 1 | 2;
  private begin: (() => void) | null = null;

  constructor(options: SpiMirrorOptions) {
    super(options);
    const { driver, clock, contents, buses, onSend } = options;
    this.module = driver;
    this.buses = buses;
    this.port = new SpiPort({
      clock,
      contents,
      memory: driver.memory,
      buffers: this.slots,
      buses,
      onDone: (slot, token, result) => this.guard(() => driver.spi.busDone(slot, token, result)),
      ...(onSend === undefined ? {} : { onSend }),
    });
    driver.connectBus(this.port);
  }

  /** Puts a card into a slot, or takes it out: `start` begins with it. Its time is `port.timeOf(slot)`. */
  insertSpiCard(slot: number, card: SpiDevice | null): void {
    this.port.insert(slot, card);
  }

  /** Initialises the card in a slot; `startStatus` tells the end. @returns what the driver says of it */
  start(slot: number): number {
    this.startStatus[slot] = NONE;
    return this.guard(() => this.module.spi.cardStart(slot, START_TAG + slot));
  }

  /** What the driver knows of a card (SPI_CARD_...). @throws Error for a key that there is not */
  cardWord(slot: number, key: number): number {
    if (key >= SPI_CARD_KEYS)
      throw new Error(`there are words 0 to ${SPI_CARD_KEYS - 1} of a card, not ${key}`);
    return this.module.spi.cardWord(slot, key) >>> 0;
  }

  override halt(): void {
    super.halt();
    this.port.halt();
    this.begin = null;
  }

  override done(tag: number, status: number): void {
    const slot = tag - START_TAG;
    if (slot >= 0 && slot < MEMBERS) this.startStatus[slot] = status;
    else super.done(tag, status);
  }

  protected override onceCardsStarted(begin: () => void): void {
    this.port.halt();
    const status = this.module.spi.connectBuses(this.buses);
    if (status !== STATUS_OK) throw new MirrorError("connectBuses", status);
    this.begin = begin;
    this.startStatus.fill(NONE);
    for (let slot = 0; slot < MEMBERS; slot++) this.start(slot);
  }

  protected override guard<T>(call: () => T): T {
    const result = super.guard(call);
    // An export may not be called from inside an import: `done` only notes that a start has ended.
    if (this.begin !== null && this.startStatus.every((status) => status !== NONE)) {
      const { begin } = this;
      this.begin = null;
      begin();
    }
    return result;
  }
}
