import { REQUESTS, REQUESTS_OWN } from "../layout";
import { REQUEST_POOL } from "./cleared-state";
import { REQUEST_WORDS } from "./hot-words";

/** What a request does; the first three are the caller's REQUEST_READ, REQUEST_WRITE and REQUEST_FLUSH. */
export const KIND_READ: u32 = 0;
export const KIND_WRITE: u32 = 1;
export const KIND_FLUSH: u32 = 2;
/** Whole regions are given back. */
export const KIND_DISCARD: u32 = 4;
/** Sectors that the driver compares on both cards, and mends. */
export const KIND_VERIFY: u32 = 5;
/** A piece of a resync: copied from the source to the other card. */
export const KIND_COPY: u32 = 3;

/** Where a request stands. The comments say what moves it on. */
export const PHASE_FREE: u32 = 0;
/** Behind an earlier request to the same sectors: any request that ends. */
export const PHASE_QUEUED: u32 = 1;
/** A mark is not durable yet: a bitmap record that becomes durable. */
export const PHASE_MARKING: u32 = 2;
/** On the cards: their completions. */
export const PHASE_TRANSFER: u32 = 3;
/** The next stretch through the copy buffer is due: at once. This and the next four are those of such stretches. */
export const PHASE_STRETCH: u32 = 4;
/** The copy buffer is taken, or an earlier request wants it: the end of the copy that has it. */
export const PHASE_BUFFER: u32 = 5;
/** A stretch is being copied between the cards: the end of that copy. */
export const PHASE_COPYING: u32 = 6;
/** The copy has come to its end: at once. */
export const PHASE_COPIED: u32 = 7;
/** The copy was given up, a member is lost: the end of that loss. */
export const PHASE_ABORTED: u32 = 8;
/** Before an UNWRITTEN region is zeroed: another request zeroes one. */
export const PHASE_FIRST_WRITE: u32 = 9;
/** Zeros are on their way: the cards' completions. */
export const PHASE_ZEROING: u32 = 10;
/** A write that is to be durable before it is answered: flushes that settle. */
export const PHASE_FUA: u32 = 11;
/** Until both cards are flushed: a flush that settles. */
export const PHASE_FLUSHING: u32 = 12;
/** Finished, and not to be answered before a loss is recorded. */
export const PHASE_ANSWER: u32 = 13;
/** More regions are to be given back than one call may: the next tick. */
export const PHASE_SWEEPING: u32 = 14;

/** Entries of the driver's own requests; callers' follow. */
export const RESYNC_REQUEST: u32 = 0;
export const REPAIR_REQUEST: u32 = 1;
export const SCRUB_REQUEST: u32 = 2;
if (SCRUB_REQUEST + 1 != REQUESTS_OWN) ERROR("own requests drifted from layout.ts");

@unmanaged
export class Request {
  phase: u32;
  kind: u32;
  /** First data sector and count. */
  sector: u32;
  count: u32;
  buffer: u32;
  tag: u32;
  /** Submit order; wraps. Overlapping requests run in this order. */
  order: u32;
  /** 1 if no other request may use the sectors meanwhile. */
  exclusive: u32;
  /** Transfers on the cards. This and the next five are 0 at first. */
  left: u32;
  /** Sectors copied so far; of a discard, regions given back. */
  cursor: u32;
  /** Sectors of the stretch that is being copied. */
  stretch: u32;
  /** Bit m set: member m was asked and could not read; and COMPARE_DIFFERS. */
  failedMembers: u32;
  /** 1 once a stretch was written back, so that a flush is due before the answer; or while a sector is mended. */
  writtenBack: u32;
  /** Range of regions that the request touches now; none while the first is above the last. */
  touchLast: u32;
  touchFirst: u32;
  /** Member asked for the read under way, or that the other one is mended from. */
  member: u32;
  /** Flush numbers waited for. */
  flushA: u32;
  flushB: u32;
  /** Status to be answered in PHASE_ANSWER. */
  status: u32;
  /** Numbers of the records with which the written bits of its first and its last bitmap sector are settled. */
  settleFirst: u32;
  settleLast: u32;
  /** 1 if it is to be durable before it is answered. */
  durably: u32;
  /** Fingerprint of what the first card accepted, and cards that have. */
  fingerprint: u32;
  accepted: u32;
  unused: u32;
}

const POOL = REQUEST_POOL;
/**
 * Next submit order; masks of requests that can move on, and of those in use; whether callers were seen, and a mask of
 * requests that were found to be behind an earlier one, two bytes each.
 */
const STATE = REQUEST_WORDS;
if (REQUESTS * offsetof<Request>() != 1600) ERROR("sizes drifted from layout.ts");

if ((REQUESTS & (REQUESTS - 1)) != 0) ERROR("requests are counted by masks");

export function request(index: u32): Request {
  return changetype<Request>(POOL + <usize>(index * <u32>offsetof<Request>()));
}

/** Where the request keeps the numbers of the flushes that it waits for. */
export function flushesOf(index: u32): usize {
  return changetype<usize>(request(index)) + offsetof<Request>("flushA");
}

export function resetRequests(): void {
  memory.fill(STATE, 0, 16);
}

/** Requests in use, resync's own included: bit k for entry k. */
export function requestsInUse(): u32 {
  return load<u32>(STATE, 8);
}

/** The entry behind this one, in the order of the pool. */
export function nextRequest(entry: Request): Request {
  return changetype<Request>(changetype<usize>(entry) + offsetof<Request>());
}

/** A free entry for a caller's request, or 0 (an entry of the driver's own) when all are taken. */
export function findFreeRequest(): u32 {
  let index: u32 = REQUESTS_OWN;
  for (let used = requestsInUse() >> REQUESTS_OWN; (used & 1) != 0; used >>= 1) index++;
  return index & (REQUESTS - 1);
}

/** Puts a request at the end of the queue, to hold its sectors alone; it is not awake. @returns its entry */
export function openRequest(index: u32, kind: u32, sector: u32, count: u32, buffer: u32, tag: u32): Request {
  const entry = request(index);
  assert(entry.phase == PHASE_FREE);
  // What is not set here nobody reads before it is set.
  const zeros = changetype<usize>(entry) + offsetof<Request>("left");
  store<u64>(zeros, 0);
  store<u64>(zeros, 0, 8);
  store<u64>(zeros, 0, 16);
  entry.phase = PHASE_QUEUED;
  entry.kind = kind;
  entry.sector = sector;
  entry.count = count;
  entry.buffer = buffer;
  entry.tag = tag;
  entry.order = load<u32>(STATE);
  entry.exclusive = 1;
  entry.touchFirst = 1;
  store<u32>(STATE, entry.order + 1);
  store<u32>(STATE, requestsInUse() | (1 << index), 8);
  return entry;
}

/** Ends a request. Whoever was behind it, or behind any other, looks again. */
export function closeRequest(index: u32): void {
  const entry = request(index);
  assert(entry.phase != PHASE_FREE);
  entry.phase = PHASE_FREE;
  const others: u32 = ~(1 << index);
  store<u32>(STATE, requestsInUse() & others, 8);
  store<u32>(STATE, (load<u32>(STATE, 4) | load<u16>(STATE, 14)) & others, 4);
  store<u16>(STATE, 0, 14);
}

/** The request stays in PHASE_QUEUED until another one ends. */
export function waitInQueue(index: u32): void {
  store<u16>(STATE, <u16>((<u32>load<u16>(STATE, 14)) | (1 << index)), 14);
}

/** A caller has come. */
export function noteCaller(): void {
  store<u16>(STATE, 1, 12);
}

/** Whether a caller has had a request in the pool since this was last asked. */
export function wereCallersSeen(): bool {
  const seen = load<u16>(STATE, 12) != 0;
  store<u16>(STATE, 0, 12);
  return seen || requestsInUse() >> REQUESTS_OWN != 0;
}

/** Whether any request touches the region now. */
export function isTouched(region: u32): bool {
  let entry = request(0);
  for (let used = requestsInUse(); used != 0; used >>= 1) {
    if ((used & 1) != 0 && entry.touchFirst <= region && region <= entry.touchLast) return true;
    entry = nextRequest(entry);
  }
  return false;
}

/** The request can move on. */
export function wake(index: u32): void {
  store<u32>(STATE, load<u32>(STATE, 4) | (1 << index), 4);
}

/** Every request can look again. */
export function wakeAll(): void {
  store<u32>(STATE, (1 << REQUESTS) - 1, 4);
}

/** Every request in `phase` can look again. */
export function wakePhase(phase: u32): void {
  let entry = request(0);
  let bit: u32 = 1;
  let woken: u32 = 0;
  for (let used = requestsInUse(); used >= bit; bit <<= 1) {
    // Of an entry that is not in use too: no request waits in PHASE_FREE.
    if (entry.phase == phase) woken |= bit;
    entry = nextRequest(entry);
  }
  store<u32>(STATE, load<u32>(STATE, 4) | woken, 4);
}

/** Flushes ended or settled: whoever waits for one looks again. */
export function wakeFlushWaiters(): void {
  wakePhase(PHASE_FLUSHING);
  wakePhase(PHASE_FUA);
}

/**
 * Whether an earlier request waits for the copy buffer, or has just had it and may want it again. In the order of
 * submission nobody starves: a piece of a resync is younger than the reads that were there before it, and older than
 * those that come while it waits.
 */
export function isBehindForBuffer(index: u32): bool {
  for (let other: u32 = 0; other < REQUESTS; other++) {
    const entry = request(other);
    if (entry.phase != PHASE_BUFFER && entry.phase != PHASE_COPIED) continue;
    if (<i32>(entry.order - request(index).order) < 0) return true;
  }
  return false;
}

/** Whether the phase is one of going stretch by stretch through the copy buffer. */
export function isStretchPhase(phase: u32): bool {
  return phase >= PHASE_STRETCH && phase <= PHASE_ABORTED;
}

/** Whether no request can move on. */
export function areAllAsleep(): bool {
  return load<u32>(STATE, 4) == 0;
}

/** Takes one request that can move on, or REQUESTS when none can. */
export function nextAwake(): u32 {
  const awake = load<u32>(STATE, 4);
  if (awake == 0) return REQUESTS;
  const index = ctz(awake) & (REQUESTS - 1);
  store<u32>(STATE, awake & (awake - 1), 4);
  return index;
}
