/** A host that does nothing but move sectors over an SPI bus, byte by byte: the load of the card benchmark. */
import { CardImage } from "../sdcard-emulator/card-image.js";
import { profile } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { crc16 } from "../sdcard-emulator/sector-crc.js";
import { crc7Byte } from "../sdcard-emulator/spi/crc7.js";
import { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import {
  DATA_ACCEPTED,
  LINE_BUSY,
  LINE_HIGH,
  START_BLOCK,
  START_BLOCK_MULTIPLE,
  STOP_TRANSMISSION,
} from "../sdcard-emulator/spi/tokens.js";

const CARD_SECTORS = 16_384;
const SECTOR_BYTES = 512;
const PACKET_BYTES = SECTOR_BYTES + 2;
/** Distinct sectors that are written: more than fit a cache of the machine, fewer than fill the table of contents. */
const DISTINCT = 4096;
/** One byte at 20 MHz; and what a host waits that finds the card busy. */
const BYTE_NS = 400;
const WAIT_NS = 100_000;
const HOST_HIGH_CAPACITY = 0x40000000;
const CHECK_PATTERN = 0x1aa;
const TRIES = 100_000;

/** One initialised SDHC card with CRC on, and its host. */
export class SpiLoad {
  /** Bytes that went over the bus. */
  bytes = 0;
  private readonly time = { nowNs: 0 };
  private readonly card: SpiCard;
  private readonly packets: readonly Uint8Array[];
  private readonly received = new Uint8Array(PACKET_BYTES);
  private readonly frame = new Uint8Array(6);
  private next = 0;

  constructor() {
    this.card = new SpiCard({
      time: this.time,
      contents: new SectorContents(),
      media: new CardImage(CARD_SECTORS),
      characteristics: profile("mlc"),
      seed: 1,
    });
    this.packets = Array.from({ length: DISTINCT }, (_, n) => packetOf(n));
    this.initialise();
  }

  /** Writes `count` sectors: one CMD24 each, or all with one CMD25. */
  write(count: number, stream: boolean): void {
    const first = this.claim(count);
    if (stream) this.command(25, first);
    for (let i = 0; i < count; i++) {
      if (!stream) this.command(24, first + i);
      this.sendPacket(this.packets[(first + i + this.next) % DISTINCT]!, stream);
      this.awaitReady();
    }
    if (!stream) return;
    this.exchange(STOP_TRANSMISSION);
    this.exchange(LINE_HIGH);
    this.awaitReady();
  }

  /** Reads `count` sectors: one CMD17 each, or all with one CMD18. @returns the last byte, so that none is idle */
  read(count: number, stream: boolean): number {
    const first = this.claim(count);
    if (stream) this.command(18, first);
    for (let i = 0; i < count; i++) {
      if (!stream) this.command(17, first + i);
      this.takePacket();
    }
    if (stream) {
      this.command(12, 0);
      this.awaitReady();
    }
    return this.received[PACKET_BYTES - 1]!;
  }

  private claim(count: number): number {
    if (this.next + count > CARD_SECTORS) this.next = 0;
    const first = this.next;
    this.next += count;
    return first;
  }

  private sendPacket(packet: Uint8Array, stream: boolean): void {
    this.exchange(LINE_HIGH);
    this.exchange(stream ? START_BLOCK_MULTIPLE : START_BLOCK);
    for (let i = 0; i < PACKET_BYTES; i++) this.exchange(packet[i]!);
    const answer = this.exchange(LINE_HIGH) & 0x1f;
    if (answer !== DATA_ACCEPTED) throw new Error(`the card refused a block with ${answer}`);
  }

  private takePacket(): void {
    let token = this.exchange(LINE_HIGH);
    for (let i = 0; token === LINE_HIGH && i < TRIES; i++) {
      this.time.nowNs += WAIT_NS;
      token = this.exchange(LINE_HIGH);
    }
    if (token !== START_BLOCK) throw new Error(`the card sent the token ${token}`);
    for (let i = 0; i < PACKET_BYTES; i++) this.received[i] = this.exchange(LINE_HIGH);
  }

  private awaitReady(): void {
    for (let i = 0; this.exchange(LINE_HIGH) === LINE_BUSY && i < TRIES; i++) this.time.nowNs += WAIT_NS;
  }

  private command(index: number, argument: number): number {
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

  private initialise(): void {
    for (let i = 0; i < 10; i++) this.exchange(LINE_HIGH);
    this.card.select(true);
    this.command(0, 0);
    this.command(8, CHECK_PATTERN);
    for (let i = 0; i < 4; i++) this.exchange(LINE_HIGH);
    this.command(59, 1);
    for (let i = 0; i < TRIES; i++) {
      this.command(55, 0);
      if (this.command(41, HOST_HIGH_CAPACITY) === 0) return;
      this.time.nowNs += WAIT_NS;
    }
    throw new Error("the card does not get ready");
  }

  private exchange(mosi: number): number {
    this.time.nowNs += BYTE_NS;
    this.bytes++;
    return this.card.exchange(mosi);
  }
}

/** A sector and its CRC16. */
function packetOf(n: number): Uint8Array {
  const packet = new Uint8Array(PACKET_BYTES);
  for (let i = 0; i < SECTOR_BYTES; i++) packet[i] = (n * 31 + i * 7 + (i >>> 5) * (n >>> 8)) & 0xff;
  packet[0] = n;
  packet[1] = n >>> 8;
  packet[300] = n;
  packet[301] = n >>> 8;
  const sum = crc16(0, packet.subarray(0, SECTOR_BYTES));
  packet[SECTOR_BYTES] = sum >>> 8;
  packet[SECTOR_BYTES + 1] = sum & 0xff;
  return packet;
}
