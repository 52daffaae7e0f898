/** A plain SPI host, a byte at a time: what the benchmarks move sectors with. CRC is on. */
import { crc7Byte } from "../sdcard-emulator/spi/crc7.js";
import { crc16 } from "../sdcard-emulator/sector-crc.js";
import type { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import {
  DATA_ACCEPTED,
  LINE_BUSY,
  LINE_HIGH,
  START_BLOCK,
  START_BLOCK_MULTIPLE,
  STOP_TRANSMISSION,
} from "../sdcard-emulator/spi/tokens.js";

export const SECTOR_BYTES = 512;
/** A sector and its CRC16. */
export const PACKET_BYTES = SECTOR_BYTES + 2;
/** One byte at 20 MHz. */
const BYTE_NS = 400;
const HOST_HIGH_CAPACITY = 0x40000000;
const CHECK_PATTERN = 0x1aa;
const TRIES = 100_000;
/** Bit 0 of byte 261 of function 1's register. */
const FLUSH_REGISTER = ((1 << 27) | (261 << 9)) >>> 0;

export class SpiHost {
  /** Bytes that went over the bus. */
  bytes = 0;
  private readonly frame = new Uint8Array(6);
  private readonly received = new Uint8Array(PACKET_BYTES);

  /**
   * @param card   an SDHC card
   * @param time   its time, which this host moves on
   * @param waitNs what it waits that finds the card busy or a read not ready
   * @param look   called before each byte
   */
  constructor(
    readonly card: SpiCard,
    private readonly time: { nowNs: number },
    private readonly waitNs: number,
    private readonly look: (() => void) | null = null,
  ) {}

  /** From power-up to a card that is ready. */
  initialise(): this {
    for (let i = 0; i < 10; i++) this.exchange(LINE_HIGH);
    this.card.select(true);
    this.command(0, 0);
    this.command(8, CHECK_PATTERN);
    for (let i = 0; i < 4; i++) this.exchange(LINE_HIGH);
    this.command(59, 1);
    for (let i = 0; i < TRIES; i++) {
      this.command(55, 0);
      if (this.command(41, HOST_HIGH_CAPACITY) === 0) return this;
      this.time.nowNs += this.waitNs;
    }
    throw new Error("the card does not get ready");
  }

  /** @returns R1 */
  command(index: number, argument: number): number {
    const { frame } = this;
    frame[0] = 0x40 | index;
    for (let i = 0; i < 4; i++) frame[1 + i] = argument >>> (24 - 8 * i);
    frame[5] = crc7Byte(frame, 5);
    for (let i = 0; i < 6; i++) this.exchange(frame[i]!);
    // The byte after CMD12 is no response.
    if (index === 12) this.exchange(LINE_HIGH);
    let response = this.exchange(LINE_HIGH);
    for (let i = 0; response === LINE_HIGH && i < 8; i++) response = this.exchange(LINE_HIGH);
    return response;
  }

  /** @param packet a block and its CRC16 */
  sendPacket(packet: Uint8Array, stream: boolean): void {
    this.exchange(LINE_HIGH);
    this.exchange(stream ? START_BLOCK_MULTIPLE : START_BLOCK);
    for (let i = 0; i < PACKET_BYTES; i++) this.exchange(packet[i]!);
    const answer = this.exchange(LINE_HIGH) & 0x1f;
    if (answer !== DATA_ACCEPTED) throw new Error(`the card refused a block with ${answer}`);
    this.awaitReady();
  }

  endStream(): void {
    this.exchange(STOP_TRANSMISSION);
    this.exchange(LINE_HIGH);
    this.awaitReady();
  }

  /** @returns the block and its CRC16; valid until the next one */
  takePacket(): Uint8Array {
    let token = this.exchange(LINE_HIGH);
    for (let i = 0; token === LINE_HIGH && i < TRIES; i++) {
      this.time.nowNs += this.waitNs;
      token = this.exchange(LINE_HIGH);
    }
    if (token !== START_BLOCK) throw new Error(`the card sent the token ${token}`);
    for (let i = 0; i < PACKET_BYTES; i++) this.received[i] = this.exchange(LINE_HIGH);
    return this.received;
  }

  awaitReady(): void {
    for (let i = 0; this.exchange(LINE_HIGH) === LINE_BUSY && i < TRIES; i++) this.time.nowNs += this.waitNs;
  }

  /** Asks for a flush, and reads the bit back `polls` times or until it is clear. */
  flush(polls: number): void {
    const block = new Uint8Array(SECTOR_BYTES);
    block[0] = 1;
    this.command(49, FLUSH_REGISTER);
    this.sendPacket(packetOf(block), false);
    for (let i = 0; i < polls; i++) {
      this.command(48, FLUSH_REGISTER);
      if ((this.takePacket()[0]! & 1) === 0) return;
    }
  }

  private exchange(mosi: number): number {
    if (this.look !== null) this.look();
    this.time.nowNs += BYTE_NS;
    this.bytes++;
    return this.card.exchange(mosi);
  }
}

/** A block with its CRC16 behind it. */
export function packetOf(block: Uint8Array): Uint8Array {
  const packet = new Uint8Array(PACKET_BYTES);
  packet.set(block);
  const sum = crc16(0, block);
  packet[SECTOR_BYTES] = sum >>> 8;
  packet[SECTOR_BYTES + 1] = sum & 0xff;
  return packet;
}
