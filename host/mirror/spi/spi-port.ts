/**
 * The outside of the SPI module in virtual time: what DMA channels, chip-select pins and a CRC unit are in firmware. A
 * transfer takes the time of its bytes; the caller's live buffer is sampled piece by piece at the transfer's own instants.
 */
import {
  MEMBERS,
  SECTOR_BYTES,
  SPI_BLOCK_CORRUPT,
  SPI_BLOCK_GOOD,
  SPI_BURST_BYTES,
  SPI_LIMIT,
  SPI_UNTIL_READY,
} from "../../../assembly/layout.js";
import type { TransferBuffer } from "../../sdcard-emulator/card.js";
import { PIECE_BYTES, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { CRC16_BYTES, isCrc16Right } from "../../sdcard-emulator/sector-crc.js";
import type { ClockHandler, VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import { LinearMemoryBuffers } from "../linear-memory-buffer.js";
import {
  BURST,
  noTransfer,
  QUEUED,
  RECEIVE,
  SEND_FIRST,
  SEND_SECOND,
  WAIT,
  type Transfer,
} from "./bus-transfer.js";
import { SpiBus, type SpiDevice } from "./spi-bus.js";
import type { BusPort } from "./spi-module.js";

/** What the module's opaque buffer numbers stand for. */
export interface OpaqueBuffers {
  bufferOf(buffer: number): TransferBuffer | null;
  bufferSectorOf(buffer: number): number;
}

export interface SpiPortOptions {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** The module's linear memory. */
  readonly memory: Uint8Array;
  readonly buffers: OpaqueBuffers;
  /** 1: both cards share one; 2: a bus each. */
  readonly buses: 1 | 2;
  /** `busDone`. */
  readonly onDone: (slot: number, token: number, result: number) => void;
  /** Told of each block of a caller's buffer before it is sent: the moment of a race. */
  readonly onSend?: (slot: number) => void;
}

const LINE_HIGH = 0xff;
const TOKEN_BYTES = 2;
/** Data response, of its low five bits (SD Physical Layer Simplified Specification, 7.3.3.1). */
const RESPONSE_BITS = 0x1f;
const ACCEPTED = 0x05;
/** Of a wait: the byte is looked at again after an eighth of what the wait took so far, 50 µs at most. */
const POLL_MAX_US = 50;
const POLL_SHARE = 8;

export class SpiPort implements BusPort, ClockHandler {
  /** Largest burst asked for, bytes. */
  largestBurst = 0;
  private readonly devices: (SpiDevice | null)[] = new Array<SpiDevice | null>(MEMBERS).fill(null);
  private readonly buses: readonly SpiBus[];
  private readonly transfers = Array.from({ length: MEMBERS }, noTransfer);
  private readonly kilohertz: number[] = new Array<number>(MEMBERS).fill(400);
  private readonly packet = new Uint8Array(SECTOR_BYTES + CRC16_BYTES);
  private readonly ownBuffers: LinearMemoryBuffers;

  constructor(private readonly options: SpiPortOptions) {
    const { clock, contents, memory, buses } = options;
    this.ownBuffers = new LinearMemoryBuffers(memory, contents);
    const shared = new SpiBus(clock, this.devices, [0, 1]);
    this.buses =
      buses === 1
        ? [shared, shared]
        : [new SpiBus(clock, this.devices, [0]), new SpiBus(clock, this.devices, [1])];
  }

  /** The time that a card in this slot looks at. */
  timeOf(slot: number): { readonly nowNs: number } {
    return this.buses[slot]!;
  }

  /** Puts a card into a slot, or takes it out. */
  insert(slot: number, device: SpiDevice | null): void {
    this.devices[slot] = device;
    this.buses[slot]!.replaced(slot);
  }

  /** The controller is gone: nothing ends any more, and pull-ups take chip select high. */
  halt(): void {
    for (let slot = 0; slot < MEMBERS; slot++) {
      this.cancel(slot);
      this.buses[slot]!.reset();
    }
    this.options.clock.cancel(this);
  }

  select(slot: number, on: number): void {
    const bus = this.buses[slot]!;
    if (on === 0) bus.deselect();
    else {
      bus.setSpeed(this.kilohertz[slot]!);
      bus.select(slot);
    }
  }

  speed(slot: number, kilohertz: number): void {
    this.kilohertz[slot] = kilohertz;
  }

  burst(slot: number, address: number, count: number, token: number): void {
    if (count > SPI_BURST_BYTES) throw new Error(`a burst of ${count} bytes: bug in assembly/sdcard`);
    this.largestBurst = Math.max(this.largestBurst, count);
    const transfer = this.begin(slot, BURST, token);
    transfer.address = address >>> 0;
    transfer.count = count;
    this.schedule(slot, count);
  }

  wait(slot: number, until: number, limitUs: number, token: number): void {
    const transfer = this.begin(slot, WAIT, token);
    transfer.until = until;
    transfer.limitUs = limitUs >>> 0;
    this.schedule(slot, 1);
  }

  sendBlock(
    slot: number,
    startToken: number,
    buffer: number,
    bufferSector: number,
    own: number,
    crc: number,
    token: number,
  ): void {
    const transfer = this.begin(slot, SEND_FIRST, token);
    transfer.startToken = startToken;
    transfer.crc = crc;
    this.point(transfer, buffer, bufferSector, own);
    this.sendFirst(slot, transfer);
  }

  queueBlock(
    slot: number,
    buffer: number,
    bufferSector: number,
    own: number,
    crc: number,
    limitUs: number,
    token: number,
  ): number {
    const { active, kind, next } = this.transfers[slot]!;
    if (!active || (kind !== QUEUED && kind !== SEND_FIRST && kind !== SEND_SECOND) || next.token !== 0)
      throw new Error(`card ${slot} has no block to queue one behind: bug in assembly/sdcard`);
    next.token = token;
    next.crc = crc;
    next.limitUs = limitUs >>> 0;
    next.buffer = this.bufferOf(buffer, own);
    next.bufferSector = this.sectorIn(buffer, bufferSector, own);
    next.own = own !== 0;
    return 1;
  }

  receiveBlock(slot: number, buffer: number, bufferSector: number, own: number, token: number): void {
    const transfer = this.begin(slot, RECEIVE, token);
    this.point(transfer, buffer, bufferSector, own);
    this.schedule(slot, SECTOR_BYTES + CRC16_BYTES);
  }

  cancel(slot: number): void {
    const transfer = this.transfers[slot]!;
    transfer.active = false;
    transfer.serial++;
    transfer.buffer = null;
    this.forgetNext(transfer);
    this.buses[slot]!.drive(slot, false);
  }

  checksum(buffer: number, bufferSector: number, own: number): number {
    return this.crcOf(this.sample(buffer, bufferSector, own));
  }

  copyBlock(buffer: number, bufferSector: number, address: number): number {
    const { contents, memory } = this.options;
    const content = this.sample(buffer, bufferSector, 0);
    contents.copySector(content, memory, address >>> 0);
    return this.crcOf(content);
  }

  onTime(what: number): void {
    const slot = what % MEMBERS;
    const transfer = this.transfers[slot]!;
    if (!transfer.active || Math.floor(what / MEMBERS) !== transfer.serial) return;
    const bus = this.buses[slot]!;
    switch (transfer.kind) {
      case BURST:
        this.runBurst(bus, transfer);
        this.end(slot, 0);
        return;
      case WAIT:
      case QUEUED:
        this.poll(slot, bus, transfer);
        return;
      case SEND_FIRST:
        bus.exchange(LINE_HIGH);
        bus.exchange(transfer.startToken);
        this.sendPiece(bus, transfer, 0);
        transfer.kind = SEND_SECOND;
        this.schedule(slot, PIECE_BYTES + CRC16_BYTES + 1);
        return;
      case SEND_SECOND:
        this.sendPiece(bus, transfer, 1);
        bus.exchange(transfer.crc >>> 8);
        bus.exchange(transfer.crc & 0xff);
        this.sent(slot, transfer, bus.exchange(LINE_HIGH));
        return;
      default:
        this.end(slot, this.receive(bus, transfer));
    }
  }

  private begin(slot: number, kind: number, token: number): Transfer {
    const transfer = this.transfers[slot]!;
    if (transfer.active) throw new Error(`card ${slot} has a transfer already: bug in assembly/sdcard`);
    this.buses[slot]!.setSpeed(this.kilohertz[slot]!);
    transfer.kind = kind;
    transfer.token = token;
    transfer.serial++;
    transfer.active = true;
    this.buses[slot]!.drive(slot, true);
    transfer.beganUs = this.options.clock.nowUs;
    return transfer;
  }

  private point(transfer: Transfer, buffer: number, bufferSector: number, own: number): void {
    transfer.buffer = this.bufferOf(buffer, own);
    transfer.bufferSector = this.sectorIn(buffer, bufferSector, own);
    transfer.own = own !== 0;
  }

  private sendFirst(slot: number, transfer: Transfer): void {
    transfer.kind = SEND_FIRST;
    if (!transfer.own) this.options.onSend?.(slot);
    this.schedule(slot, TOKEN_BYTES + PIECE_BYTES);
  }

  /** A block has ended; the next one begins before the driver hears of it. */
  private sent(slot: number, transfer: Transfer, response: number): void {
    const { next, token } = transfer;
    if (next.token === 0 || (response & RESPONSE_BITS) !== ACCEPTED) {
      this.end(slot, response);
      return;
    }
    transfer.active = false;
    this.buses[slot]!.drive(slot, false);
    this.begin(slot, QUEUED, next.token);
    transfer.crc = next.crc;
    transfer.limitUs = next.limitUs;
    transfer.buffer = next.buffer;
    transfer.bufferSector = next.bufferSector;
    transfer.own = next.own;
    this.forgetNext(transfer);
    this.schedule(slot, 1);
    this.options.onDone(slot, token, response);
  }

  private forgetNext({ next }: Transfer): void {
    next.token = 0;
    next.buffer = null;
  }

  /** What a transfer samples or fills: a caller's buffer, or one in linear memory. */
  private bufferOf(buffer: number, own: number): TransferBuffer {
    if (own !== 0) return this.ownBuffers.at(buffer >>> 0);
    const live = this.options.buffers.bufferOf(buffer);
    if (live === null) throw new Error(`buffer ${buffer} belongs to no request: bug in assembly/sdcard`);
    return live;
  }

  private sectorIn(buffer: number, bufferSector: number, own: number): number {
    return bufferSector + (own !== 0 ? 0 : this.options.buffers.bufferSectorOf(buffer));
  }

  private schedule(slot: number, bytes: number): void {
    const { serial } = this.transfers[slot]!;
    this.options.clock.schedule(this.buses[slot]!.usUntil(bytes), this, serial * MEMBERS + slot);
  }

  private end(slot: number, result: number): void {
    const transfer = this.transfers[slot]!;
    transfer.active = false;
    transfer.buffer = null;
    this.forgetNext(transfer);
    this.buses[slot]!.drive(slot, false);
    this.options.onDone(slot, transfer.token, result);
  }

  private runBurst(bus: SpiBus, { address, count }: Transfer): void {
    const { memory } = this.options;
    for (let at = address; at < address + count; at++) memory[at] = bus.exchange(memory[at]!);
  }

  private poll(slot: number, bus: SpiBus, transfer: Transfer): void {
    const byte = bus.exchange(LINE_HIGH);
    const isHigh = byte === LINE_HIGH;
    const { clock } = this.options;
    const elapsedUs = clock.nowUs - transfer.beganUs;
    if (transfer.kind === QUEUED && isHigh) this.sendFirst(slot, transfer);
    else if (transfer.kind === WAIT && (transfer.until === SPI_UNTIL_READY ? isHigh : !isHigh))
      this.end(slot, byte);
    else if (elapsedUs >= transfer.limitUs) this.end(slot, SPI_LIMIT);
    else {
      const againUs = Math.min(POLL_MAX_US, Math.floor(elapsedUs / POLL_SHARE));
      const delayUs = Math.max(bus.usUntil(1), Math.min(againUs, transfer.limitUs - elapsedUs));
      clock.schedule(delayUs, this, transfer.serial * MEMBERS + slot);
    }
  }

  private sendPiece(bus: SpiBus, { buffer, bufferSector }: Transfer, piece: number): void {
    const bytes = this.options.contents.bytesOfPiece(buffer!.samplePiece(bufferSector, piece));
    for (let at = 0; at < PIECE_BYTES; at++) bus.exchange(bytes[at]!);
  }

  private receive(bus: SpiBus, { buffer, bufferSector }: Transfer): number {
    const { packet } = this;
    for (let at = 0; at < packet.length; at++) packet[at] = bus.exchange(LINE_HIGH);
    if (!isCrc16Right(packet, SECTOR_BYTES)) return SPI_BLOCK_CORRUPT;
    buffer!.storeSector(bufferSector, this.options.contents.internSector(packet, 0));
    return SPI_BLOCK_GOOD;
  }

  private sample(buffer: number, bufferSector: number, own: number): number {
    const live = this.bufferOf(buffer, own);
    const sector = this.sectorIn(buffer, bufferSector, own);
    return this.options.contents.sectorOf(live.samplePiece(sector, 0), live.samplePiece(sector, 1));
  }

  private crcOf(content: number): number {
    return this.options.contents.fingerprints("crc16").crcOf(content) & 0xffff;
  }
}
