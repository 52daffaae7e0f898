/**
 * What the model makes of a measurement on a real card: the same workload, in virtual time, on the flash alone. The wire
 * is that of the measurement; commands follow each other at once.
 */
import type { FlashPhysics } from "../flash/flash-physics.js";
import { Prng } from "../prng.js";
import type { CardProfile, Measurement } from "./profile-schema.js";
import { physicsOf } from "./profiled-card.js";

const SECTOR_BYTES = 512;
const SECTORS_PER_KIB = 2;
const SECTORS_PER_MIB = 2048;
/** Single commands whose times are sorted. */
const SAMPLES = 2000;
/** Of a stream, and of each of several. */
const STREAM_MIB = 64;
/** Random writes are warmed up until a cache is full. */
const RANDOM_WRITES = 6000;
const RANDOM_MS_MAX = 600_000;
/** Between two single commands (assumed: a host that does something else too). */
const PAUSE_US = 1000;
const SEED = 1;

/** The model's value of a measurement, in the measurement's own unit. */
export function repeatMeasurement(profile: CardProfile, measurement: Measurement): number {
  switch (measurement.what) {
    case "cmd24-busy-median-us":
      return percentile(singleWrites(profile), 50);
    case "cmd24-busy-p99-us":
      return percentile(singleWrites(profile), 99);
    case "read-access-median-us":
      return percentile(singleReads(profile), 50);
    case "write-median-us":
      return percentile(writeTimes(profile, measurement), 50);
    case "sequential-write-mb-s":
      return bytesOf(measurement.chunkKiB) / streamUs(profile, 1, measurement.chunkKiB, measurement.busMBs);
    case "streams-write-mb-s": {
      const { streams, chunkKiB, busMBs } = measurement;
      return bytesOf(chunkKiB) / streamUs(profile, streams, chunkKiB, busMBs);
    }
    case "stream-factor": {
      const { streams, chunkKiB, busMBs } = measurement;
      return streamUs(profile, streams, chunkKiB, busMBs) / streamUs(profile, streams - 1, chunkKiB, busMBs);
    }
    case "random-write-iops":
      return randomWrites(profile, measurement);
    case "random-read-iops":
      return randomReads(profile, measurement);
  }
}

const bytesOf = (kib: number): number => kib * SECTORS_PER_KIB * SECTOR_BYTES;

/** A used card with a bus. */
class Bench {
  readonly flash: FlashPhysics;
  private readonly sectorUs: number;

  constructor(profile: CardProfile, mib: number, busMBs: number) {
    this.sectorUs = SECTOR_BYTES / busMBs;
    const sectors = mib * SECTORS_PER_MIB;
    this.flash = physicsOf(profile, { sectors, seed: SEED, wireSectorUs: this.sectorUs, filled: true });
  }

  /** @returns µs from the command to the end of busy */
  write(sector: number, count: number): number {
    this.flash.rest(0);
    return count * this.sectorUs + this.flash.writeUs(sector, count);
  }

  read(sector: number, count: number): number {
    this.flash.rest(0);
    return count * this.sectorUs + this.flash.readUs(sector, count);
  }
}

function singleWrites(profile: CardProfile): number[] {
  const { flash } = new Bench(profile, STREAM_MIB, 1);
  return Array.from({ length: SAMPLES }, (_, sector) => {
    flash.rest(PAUSE_US);
    return flash.writeUs(sector, 1);
  });
}

function singleReads(profile: CardProfile): number[] {
  const { flash } = new Bench(profile, STREAM_MIB, 1);
  const prng = new Prng(SEED);
  return Array.from({ length: SAMPLES }, () => {
    flash.rest(PAUSE_US);
    return flash.readUs(prng.next() % (STREAM_MIB * SECTORS_PER_MIB), 1);
  });
}

function writeTimes(
  profile: CardProfile,
  { order, chunkKiB, busMBs }: Extract<Measurement, { what: "write-median-us" }>,
): number[] {
  const bench = new Bench(profile, STREAM_MIB, busMBs);
  const chunk = chunkKiB * SECTORS_PER_KIB;
  const chunks = (STREAM_MIB * SECTORS_PER_MIB) / chunk;
  let next = 0;
  const at =
    order === "in-order" ? () => next++ % chunks : eachOnce(new Prng(SEED), profile, chunkKiB, chunks);
  return Array.from({ length: SAMPLES }, () => bench.write(at() * chunk, chunk));
}

/** Average time of a write with several streams that take turns, each filling one erase block after another. */
function streamUs(profile: CardProfile, streams: number, chunkKiB: number, busMBs: number): number {
  const blockMiB = Math.ceil(profile.flash.eraseBlockKiB.value / 1024);
  const eachMiB = Math.ceil(STREAM_MIB / blockMiB) * blockMiB;
  const bench = new Bench(profile, eachMiB * streams, busMBs);
  const chunk = chunkKiB * SECTORS_PER_KIB;
  const rounds = Math.floor((eachMiB * SECTORS_PER_MIB) / chunk);
  let us = 0;
  for (let round = 0; round < rounds; round++) {
    for (let stream = 0; stream < streams; stream++)
      us += bench.write(stream * eachMiB * SECTORS_PER_MIB + round * chunk, chunk);
  }
  return us / (rounds * streams);
}

type RandomWrites = Extract<Measurement, { what: "random-write-iops" }>;

function randomWrites(profile: CardProfile, { order, chunkKiB, rangeMiB, busMBs }: RandomWrites): number {
  const bench = new Bench(profile, rangeMiB, busMBs);
  const chunk = chunkKiB * SECTORS_PER_KIB;
  const chunks = Math.floor((rangeMiB * SECTORS_PER_MIB) / chunk);
  const prng = new Prng(SEED);
  const at = order === "uniform" ? () => prng.next() % chunks : eachOnce(prng, profile, chunkKiB, chunks);
  let us = 0;
  let writes = 0;
  while (writes < RANDOM_WRITES && us < RANDOM_MS_MAX * 1000) {
    us += bench.write(at() * chunk, chunk);
    writes++;
  }
  return (writes * 1e6) / us;
}

/** All places of a block in random order, then those of the next. */
function eachOnce(prng: Prng, profile: CardProfile, chunkKiB: number, chunks: number): () => number {
  const perBlock = Math.max(1, Math.floor(profile.flash.eraseBlockKiB.value / chunkKiB));
  const places = Array.from({ length: perBlock }, (_, i) => i);
  let next = perBlock;
  let block = -1;
  const blocks = Math.floor(chunks / perBlock);
  return () => {
    if (next === perBlock) {
      next = 0;
      block = (block + 1) % blocks;
      for (let i = perBlock - 1; i > 0; i--) {
        const other = prng.next() % (i + 1);
        [places[i], places[other]] = [places[other]!, places[i]!];
      }
    }
    return block * perBlock + places[next++]!;
  };
}

type RandomReads = Extract<Measurement, { what: "random-read-iops" }>;

function randomReads(profile: CardProfile, { chunkKiB, rangeMiB, busMBs }: RandomReads): number {
  const bench = new Bench(profile, rangeMiB, busMBs);
  const chunk = chunkKiB * SECTORS_PER_KIB;
  const chunks = Math.floor((rangeMiB * SECTORS_PER_MIB) / chunk);
  const prng = new Prng(SEED);
  let us = 0;
  for (let i = 0; i < SAMPLES; i++) us += bench.read((prng.next() % chunks) * chunk, chunk);
  return (SAMPLES * 1e6) / us;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!;
}
