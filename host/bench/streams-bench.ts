/**
 * Streams that write in turn, and the bitmap's sector written before each of their writes, on the flash of a card. All in
 * virtual time: the figures are the same on every machine.
 */
import type { FlashPhysics } from "../sdcard-emulator/flash/flash-physics.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { physicsOf } from "../sdcard-emulator/profile/profiled-card.js";

/** Where the bitmap lies: nowhere, in an erase block of its own, or in the block of the data that it speaks of. */
export type BitmapPlace = "none" | "far" | "near";
export const BITMAP_PLACES: readonly BitmapPlace[] = ["none", "far", "near"];
export const STREAMS_MAX = 4;

/** What writes cost with so many streams. */
export interface StreamsRow {
  readonly profile: string;
  readonly streams: number;
  readonly bitmap: BitmapPlace;
  /** Of one write of a stream, its bitmap sector included, the wire too. */
  readonly msPerWrite: number;
  /** The longest of them. */
  readonly msMax: number;
  /** Against one stream without a bitmap. */
  readonly factor: number;
  /** Bytes programmed for each byte that the host wrote. */
  readonly writeAmplification: number;
}

const SECTORS_PER_KIB = 2;
/** 25,400 cycles of 125 MHz: SPI at 20.83 MHz. */
const WIRE_SECTOR_US = 203;
/** Erase blocks that each stream fills. */
const BLOCKS_EACH = 12;
const SEED = 1;

/** All rows of a profile. @param chunkKiB size of a stream's write; at most half an erase block */
export function benchStreams(profile: CardProfile, chunkKiB: number): StreamsRow[] {
  const rows: Omit<StreamsRow, "factor">[] = [];
  for (const bitmap of BITMAP_PLACES) {
    for (let streams = 1; streams <= STREAMS_MAX; streams++)
      rows.push(run(profile, streams, bitmap, chunkKiB));
  }
  const alone = rows[0]!.msPerWrite;
  return rows.map((row) => ({ ...row, factor: row.msPerWrite / alone }));
}

function run(
  profile: CardProfile,
  streams: number,
  bitmap: BitmapPlace,
  chunkKiB: number,
): Omit<StreamsRow, "factor"> {
  const block = profile.flash.eraseBlockKiB.value * SECTORS_PER_KIB;
  const page = profile.flash.pageKiB.value * SECTORS_PER_KIB;
  const chunk = chunkKiB * SECTORS_PER_KIB;
  // The first block is the far bitmap's.
  const sectors = (1 + streams * BLOCKS_EACH) * block;
  const flash = physicsOf(profile, { sectors, seed: SEED, wireSectorUs: WIRE_SECTOR_US, filled: true });
  // A near bitmap has the first page of each block.
  const from = bitmap === "near" ? page : 0;
  const perBlock = Math.floor((block - from) / chunk);
  let us = 0;
  let usMax = 0;
  for (let round = 0; round < BLOCKS_EACH * perBlock; round++) {
    for (let stream = 0; stream < streams; stream++) {
      const first = (1 + stream * BLOCKS_EACH + Math.floor(round / perBlock)) * block;
      let writeUs = 0;
      if (bitmap !== "none") writeUs += write(flash, bitmap === "near" ? first : 0, 1) + flash.flushUs();
      writeUs += write(flash, first + from + (round % perBlock) * chunk, chunk);
      us += writeUs;
      usMax = Math.max(usMax, writeUs);
    }
  }
  return {
    profile: profile.name,
    streams,
    bitmap,
    msPerWrite: us / 1000 / (BLOCKS_EACH * perBlock * streams),
    msMax: usMax / 1000,
    writeAmplification: flash.writeAmplification,
  };
}

function write(flash: FlashPhysics, sector: number, count: number): number {
  flash.rest(0);
  return count * WIRE_SECTOR_US + flash.writeUs(sector, count);
}
