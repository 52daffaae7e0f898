import { SECTOR_BYTES } from "../../assembly/layout.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { inOrder, type BlockRequest } from "./block-request.js";
import type { FioJob } from "./fio-job.js";

/** Virtual time between two requests of a job at iodepth 1, us: about what a mirrored write with its marks takes. */
export const FIO_INTERVAL_US = 4000;
/** Between the seeds of two clones. */
const CLONE_SEEDS = 7919;

/**
 * The requests of all jobs, in order. Jobs, and the clones of a job, run side by side on one device; offsets of
 * sequential jobs are those of fio; random ones visit every block once a pass as fio's do, in an order of this
 * generator's own.
 */
export function fioRequests(jobs: readonly FioJob[]): BlockRequest[] {
  const requests: BlockRequest[] = [];
  let startUs = 0;
  let endUs = 0;
  for (const [index, job] of jobs.entries()) {
    if (job.stonewall === 1) startUs = endUs;
    for (let clone = 0; clone < job.numjobs; clone++) {
      const seed = job.randseed + (index * 16 + clone) * CLONE_SEEDS;
      const made = jobRequests(job, startUs, new Prng(Math.imul(seed, 0x9e3779b1) ^ 0xf10));
      for (const request of made) requests.push(request);
      endUs = Math.max(endUs, (made.at(-1)?.atUs ?? startUs) + stepUs(job));
    }
  }
  return inOrder(requests);
}

function stepUs({ iodepth, thinktime }: FioJob): number {
  return Math.max(1, Math.floor(FIO_INTERVAL_US / iodepth)) + thinktime;
}

function jobRequests(job: FioJob, startUs: number, prng: Prng): BlockRequest[] {
  const { bs, size, loops, number_ios: most } = job;
  const blocks = Math.floor(size / bs);
  const whole = Math.floor((job.io_size === 0 ? size : job.io_size) / bs);
  const perLoop = most === 0 ? whole : Math.min(whole, most);
  const isRandom = job.rw.startsWith("rand");
  const requests: BlockRequest[] = [];
  let atUs = startUs;
  let writes = 0;
  let order: Int32Array | null = null;
  let reads = 0;
  let syncDue = false;
  // Loops of fio go on where the last one ended, and reads and writes of a sequential job have a place each.
  for (let i = 0; i < perLoop * loops; i++) {
    const kind = kindOf(job, prng);
    const isRead = kind === "read";
    const pass = (isRandom ? i : isRead ? reads : writes) % blocks;
    if (isRandom && pass === 0) order = shuffled(blocks, prng);
    const sector = (job.offset + (order?.[pass] ?? pass) * bs) / SECTOR_BYTES;
    // As in fio a sync that is due comes before the next request: never as the last one.
    if (syncDue) requests.push({ atUs, kind: "sync", sector: 0, sectors: 0 });
    requests.push({ atUs, kind, sector, sectors: bs / SECTOR_BYTES });
    if (isRead) reads++;
    else writes++;
    syncDue = !isRead && isDue(writes, job.fsync, job.fdatasync);
    atUs += stepUs(job);
  }
  return requests;
}

function isDue(writes: number, ...every: readonly number[]): boolean {
  return every.some((count) => count > 0 && writes % count === 0);
}

function kindOf({ rw, sync, direct, rwmixread }: FioJob, prng: Prng): BlockRequest["kind"] {
  const isMixed = rw === "rw" || rw === "readwrite" || rw === "randrw";
  if (isMixed ? prng.next() % 100 < rwmixread : rw.endsWith("read")) return "read";
  if (sync === 1) return "fua";
  return direct === 1 ? "direct" : "write";
}

/** Every number below `count` once. */
function shuffled(count: number, prng: Prng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = prng.next() % (i + 1);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
