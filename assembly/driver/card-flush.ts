import {
  BUG_FLUSH_IN_FLIGHT_COUNTS,
  BUG_FLUSH_ONE_CARD_ONLY,
  CARD_FLUSH,
  MEMBERS,
  OPTION_SETTLE_MS,
} from "../layout";
import { CARD_FLUSH_STATE } from "./cleared-state";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import { isActive } from "./members";
import { nowMs } from "./mode";
import { OWNER_FLUSH, startTransfer } from "./transfers";
import { lookForFlush } from "./under-way";

/** The settle time of `settling` runs; */
const SETTLE_RUNS: u32 = 0;
/** it starts with the next tick: between ticks the driver does not know the time; */
const SETTLE_STARTS: u32 = 1;
/** it has passed, and the probe has not ended. */
const SETTLE_PROBES: u32 = 2;

/**
 * The flushes of one card, numbered. A flush covers a write only if it begins after the write completed, so
 * whoever needs one asks for the number after the last one started, and waits until that number has settled.
 *
 *   settled <= settling <= ended <= started <= wanted      (wrapping; at most one flush is under way)
 *
 * A card that loses its power within the settle time of a flush may lose what was flushed. Only its next command shows
 * that, so a settle time has passed when a further flush, begun after it, has ended: the probe. Nobody waits for the
 * settle time of a probe.
 */
@unmanaged
class CardFlush {
  started: u32;
  ended: u32;
  wanted: u32;
  /** Number whose settle time runs, since `settlingSinceMs`. */
  settling: u32;
  settlingSinceMs: u32;
  phase: u32;
  settled: u32;
  /** Number of the flush that shows that the card still has its power. */
  probe: u32;
}

const CARDS = CARD_FLUSH_STATE;
if (MEMBERS * offsetof<CardFlush>() != 64) ERROR("sizes drifted from layout.ts");

function cardFlush(member: u32): CardFlush {
  return changetype<CardFlush>(CARDS + <usize>(member * <u32>offsetof<CardFlush>()));
}

/** Asks for a flush of `member` that begins from now on; returns its number. */
export function askFlush(member: u32): u32 {
  const flush = cardFlush(member);
  const running = flush.started != flush.ended;
  const number = RIG && seeded(BUG_FLUSH_IN_FLIGHT_COUNTS) && running ? flush.started : flush.started + 1;
  if (<i32>(number - flush.wanted) > 0) {
    flush.wanted = number;
    lookForFlush();
  }
  return number;
}

/**
 * Asks for flushes of all cards in use that begin from now on.
 * @param at where their numbers are kept, a word for each member
 */
export function askFlushes(at: usize): void {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    const number = isActive(member) ? askFlush(member) : cardFlush(member).settled;
    store<u32>(at + <usize>(member << 2), number);
  }
}

/** Whether the flushes kept at `at` have completed, without their settle times; a card not in use keeps nobody waiting. */
export function haveFlushed(at: usize): bool {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (isActive(member) && !hasFlushed(member, load<u32>(at + <usize>(member << 2)))) return false;
  }
  return true;
}

/** Whether the flushes kept at `at` have completed and their settle times have passed. */
export function haveSettled(at: usize): bool {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (isActive(member) && !hasSettled(member, load<u32>(at + <usize>(member << 2)))) return false;
  }
  return true;
}

/** Whether flush `number` of `member` has completed, without its settle time. */
export function hasFlushed(member: u32, number: u32): bool {
  if (RIG && seeded(BUG_FLUSH_ONE_CARD_ONLY) && member == 1) return true;
  return <i32>(cardFlush(member).ended - number) >= 0;
}

/** Whether flush `number` of `member` has completed and its settle time has passed. */
export function hasSettled(member: u32, number: u32): bool {
  if (RIG && seeded(BUG_FLUSH_ONE_CARD_ONLY) && member == 1) return true;
  return <i32>(cardFlush(member).settled - number) >= 0;
}

/** Starts the next flush that somebody wants. Returns whether it did. */
export function advanceCardFlush(member: u32): bool {
  const flush = cardFlush(member);
  const next = flush.started + 1;
  if (flush.started != flush.ended || (<i32>(flush.wanted - next) < 0 && flush.probe != next)) return false;
  flush.started = next;
  startTransfer(OWNER_FLUSH, 0, member, CARD_FLUSH, 0, 0, 0, 0);
  return true;
}

/** The card is lost, and what it owes with it: if it comes back its next flush has the number of the one under way. */
export function cardFlushesForgotten(member: u32): void {
  const flush = cardFlush(member);
  flush.started = flush.wanted = flush.probe = flush.settling = flush.settled = flush.ended;
  lookForFlush();
}

function beginSettling(flush: CardFlush): void {
  flush.settling = flush.ended;
  flush.phase = SETTLE_STARTS;
}

/** The flush under way on `member` has completed. */
export function cardFlushEnded(member: u32): void {
  const flush = cardFlush(member);
  assert(flush.started == flush.ended + 1);
  flush.ended = flush.started;
  lookForFlush();
  if (option(OPTION_SETTLE_MS) == 0) {
    flush.settled = flush.settling = flush.ended;
  } else if (flush.settling == flush.settled) {
    beginSettling(flush);
  } else if (flush.phase == SETTLE_PROBES && flush.probe == flush.ended) {
    flush.settled = flush.settling;
    // Somebody waits for one of those up to this, and nobody for one that is about to begin.
    if (flush.ended - flush.wanted < flush.ended - flush.settled) beginSettling(flush);
  }
}

/** Time has passed: settle times end. Returns whether one did. */
export function tickCardFlush(member: u32): bool {
  const flush = cardFlush(member);
  if (flush.settling == flush.settled || flush.phase == SETTLE_PROBES) return false;
  if (flush.phase == SETTLE_STARTS) {
    flush.phase = SETTLE_RUNS;
    flush.settlingSinceMs = nowMs();
    return false;
  }
  if (nowMs() - flush.settlingSinceMs < option(OPTION_SETTLE_MS)) return false;
  flush.phase = SETTLE_PROBES;
  flush.probe = flush.started + 1;
  lookForFlush();
  return true;
}
