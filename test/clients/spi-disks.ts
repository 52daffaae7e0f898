/** FatFs's disk on SD cards with an SPI face: on the mirror, through its SPI driver, and on one card without it. */
import * as FatFs from "js-fatfs";
import { expect } from "vitest";
import { FORMAT_EMPTY } from "../../assembly/layout.js";
import { tellGeometry } from "../../host/clients/fat-disk.js";
import { SpiHost, packetOf } from "../../host/bench/spi-host.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { SpiMirror } from "../../host/mirror/spi/spi-mirror.js";
import { SpiModule } from "../../host/mirror/spi/spi-module.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card-options.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { SpiCard } from "../../host/sdcard-emulator/spi/spi-card.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

const SECTOR_BYTES = 512;
const PIECE_BYTES = 256;
const STRIDE = 64;
/** SPEC.md section 2: four metadata areas, then the data. */
export const DATA_START = 4 * STRIDE;
/** 4 MiB: more clusters of a sector than FAT12 has. */
export const DATA_SECTORS = 8192;
const CARD_SECTORS = 9216;
const REGION_SHIFT = 6;
const REGIONS = DATA_SECTORS >> REGION_SHIFT;

const READ = 0;
const WRITE = 1;
const FLUSH = 2;
const OK = 0;
const SYNC_GATED = 0;
const UNWRITTEN_OR_CLEAN = new Set([0, 1]);
const STEPS_MAX = 20_000_000;

/** The power is to be cut now. */
export class PowerCut extends Error {}

/** A disk that answers each call by requests to the mirror, and lets virtual time pass meanwhile. */
export class MirrorDisk implements FatFs.DiskIO {
  readonly contents = new SectorContents();
  readonly cards: readonly SpiCard[];
  /** Bytes that passed over both buses. */
  busBytes = 0;
  /** Writes of FatFs, of which `cutAtWrite` is interrupted after `cutAfterSteps` events of the clock. */
  writes = 0;
  cutAtWrite = Infinity;
  cutAfterSteps = 0;
  private readonly clock = new VirtualClock();
  private readonly driver = new SpiModule(readDriver("spi"));
  private readonly mirror: SpiMirror;
  private readonly epochs: number[] = [];
  private boots = 1;

  constructor(profileName: string) {
    this.mirror = new SpiMirror({
      driver: this.driver,
      clock: this.clock,
      contents: this.contents,
      tickUs: 1000,
      sync: { onSyncRequested: (epoch) => this.epochs.push(epoch) },
      dataSectors: DATA_SECTORS,
      buses: 2,
    });
    this.cards = [0, 1].map((slot) => {
      const card = new SpiCard({
        time: this.mirror.port.timeOf(slot),
        contents: this.contents,
        media: new CardImage(CARD_SECTORS),
        characteristics: profile(profileName),
        seed: slot + 1,
        identity: { generation: "sdhc", serialNumber: 1001 + slot },
      });
      this.mirror.insertSpiCard(slot, {
        select: (on) => card.select(on),
        exchange: (mosi) => {
          this.busBytes++;
          return card.exchange(mosi);
        },
      });
      return card;
    });
    this.mirror.format(this.options, REGION_SHIFT, this.boots);
    this.awaitMode("the format");
    this.boot();
  }

  private boot(): void {
    this.mirror.boot(this.options, SYNC_GATED, ++this.boots);
    this.awaitMode("the start");
  }

  /** Waits until no region is marked, then stops in order. */
  stop(): void {
    this.settle();
    this.mirror.stop();
    this.awaitMode("the stop");
  }

  private settle(): void {
    this.run(
      () =>
        Array.from({ length: REGIONS }, (_, region) => this.driver.exports.regionState(region)).every(
          (state) => UNWRITTEN_OR_CLEAN.has(state),
        ),
      "clearing",
    );
  }

  /** Cuts the power of both cards, and leaves each in any of its states. */
  cutPower(seed: number): void {
    const chance = new Prng(seed);
    this.cutAtWrite = Infinity;
    this.mirror.halt();
    this.epochs.length = 0;
    for (const card of this.cards) {
      card.cutPower(card.crashSpace().map(({ options }) => (chance.next() >>> 0) % options.length));
    }
  }

  /** Power is back: a start, until no region is marked. */
  recover(): void {
    for (const card of this.cards) card.powerUp();
    this.boot();
    this.settle();
  }

  initialize(): number {
    return 0;
  }

  status(): number {
    return 0;
  }

  read(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    return this.request(READ, sector, count, {
      samplePiece: () => expect.fail("a read took bytes from its buffer"),
      storeSector: (i, content) =>
        this.contents.copySector(content, fatFs.HEAPU8, address + i * SECTOR_BYTES),
    });
  }

  write(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    this.writes++;
    return this.request(WRITE, sector, count, {
      samplePiece: (i, piece) =>
        this.contents.internPiece(fatFs.HEAPU8, address + i * SECTOR_BYTES + piece * PIECE_BYTES),
      storeSector: () => expect.fail("a write stored into its buffer"),
    });
  }

  ioctl(fatFs: FatFs.FatFs, _drive: number, command: number, address: number): number {
    if (command !== FatFs.CTRL_SYNC) return tellGeometry(fatFs, command, address, DATA_SECTORS);
    return this.request(FLUSH, 0, 0, null);
  }

  private get options() {
    // Both cards are blank, so that nothing has to be copied at first.
    return {
      cardSectors: DATA_START + DATA_SECTORS,
      metadataStride: STRIDE,
      epochMs: 50,
      format: FORMAT_EMPTY,
    };
  }

  private request(operation: number, sector: number, count: number, buffer: TransferBuffer | null): number {
    let status = -1;
    const done = { onBlockDone: (_tag: number, answer: number) => (status = answer) };
    expect(this.mirror.request(operation, sector, count, buffer, 0, done, 0)).toBe(OK);
    let steps = 0;
    this.run(() => {
      if (this.writes >= this.cutAtWrite && ++steps > this.cutAfterSteps) throw new PowerCut();
      return status >= 0;
    }, "a request");
    return status === OK ? FatFs.RES_OK : FatFs.RES_ERROR;
  }

  private awaitMode(what: string): void {
    this.run(() => this.mirror.modeStatus >= 0, what);
    expect(this.mirror.modeStatus, what).toBe(OK);
  }

  /** FatFs writes through, so that a sync of the layer above is done as soon as it is asked for. */
  private run(done: () => boolean, what: string): void {
    for (let i = 0; !done(); i++) {
      if (i > STEPS_MAX || !this.clock.step()) throw new Error(`${what} does not end`);
      for (const epoch of this.epochs.splice(0)) this.mirror.syncDone(epoch, OK);
    }
  }
}

/** A disk on one card: single-block commands with CRC on. */
export class CardDisk implements FatFs.DiskIO {
  readonly contents = new SectorContents();
  readonly card: SpiCard;
  private readonly host: SpiHost;

  constructor(profileName: string) {
    const time = { nowNs: 0 };
    this.card = new SpiCard({
      time,
      contents: this.contents,
      media: new CardImage(DATA_SECTORS),
      characteristics: profile(profileName),
      seed: 1,
    });
    this.host = new SpiHost(this.card, time, 10_000).initialise();
  }

  initialize(): number {
    return 0;
  }

  status(): number {
    return 0;
  }

  read(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    for (let i = 0; i < count; i++) {
      expect(this.host.command(17, sector + i)).toBe(0);
      fatFs.HEAPU8.set(this.host.takePacket().subarray(0, SECTOR_BYTES), address + i * SECTOR_BYTES);
    }
    return FatFs.RES_OK;
  }

  write(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const at = address + i * SECTOR_BYTES;
      expect(this.host.command(24, sector + i)).toBe(0);
      this.host.sendPacket(packetOf(fatFs.HEAPU8.subarray(at, at + SECTOR_BYTES)), false);
    }
    return FatFs.RES_OK;
  }

  ioctl(fatFs: FatFs.FatFs, _drive: number, command: number, address: number): number {
    return command === FatFs.CTRL_SYNC ? FatFs.RES_OK : tellGeometry(fatFs, command, address, DATA_SECTORS);
  }
}

/** The bytes of a card, sector by sector. @throws Error for a sector that cannot be read */
export function rawImage(card: SpiCard, contents: SectorContents): Uint8Array {
  const { sectors } = card.media;
  const bytes = new Uint8Array(sectors * SECTOR_BYTES);
  for (let sector = 0; sector < sectors; sector++) {
    contents.copySector(card.view(sector), bytes, sector * SECTOR_BYTES);
  }
  return bytes;
}
