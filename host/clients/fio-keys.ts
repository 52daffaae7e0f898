import { SECTOR_BYTES } from "../../assembly/layout.js";
import { bytesOf, microsecondsOf } from "./file-sizes.js";

/** Directions of a job. */
export const FIO_RW = ["read", "write", "rw", "readwrite", "randread", "randwrite", "randrw"] as const;

/** What a job is told by numbers. Bytes, us, counts, and 0 or 1 for flags. */
export interface FioNumbers {
  /** Bytes of one request. */
  readonly bs: number;
  /** Bytes of the part of the device that the job uses, and where it begins. */
  readonly size: number;
  readonly offset: number;
  /** Bytes that one loop reads and writes; 0: as many as `size`. */
  readonly io_size: number;
  readonly iodepth: number;
  readonly numjobs: number;
  /** A sync after so many writes; 0: none. */
  readonly fsync: number;
  readonly fdatasync: number;
  /** Writes that are durable when they are answered; writes beside the page cache. */
  readonly sync: number;
  readonly direct: number;
  readonly randseed: number;
  /** Of 100 requests of a mixed job so many are reads. */
  readonly rwmixread: number;
  /** Pause after each request, us. */
  readonly thinktime: number;
  /** Requests of one loop at most; 0: no limit. */
  readonly number_ios: number;
  readonly loops: number;
  /** Begins when every job before it has ended. */
  readonly stonewall: number;
}

export const FIO_PLAIN: FioNumbers = {
  bs: 4096,
  size: 0,
  offset: 0,
  io_size: 0,
  iodepth: 1,
  numjobs: 1,
  fsync: 0,
  fdatasync: 0,
  sync: 0,
  direct: 0,
  randseed: 0,
  rwmixread: 50,
  thinktime: 0,
  number_ios: 0,
  loops: 1,
  stonewall: 0,
};

interface FioKey {
  readonly expects: string;
  /** null for text that is no value of it. */
  read(text: string): number | null;
}

const COUNT_MAX = 1_000_000;
const BYTES: FioKey = {
  expects: `bytes in multiples of ${SECTOR_BYTES}, as 4096, 4k or 1m`,
  read: (text) => {
    const bytes = bytesOf(text);
    return bytes === null || bytes % SECTOR_BYTES !== 0 ? null : bytes;
  },
};
const FLAG: FioKey = { expects: "0 or 1", read: (text) => (/^[01]$/.test(text) ? Number(text) : null) };
const TIME: FioKey = { expects: "a time, as 500us, 2ms or 1s", read: microsecondsOf };

function count(least: number, most: number): FioKey {
  return {
    expects: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : null;
    },
  };
}

/** The keys of numbers that are understood. */
export const FIO_KEYS: Readonly<Record<keyof FioNumbers, FioKey>> = {
  bs: BYTES,
  size: BYTES,
  offset: BYTES,
  io_size: BYTES,
  iodepth: count(1, 64),
  numjobs: count(1, 16),
  fsync: count(0, COUNT_MAX),
  fdatasync: count(0, COUNT_MAX),
  sync: FLAG,
  direct: FLAG,
  randseed: count(0, 4_294_967_295),
  rwmixread: count(0, 100),
  thinktime: TIME,
  number_ios: count(0, COUNT_MAX),
  loops: count(1, 1000),
  stonewall: FLAG,
};

/** Other names of keys, as fio has them. */
export const FIO_ALIASES: Readonly<Record<string, string>> = { readwrite: "rw", blocksize: "bs" };
/** Taken, and without effect: the device is the mirror, and requests go to it in virtual time. */
export const FIO_WITHOUT_EFFECT: readonly string[] = ["filename", "ioengine", "name"];
