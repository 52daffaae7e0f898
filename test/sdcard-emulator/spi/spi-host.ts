/** A small SPI host for tests, written from the specification: shares no constant and no checksum with the card. */
import type { CardGeneration, CardIdentity } from "../../../host/sdcard-emulator/spi/card-identity.js";
import { BusChecker } from "../../../host/sdcard-emulator/spi/bus-checker.js";
import { SpiCard, type SpiCardOptions } from "../../../host/sdcard-emulator/spi/spi-card.js";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { profile, type CardCharacteristics } from "../../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../../host/sdcard-emulator/sector-contents.js";

/** One byte at 20 MHz. */
const BYTE_NS = 400;
const POLLS_MAX = 100_000;
export const SECTORS = 8192;
export const SECTOR = 512;

/** Bit by bit, x^7 + x^3 + 1. */
export function crc7(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const feedback = ((crc >> 6) ^ (byte >> bit)) & 1;
      crc = (crc << 1) & 0x7f;
      if (feedback === 1) crc ^= 0x09;
    }
  }
  return crc;
}

/** Bit by bit, x^16 + x^12 + x^5 + 1. */
export function crc16(bytes: ArrayLike<number>): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]! << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}

export interface Block {
  /** 0xFE, an error token, or -1 when nothing came. */
  readonly token: number;
  readonly data: Uint8Array;
  readonly crcRight: boolean;
}

export interface HostOptions extends Partial<Omit<SpiCardOptions, "identity">> {
  readonly generation?: CardGeneration;
  readonly identity?: Partial<CardIdentity>;
  readonly sectors?: number;
}

/** A profile whose times a test can name: no jitter and no stalls. */
export function steady(name = "mlc", changes: Partial<CardCharacteristics> = {}): CardCharacteristics {
  return { ...profile(name), jitterPercent: 0, stallPercent: 0, ...changes };
}

export class SpiHost {
  readonly time = { nowNs: 0 };
  readonly contents: SectorContents;
  readonly card: SpiCard;
  /** Every byte both ways. */
  readonly trace: [mosi: number, miso: number][] = [];
  readonly generation: CardGeneration;
  /** Watches all that goes over the bus. */
  readonly checker: BusChecker;
  crcOn = false;
  private chipSelected = false;
  /** A response has ended just now: a byte comes before the next frame (N_RC). */
  private answered = false;

  constructor(options: HostOptions = {}) {
    const { generation = "sdhc", sectors = SECTORS, identity, ...rest } = options;
    this.generation = generation;
    this.checker = new BusChecker(this.blockAddresses);
    this.contents = options.contents ?? new SectorContents();
    this.card = new SpiCard({
      time: this.time,
      media: new CardImage(sectors),
      characteristics: steady(),
      seed: 1,
      ...rest,
      contents: this.contents,
      identity: { ...identity, generation },
    });
  }

  get blockAddresses(): boolean {
    return this.generation === "sdhc" || this.generation === "sdxc";
  }

  /** The argument that names a sector. */
  address(sector: number): number {
    return this.blockAddresses ? sector : sector * SECTOR;
  }

  byte(mosi = 0xff): number {
    this.answered = false;
    const miso = this.card.exchange(mosi);
    this.time.nowNs += BYTE_NS;
    this.trace.push([mosi, miso]);
    this.checker.exchange(mosi, miso);
    return miso;
  }

  bytes(count: number): number[] {
    return Array.from({ length: count }, () => this.byte());
  }

  waitUs(us: number): void {
    this.time.nowNs += us * 1000;
  }

  select(): void {
    this.chipSelect(true);
  }

  /** And the byte that belongs after it. */
  deselect(): void {
    this.chipSelect(false);
    this.byte();
  }

  chipSelect(on: boolean): void {
    this.card.select(on);
    this.checker.select(on);
    this.chipSelected = on;
  }

  powerClocks(bytes = 10): void {
    this.chipSelect(false);
    for (let i = 0; i < bytes; i++) this.byte();
  }

  /** Sends the six bytes of a frame; the card must be selected. */
  frame(index: number, argument = 0, crcXor = 0): void {
    const head = [
      0x40 | index,
      argument >>> 24,
      (argument >>> 16) & 0xff,
      (argument >>> 8) & 0xff,
      argument & 0xff,
    ];
    for (const byte of head) this.byte(byte);
    this.byte(((crc7(head) << 1) | 1) ^ crcXor);
  }

  /** A command and its R1; -1 when none comes after at most eight bytes. Selects the card if it is not. */
  command(index: number, argument = 0, crcXor = 0): number {
    if (!this.chipSelected) this.select();
    if (this.answered) this.byte();
    this.frame(index, argument, crcXor);
    if (index === 12) this.byte();
    return this.response();
  }

  response(): number {
    for (let i = 0; i <= 8; i++) {
      const byte = this.byte();
      if ((byte & 0x80) !== 0) continue;
      this.answered = true;
      return byte;
    }
    return -1;
  }

  application(index: number, argument = 0): number {
    this.command(55);
    return this.command(index, argument);
  }

  /** R2's second byte after CMD13, and the first. */
  status(): { readonly r1: number; readonly r2: number } {
    const r1 = this.command(13);
    const r2 = this.byte();
    this.answered = true;
    return { r1, r2 };
  }

  word(): number {
    const word = this.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
    this.answered = true;
    return word;
  }

  /** Waits for a token and takes the block after it. */
  block(length = SECTOR): Block {
    for (let i = 0; i < POLLS_MAX; i++) {
      const token = this.byte();
      if (token === 0xff) continue;
      if (token !== 0xfe) return { token, data: new Uint8Array(0), crcRight: false };
      const data = Uint8Array.from(this.bytes(length));
      const sum = (this.byte() << 8) | this.byte();
      return { token, data, crcRight: sum === crc16(data) };
    }
    return { token: -1, data: new Uint8Array(0), crcRight: false };
  }

  /** Sends a block. @returns the byte after it */
  sendBlock(data: ArrayLike<number>, token = 0xfe, crcXor = 0): number {
    this.byte();
    this.byte(token);
    for (let i = 0; i < data.length; i++) this.byte(data[i]!);
    const sum = crc16(data) ^ crcXor;
    this.byte(sum >>> 8);
    this.byte(sum & 0xff);
    return this.byte();
  }

  /** Polls until the line is high. @returns how many bytes it was low, or -1 when it does not end */
  ready(): number {
    for (let low = 0; low < POLLS_MAX; low++) if (this.byte() !== 0) return low;
    return -1;
  }

  /** Brings the card up; @returns this, ready for commands */
  initialise(crcOn = false): this {
    this.powerClocks();
    this.command(0);
    if (this.generation !== "sdsc1") {
      this.command(8, 0x1aa);
      this.word();
    }
    if (crcOn) this.command(59, 1);
    this.crcOn = crcOn;
    for (let i = 0; i < 1000; i++) {
      if (this.application(41, 0x40000000) === 0) return this;
      this.waitUs(100);
    }
    throw new Error("the card does not get ready");
  }

  writeSector(sector: number, data: ArrayLike<number>): number {
    const r1 = this.command(24, this.address(sector));
    if (r1 !== 0) throw new Error(`CMD24 was refused: ${r1}`);
    const answer = this.sendBlock(data) & 0x1f;
    this.ready();
    return answer;
  }

  readSector(sector: number): Block {
    const r1 = this.command(17, this.address(sector));
    if (r1 !== 0) throw new Error(`CMD17 was refused: ${r1}`);
    return this.block();
  }
}

/** 512 bytes that depend on `n`. */
export function pattern(n: number, length = SECTOR): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + n * 13 + (i >> 5)) & 0xff);
}
