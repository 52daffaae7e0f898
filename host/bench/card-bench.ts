/** How fast the emulated card is, by its faces. */
import { BlockLoad } from "./block-load.js";
import { benchForks, type ForkRate } from "./fork-bench.js";
import { measureCpu } from "./measure-cpu.js";
import { profileStages, type Stage, type StageShare } from "./stage-profile.js";
import { SpiLoad } from "./spi-load.js";

/** One kind of transfer over one face. */
export interface CardRate {
  readonly face: "spi";
  readonly transfer: string;
  readonly sectors: number;
  /** CPU time of this process, s: user and system, the host's loop and garbage collection included. */
  readonly cpuSeconds: number;
  readonly sectorsPerSecond: number;
  readonly nsPerByte: number;
}

/** Writes through the block face, on the flash of a profile. */
export interface BlockRate {
  readonly profile: string;
  readonly transfer: string;
  readonly sectors: number;
  readonly cpuSeconds: number;
  readonly sectorsPerSecond: number;
}

export interface CardBenchResult {
  readonly rates: readonly CardRate[];
  /** Of a run that writes and reads, under the profiler. */
  readonly stages: readonly StageShare[];
  readonly blockRates: readonly BlockRate[];
  readonly blockStages: readonly StageShare[];
  /** Snapshots, as the cut search takes them. */
  readonly forks: readonly ForkRate[];
}

const STREAM_SECTORS = 64;
const SINGLES = 16;
/** Part of the time that warms up each transfer. */
const WARM_UP = 0.3;

const STAGES: readonly Stage[] = [
  { name: "host's loop, and what is inlined into it", functions: [], files: ["spi-load.js", "spi-host.js"] },
  { name: "card: protocol", functions: [], files: ["spi-card.js", "spi-protocol.js", "busy-line.js"] },
  { name: "card: block in", functions: [], files: ["write-stream.js", "memory-sink.js"] },
  { name: "card: block out", functions: [], files: ["read-stream.js", "memory-source.js"] },
  { name: "card: checksums", functions: [], files: ["sector-crc.js", "crc7.js", "fingerprint.js"] },
  {
    name: "card: interning of contents",
    functions: [],
    files: ["piece-table.js", "sector-contents.js", "open-addressing.js"],
  },
  {
    name: "card: storage and time",
    functions: [],
    files: [
      "card-medium.js",
      "durability.js",
      "medium-timing.js",
      "card-storage.js",
      "card-image.js",
      "version-log.js",
      "settle-queue.js",
      "prng.js",
    ],
  },
  { name: "garbage collection", functions: [" (garbage collector)"], files: [] },
];

/** The collapse is in one of them: the flash is as busy as it can be. */
const BLOCK_PROFILES = ["consumer-tlc", "a1-cached"] as const;
const BLOCK_TRANSFERS: readonly { name: string; sectors: number; run: (load: BlockLoad) => void }[] = [
  { name: "64 sectors, in order", sectors: 64, run: (load) => load.writeInOrder(64) },
  { name: "64 sectors, scattered", sectors: 64, run: (load) => load.writeScattered(64) },
  { name: "8 sectors, scattered", sectors: 8, run: (load) => load.writeScattered(8) },
];

const BLOCK_STAGES: readonly Stage[] = [
  { name: "host's loop", functions: [], files: ["block-load.js"] },
  { name: "virtual time", functions: [], files: ["virtual-clock.js"] },
  {
    name: "card: commands",
    functions: [],
    files: ["card.js", "command-queue.js", "block-timing.js", "prng.js"],
  },
  {
    name: "card: contents",
    functions: [],
    files: [
      "card-storage.js",
      "card-image.js",
      "version-log.js",
      "sector-contents.js",
      "piece-table.js",
      "open-addressing.js",
    ],
  },
  {
    name: "flash",
    functions: [],
    files: [
      "flash-physics.js",
      "flash-timing.js",
      "translation-layer.js",
      "block-pool.js",
      "open-units.js",
      "slc-cache.js",
      "write-buffer.js",
      "forkable-array.js",
    ],
  },
  { name: "garbage collection", functions: [" (garbage collector)"], files: [] },
];

const TRANSFERS: readonly { name: string; sectors: number; run: (load: SpiLoad) => void }[] = [
  { name: "write, CMD25", sectors: STREAM_SECTORS, run: (load) => load.write(STREAM_SECTORS, true) },
  { name: "write, CMD24", sectors: SINGLES, run: (load) => load.write(SINGLES, false) },
  { name: "read, CMD18", sectors: STREAM_SECTORS, run: (load) => load.read(STREAM_SECTORS, true) },
  { name: "read, CMD17", sectors: SINGLES, run: (load) => load.read(SINGLES, false) },
];

/**
 * Sectors a second through the byte-level SPI face, CRC on, one core, warm.
 * @param seconds CPU time of each transfer
 * @param onProgress told which part is running
 */
export function benchCards(
  seconds: number,
  onProgress: (part: string) => void = () => undefined,
): CardBenchResult {
  const load = new SpiLoad();
  onProgress("profiling");
  const stages = profileStages(STAGES, () => {
    for (const { run } of TRANSFERS) measureCpu(load, run, seconds / TRANSFERS.length);
  });
  const rates = TRANSFERS.map(({ name, sectors, run }): CardRate => {
    onProgress(name);
    measureCpu(load, run, seconds * WARM_UP);
    const before = load.bytes;
    const { runs, cpuSeconds } = measureCpu(load, run, seconds);
    return {
      face: "spi",
      transfer: name,
      sectors: runs * sectors,
      cpuSeconds,
      sectorsPerSecond: (runs * sectors) / cpuSeconds,
      nsPerByte: (cpuSeconds * 1e9) / (load.bytes - before),
    };
  });
  const blocks = BLOCK_PROFILES.map((profile) => ({ profile, load: new BlockLoad(profile) }));
  onProgress("profiling the block face");
  const blockStages = profileStages(BLOCK_STAGES, () => {
    for (const block of blocks)
      for (const { run } of BLOCK_TRANSFERS) measureCpu(block.load, run, seconds / TRANSFERS.length);
  });
  const blockRates = blocks.flatMap((block) =>
    BLOCK_TRANSFERS.map(({ name, sectors: each, run }): BlockRate => {
      onProgress(`${block.profile}, ${name}`);
      measureCpu(block.load, run, seconds * WARM_UP);
      const { runs, cpuSeconds } = measureCpu(block.load, run, seconds);
      const sectors = runs * each;
      return {
        profile: block.profile,
        transfer: name,
        sectors,
        cpuSeconds,
        sectorsPerSecond: sectors / cpuSeconds,
      };
    }),
  );
  onProgress("snapshots");
  return { rates, stages, blockRates, blockStages, forks: benchForks(seconds) };
}
