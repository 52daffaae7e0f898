import type { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";

/** What sits in a slot: an emulated card, or something that watches one. */
export interface SpiDevice {
  select(on: boolean): void;
  /** One byte each way. */
  exchange(mosi: number): number;
}

const NONE = -1;
const LINE_HIGH = 0xff;
const NS_PER_US = 1000;
/** Bits of a byte, in ns at 1 kHz. */
const BYTE_NS_AT_1_KHZ = 8_000_000;

/**
 * One SPI bus in virtual time. Cards look at its `nowNs`: during a transfer that of the byte on the wire, else that of the
 * clock, so that a card whose bus rests settles all the same, and a cut at any moment finds what there is at that moment.
 */
export class SpiBus {
  /** Time of the last byte, ns since the start of the run; ahead of the clock by less than a transfer. */
  private byteEndNs = 0;
  /** Bit s set: slot s has a transfer under way, whose bytes pass when it ends. */
  private driven = 0;
  /** Slot whose chip select is low, with a card in it or not; NONE. */
  private selectedSlot = NONE;
  /** The card that is in it, and has been told. */
  private selected: SpiDevice | null = null;
  private byteNs = BYTE_NS_AT_1_KHZ / 400;

  /** @param devices those on this bus, by slot; the array is the port's and changes */
  constructor(
    private readonly clock: VirtualClock,
    private readonly devices: (SpiDevice | null)[],
    private readonly slots: readonly number[],
  ) {}

  /** ns since the start of the run. */
  get nowNs(): number {
    return this.driven !== 0 ? this.byteEndNs : Math.max(this.byteEndNs, this.clock.nowUs * NS_PER_US);
  }

  /** A transfer of this slot begins or ends. */
  drive(slot: number, on: boolean): void {
    if (on) this.catchUp();
    this.driven = on ? this.driven | (1 << slot) : this.driven & ~(1 << slot);
  }

  /** @param kilohertz of the transfers that begin from now on */
  setSpeed(kilohertz: number): void {
    this.byteNs = Math.ceil(BYTE_NS_AT_1_KHZ / kilohertz);
  }

  select(slot: number): void {
    this.catchUp();
    this.selectedSlot = slot;
    this.replaced(slot);
  }

  /** Chip select goes high, and eight clocks follow. */
  deselect(): void {
    this.reset();
    this.exchange(LINE_HIGH);
  }

  /** Chip select goes high, and nobody clocks. A bus that has rested is behind the clock: now its cards are not. */
  reset(): void {
    this.catchUp();
    this.selected?.select(false);
    this.selected = null;
    this.selectedSlot = NONE;
  }

  /** A slot has another card in it than before, or none: its chip select stays where it is. */
  replaced(slot: number): void {
    if (slot !== this.selectedSlot) return;
    const device = this.devices[slot]!;
    if (device === this.selected) return;
    this.selected?.select(false);
    this.selected = device;
    device?.select(true);
  }

  /** Whole µs from now on until `bytes` bytes have passed on this bus. */
  usUntil(bytes: number): number {
    this.catchUp();
    return Math.ceil((this.byteEndNs + bytes * this.byteNs) / NS_PER_US) - this.clock.nowUs;
  }

  /** The time of the bus is that of the clock at least. */
  private catchUp(): void {
    this.byteEndNs = Math.max(this.byteEndNs, this.clock.nowUs * NS_PER_US);
  }

  /** While no chip select is low, clocks reach every card of the bus; else whoever sits in that slot, or nobody. */
  exchange(mosi: number): number {
    this.byteEndNs += this.byteNs;
    if (this.selectedSlot !== NONE) return this.selected?.exchange(mosi) ?? LINE_HIGH;
    for (const slot of this.slots) this.devices[slot]?.exchange(mosi);
    return LINE_HIGH;
  }
}
