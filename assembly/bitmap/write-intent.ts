import {
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_SECTORS_MAX,
  BITMAP_SLOTS,
  BUG_LACKING_RECORD_NOT_WRITTEN,
  BUG_NO_WRITE_AT_RECOVERY,
  BUG_RECORD_FROM_LIVE_BITS,
  BUG_REMARK_TRUSTS_CLEAR_IN_FLIGHT,
  BUG_SETTLE_IGNORED_FOR_MARKS,
  BUG_WRONG_FIRST_CARD,
  CARD_WRITE,
  COUNTER_CLEAR_RECORDS,
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_MARKED,
  OPTION_MARKED_MAX,
} from "../layout";
import { WRITE_INTENT_STATE } from "../driver/cleared-state";
import { count, counterValue } from "../counters";
import { askFlush, hasFlushed, hasSettled } from "../driver/card-flush";
import { bitmapSectors, slotSector } from "../driver/geometry";
import { membersInUse, isActive } from "../driver/members";
import { cardOfIndex, isSingleScheme } from "../driver/superblock";
import { PHASE_MARKING, requestsInUse, wakePhase } from "../driver/requests";
import { OWNER_RECORD, startOwnTransfer } from "../driver/transfers";
import {
  CLEARS_DUE_AT,
  MARKS_DUE_AT,
  RECORD_AT,
  dueAt,
  phaseAt,
  setDueAt,
  setPhaseAt,
} from "../driver/under-way";
import { WOKEN, take, takeAll } from "../driver/scan-budget";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import { buildRecord, recordSequence, sealRecord, slotOfRecord } from "./bitmap-record";
import { areMarksThrottled } from "./sync-gate";
import { letGo } from "./kept-marks";
import { gatherPlanes } from "./planes";
import { areStatesRecovered } from "./recovery";
import { bitmapSectorOf, durablePlane, isMarkOnCards, planeBit } from "./regions";

/**
 * Brings the wanted marks onto the cards, one record at a time, by the `serial` protocol: record n goes to slot
 * n mod 2 of one card, is flushed, then of the other. Only then is a mark durable and may data leave. Marks that
 * arrive meanwhile join the next record; clears ride along.
 */
const PHASE_REST: u32 = 0;
const PHASE_WRITING: u32 = 1;
const PHASE_FLUSHING: u32 = 2;
/** The member that was getting it is lost. */
const PHASE_NEXT: u32 = 3;

@unmanaged
class Intent {
  get phase(): u32 {
    return phaseAt(RECORD_AT);
  }
  set phase(value: u32) {
    setPhaseAt(RECORD_AT, value);
  }
  /** Bitmap sector of the record under way. */
  bitmapSector: u32;
  /** Members that are still to get the record, as a mask, and the one that is getting it. */
  targets: u32;
  member: u32;
  flush: u32;
  /** Bit b set: bitmap sector b wants a mark on the cards. */
  get marksDue(): u32 {
    return dueAt(MARKS_DUE_AT);
  }
  set marksDue(mask: u32) {
    setDueAt(MARKS_DUE_AT, mask);
  }
  /** Bit b set: bitmap sector b has bits to clear on the cards, and the clearing pass is over. */
  get clearsDue(): u32 {
    return dueAt(CLEARS_DUE_AT);
  }
  set clearsDue(mask: u32) {
    setDueAt(CLEARS_DUE_AT, mask);
  }
  /** 1 while no record may begin: a rebuild gives its target the bitmap. */
  held: u32;
  /** Marks in the record under way. */
  marks: u32;
}

/** The state, and the four tables behind it: side by side, so that one fill forgets them. */
const STATE = WRITE_INTENT_STATE;
if (offsetof<Intent>() > 32) ERROR("larger than its part of cleared-state.ts");
/** Marks on the cards of each bitmap sector: of its durable plane. */
const MARKS: usize = STATE + 32;
/** Sequence of the newest record of each bitmap sector. */
const SEQUENCES: usize = MARKS + 64;
/** Number of the record with which the last change of a written bit of each bitmap sector is settled. */
const SETTLING: usize = SEQUENCES + 64;
/** Bit (2 x member + slot) set: that slot of the bitmap sector holds no valid record. */
const INVALID_SLOTS: usize = SETTLING + 64;
/** Private copy of the record under way: the live marks may change while the card takes it. */
const SNAPSHOT: usize = memory.data(512, 16);
if (BITMAP_SECTORS_MAX != 16) ERROR("sizes drifted from layout.ts");

/** What letting kept marks go may cost with one record: 1 for eight regions that none leaves, LEAVING for others. */
const LET_GO: i32 = 48;

function intent(): Intent {
  return changetype<Intent>(STATE);
}

function sequenceOf(bitmapSector: u32): u32 {
  return load<u32>(SEQUENCES + <usize>(bitmapSector << 2));
}

function marksOf(bitmapSector: u32): u32 {
  return load<u32>(MARKS + <usize>(bitmapSector << 2));
}

function slotBit(member: u32, slot: u32): u32 {
  return 1 << (member * BITMAP_SLOTS + slot);
}

function isInvalid(bitmapSector: u32, member: u32, slot: u32): bool {
  return ((<u32>load<u8>(INVALID_SLOTS + <usize>bitmapSector)) & slotBit(member, slot)) != 0;
}

/**
 * Recovery found record `sequence` to be the newest, and these slots invalid; nothing counts as durable yet. The members in
 * the mask `lacking` do not have it, or in the scheme `single` the one before it: they get that first. Record N+1 would
 * else overwrite the only valid record of a card, which a cut in it would leave with none (DESIGN.md section 3).
 */
export function resumeRecords(bitmapSector: u32, sequence: u32, invalidSlots: u32, lacking: u32): void {
  store<u32>(SEQUENCES + <usize>(bitmapSector << 2), sequence);
  store<u8>(INVALID_SLOTS + <usize>bitmapSector, <u8>invalidSlots);
  // Record N+1, with the same written bits, is written before anything is served.
  store<u32>(SETTLING + <usize>(bitmapSector << 2), sequence + 1);
  const state = intent();
  if (!(RIG && seeded(BUG_NO_WRITE_AT_RECOVERY))) state.marksDue |= 1 << bitmapSector;
  state.targets = lacking & membersInUse();
  if (state.targets == 0 || (RIG && seeded(BUG_LACKING_RECORD_NOT_WRITTEN))) return;
  state.bitmapSector = bitmapSector;
  state.phase = PHASE_NEXT;
  buildRecord(SNAPSHOT, bitmapSector, isSingleScheme() ? sequence - 1 : sequence);
  sealRecord(SNAPSHOT);
}

/** Recovery has set the regions of the bitmap sector whose record is under way, and so many are marked. */
export function noteRecoveredMarks(marks: u32): void {
  intent().marks = marks;
}

/** Slot of the record under way: the newest, or one that a card lacks. */
function slotUnderWay(): u32 {
  return slotOfRecord(recordSequence(SNAPSHOT));
}

/**
 * A written bit of this bitmap sector changes with the next record. It counts only from the record after that one on: a
 * fault may destroy the newest record on every card, and then the one before must say the same (DESIGN.md section 3).
 */
export function writtenBitChanged(bitmapSector: u32): void {
  store<u32>(SETTLING + <usize>(bitmapSector << 2), sequenceOf(bitmapSector) + 2);
}

/** Number of the record with which the written bits of a bitmap sector are settled. */
export function settlingRecord(bitmapSector: u32): u32 {
  return load<u32>(SETTLING + <usize>(bitmapSector << 2));
}

/** Whether, while no record is under way, the written bits of a bitmap sector are settled. */
export function isSettled(bitmapSector: u32): bool {
  return <i32>(sequenceOf(bitmapSector) - settlingRecord(bitmapSector)) >= 0;
}

/** Whether the record of that number, or a later one, is on the cards; asks for the next one if not. */
export function isRecordDurable(bitmapSector: u32, sequence: u32): bool {
  const state = intent();
  const underWay = state.phase != PHASE_REST && state.bitmapSector == bitmapSector;
  const durable = sequenceOf(bitmapSector) - (underWay ? 1 : 0);
  if (<i32>(durable - sequence) >= 0) return true;
  if (!underWay) state.marksDue |= 1 << bitmapSector;
  return false;
}

/** Whether the bit is durable on both cards and no record under way clears it. */
export function isMarkDurable(region: u32): bool {
  if (!isMarkOnCards(region)) return false;
  const state = intent();
  if (state.phase == PHASE_REST || state.bitmapSector != bitmapSectorOf(region)) return true;
  if (RIG && seeded(BUG_REMARK_TRUSTS_CLEAR_IN_FLIGHT)) return true;
  return planeBit(SNAPSHOT + <usize>BITMAP_MARKED_AT, region);
}

/** The region's mark has to become durable; nothing to do if it is. */
export function askMark(region: u32): void {
  if (!isMarkDurable(region)) askMarksOf(bitmapSectorOf(region));
}

/** The marks of a whole bitmap sector have to become durable as they are now. */
export function askMarksOf(bitmapSector: u32): void {
  intent().marksDue |= 1 << bitmapSector;
}

/** A clearing pass has cleared wanted marks of this bitmap sector; they go out when no record is under way. */
export function askClear(bitmapSector: u32): void {
  intent().clearsDue |= 1 << bitmapSector;
}

/** Whether bits that were cleared have still to go out. */
export function areClearsDue(): bool {
  return intent().clearsDue != 0;
}

/** Whether a record is due and none is under way, so that the next one begins as soon as a call has the steps for it. */
export function isRecordDue(): bool {
  const state = intent();
  return state.phase == PHASE_REST && (state.marksDue | state.clearsDue) != 0;
}

/** Whether no record is under way or due. */
export function isIntentAtRest(): bool {
  const state = intent();
  return state.phase == PHASE_REST && state.marksDue == 0 && state.clearsDue == 0;
}

function writeTo(member: u32): void {
  const state = intent();
  state.phase = PHASE_WRITING;
  state.member = member;
  const sector = slotSector(state.bitmapSector, slotUnderWay());
  count(COUNTER_RECORD_WRITES, 1);
  startOwnTransfer(OWNER_RECORD, 0, member, CARD_WRITE, sector, 1, SNAPSHOT);
}

function begin(bitmapSector: u32): void {
  const state = intent();
  let sequence = sequenceOf(bitmapSector) + 1;
  // In the scheme `single` the number says which card gets it: one that is there.
  if (isSingleScheme() && !isActive(cardOfIndex(sequence & 1))) sequence++;
  state.bitmapSector = bitmapSector;
  if ((state.marksDue & (1 << bitmapSector)) == 0) count(COUNTER_CLEAR_RECORDS, 1);
  state.marksDue &= ~(1 << bitmapSector);
  state.clearsDue &= ~(1 << bitmapSector);
  state.marks = buildRecord(SNAPSHOT, bitmapSector, sequence);
  if (areStatesRecovered()) keepBelowCap(bitmapSector);
  sealRecord(SNAPSHOT);
  store<u32>(SEQUENCES + <usize>(bitmapSector << 2), sequence);
  // A card whose slot is invalid anyway goes first: if this write is torn too, the other card still has an older
  // valid record there, and the bitmap sector stays provable.
  const first: u32 = isInvalid(bitmapSector, 1, sequence & 1) ? 1 : 0;
  // The target of a rebuild gets every record too: the source alone could lose the newest one with its cache.
  state.targets = isSingleScheme() ? 1 << cardOfIndex(sequence & 1) : membersInUse();
  state.member = RIG && seeded(BUG_WRONG_FIRST_CARD) ? first : 1 - first;
  writeNext();
}

/** The record is built; if it marks too much, kept marks leave it. */
function keepBelowCap(bitmapSector: u32): void {
  const cap = option(OPTION_MARKED_MAX);
  if (cap == 0) return;
  const state = intent();
  const marks = counterValue(COUNTER_REGIONS_MARKED) - marksOf(bitmapSector) + state.marks;
  if (marks > cap)
    state.marks -= letGo(bitmapSector, marks - cap, LET_GO, SNAPSHOT + <usize>BITMAP_MARKED_AT);
}

/** The next member gets the record: not the one that was last, if there is another. */
function writeNext(): void {
  const state = intent();
  if (state.targets == 0) {
    recordIsDurable();
    return;
  }
  const other = 1 - state.member;
  const next = ((state.targets >> other) & 1) != 0 ? other : state.member;
  state.targets &= ~(1 << next);
  writeTo(next);
}

/** A member is lost: the record under way goes on without it. */
export function recordMemberLost(member: u32): void {
  const state = intent();
  state.targets &= ~(1 << member);
  if (state.phase == PHASE_REST || state.member != member) return;
  state.phase = PHASE_NEXT;
  if (!isSingleScheme()) return;
  // Nobody else gets this record: what it marks goes into the next one.
  state.phase = PHASE_REST;
  state.marksDue |= 1 << state.bitmapSector;
}

/** While records are held none begins. The one under way goes on. */
export function holdRecords(held: bool): void {
  intent().held = held ? 1 : 0;
}

/**
 * The record that belongs in `slot` of the card with this index, the newest one or one before, with the marks that are
 * durable on the other card: a write that trusts one of them must find it on both.
 */
export function buildForSlot(at: usize, bitmapSector: u32, slot: u32, index: u32): void {
  let sequence = sequenceOf(bitmapSector);
  const single = isSingleScheme();
  if (single && (sequence & 1) != index) sequence--;
  if (slotOfRecord(sequence) != slot) sequence -= single ? 2 : 1;
  buildRecord(at, bitmapSector, sequence);
  memory.copy(at + <usize>BITMAP_MARKED_AT, durablePlane(bitmapSector), BITMAP_PLANE_BYTES);
  sealRecord(at);
}

/** The slots of a card were written anew. */
export function slotsRewritten(bitmapSector: u32, member: u32): void {
  const invalid = INVALID_SLOTS + <usize>bitmapSector;
  store<u8>(invalid, <u8>((<u32>load<u8>(invalid)) & ~(slotBit(member, 0) | slotBit(member, 1))));
}

/** One card has the record in its cache or on its media. */
export function recordTransferEnded(): void {
  const state = intent();
  assert(state.phase == PHASE_WRITING);
  state.phase = PHASE_FLUSHING;
  state.flush = askFlush(state.member);
}

function recordIsDurable(): void {
  const state = intent();
  const bitmapSector = state.bitmapSector;
  state.phase = PHASE_REST;
  const durable = durablePlane(bitmapSector);
  if (RIG && seeded(BUG_RECORD_FROM_LIVE_BITS)) state.marks = gatherPlanes(SNAPSHOT, bitmapSector);
  memory.copy(durable, SNAPSHOT + <usize>BITMAP_MARKED_AT, BITMAP_PLANE_BYTES);
  count(COUNTER_REGIONS_MARKED, state.marks - marksOf(bitmapSector));
  store<u32>(MARKS + <usize>(bitmapSector << 2), state.marks);
  wakePhase(PHASE_MARKING);
  // Where very many go on now, the next record is left to the next call.
  take(popcnt(requestsInUse()) * WOKEN);
}

/** Moves the record under way on, or begins the next one. Returns whether anything moved. */
export function advanceWriteIntent(): bool {
  const state = intent();
  if (state.phase == PHASE_WRITING) return false;
  if (state.phase == PHASE_FLUSHING) {
    const ready =
      RIG && seeded(BUG_SETTLE_IGNORED_FOR_MARKS)
        ? hasFlushed(state.member, state.flush)
        : hasSettled(state.member, state.flush);
    if (!ready) return false;
    const invalid = INVALID_SLOTS + <usize>state.bitmapSector;
    store<u8>(invalid, <u8>((<u32>load<u8>(invalid)) & ~slotBit(state.member, slotUnderWay())));
    writeNext();
    return true;
  }
  if (state.phase == PHASE_NEXT) {
    writeNext();
    return true;
  }
  if (state.held != 0) return false;
  const due = state.marksDue != 0 ? state.marksDue : state.clearsDue;
  if (due == 0 || (state.marksDue != 0 && areMarksThrottled())) return false;
  // In turn, from the one after the last: steady writes to one bitmap sector must not starve another.
  const later = due & ~(((<u32>2) << state.bitmapSector) - 1);
  const next = ctz(later != 0 ? later : due);
  assert(next < bitmapSectors());
  // A record takes about as long as all else that a call may do.
  if (areStatesRecovered() && !takeAll()) return false;
  begin(next);
  return true;
}
