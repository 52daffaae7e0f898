import {
  MEMBERS,
  STATUS_FOREIGN,
  STATUS_GEOMETRY,
  STATUS_HALF_REBUILT,
  STATUS_LINEAGE,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_ONE_CARD,
  STATUS_SAME_MEMBER,
  STATUS_SPLIT,
  SUPERBLOCK_ALONE,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_CARD_ID_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARENT_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_REBUILDING,
  SUPERBLOCK_REGION_SHIFT_AT,
  BUG_EVENT_COUNT_DECIDES,
  BUG_HALF_REBUILT_BELIEVED,
  SUPERBLOCK_SEQUENCE_AT,
} from "../layout";
import { seeded } from "../seeded-bug";
import {
  CARD_ALONE,
  CARD_NONE,
  CARD_NORMAL,
  CARD_REBUILDING,
  DECIDE_A,
  DECIDE_A_ALONE,
  DECIDE_A_DEGRADED,
  DECIDE_B,
  DECIDE_B_ALONE,
  DECIDE_B_DEGRADED,
  LINEAGES_A_FOLLOWS,
  LINEAGES_B_FOLLOWS,
  LINEAGES_SAME,
  LINEAGES_UNRELATED,
  decide,
} from "./assembly-table";
import { isActive } from "./members";
import {
  fieldsAgree,
  hasFlag,
  hasSuperblock,
  superblockStatus,
  superblockWord,
  superblocksAgree,
} from "./superblock";

/** What the card in a slot says of itself (CARD_...). */
function classOf(member: u32): u32 {
  if (!isActive(member) || !hasSuperblock(member)) return CARD_NONE;
  if (hasFlag(member, SUPERBLOCK_REBUILDING) && !(RIG && seeded(BUG_HALF_REBUILT_BELIEVED)))
    return CARD_REBUILDING;
  return hasFlag(member, SUPERBLOCK_ALONE) ? CARD_ALONE : CARD_NORMAL;
}

/** Whether the history of `younger` begins where that of `elder` ended, or `elder` is being copied to from `younger`. */
function follows(younger: u32, elder: u32): bool {
  // What is being copied to names the history that it is copied from as its parent, and yet is nobody's future.
  if (hasFlag(younger, SUPERBLOCK_REBUILDING)) return false;
  if (!hasFlag(elder, SUPERBLOCK_REBUILDING)) {
    return fieldsAgree(younger, SUPERBLOCK_PARENT_AT, elder, SUPERBLOCK_LINEAGE_AT, 8);
  }
  return (
    fieldsAgree(elder, SUPERBLOCK_PARENT_AT, younger, SUPERBLOCK_LINEAGE_AT, 8) &&
    fieldsAgree(younger, SUPERBLOCK_PARTNER_ID_AT, elder, SUPERBLOCK_CARD_ID_AT, 8)
  );
}

function relationOfCards(): u32 {
  if (superblocksAgree(SUPERBLOCK_LINEAGE_AT, 8)) return LINEAGES_SAME;
  if (follows(0, 1)) return LINEAGES_A_FOLLOWS;
  return follows(1, 0) ? LINEAGES_B_FOLLOWS : LINEAGES_UNRELATED;
}

/** Why the cards that are there make no array that this build can run, or STATUS_OK. */
function unusable(classA: u32, classB: u32): u32 {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if ((member == 0 ? classA : classB) == CARD_NONE) continue;
    const status = superblockStatus(member);
    if (status != STATUS_OK) return status;
  }
  if (classA == CARD_NONE || classB == CARD_NONE) return STATUS_OK;
  if (!superblocksAgree(SUPERBLOCK_ARRAY_ID_AT, 16)) return STATUS_FOREIGN;
  if (superblocksAgree(SUPERBLOCK_MEMBER_AT, 4)) return STATUS_SAME_MEMBER;
  return superblocksAgree(SUPERBLOCK_REGION_SHIFT_AT, 20) ? STATUS_OK : STATUS_GEOMETRY;
}

/** The card that is right, by the decision last taken; the array's geometry is its. */
export function cardOfDecision(decision: u32): u32 {
  return decision == DECIDE_B || decision == DECIDE_B_ALONE || decision == DECIDE_B_DEGRADED ? 1 : 0;
}

/** Whether the other card gets what it missed. */
export function rebuildsOther(decision: u32): bool {
  return decision == DECIDE_A || decision == DECIDE_B;
}

/**
 * Judges the cards in both slots by the superblocks that were read.
 * @param chosen what a person chose: 0 nothing, else 1 + the slot whose card is right
 * @param degraded whether one card that never went on alone may run without its partner
 * @returns STATUS_OK with the decision in `decisionTaken`, or why there is no array
 */
export function judgeMembers(chosen: u32, degraded: bool): u32 {
  const classA = classOf(0);
  const classB = classOf(1);
  if (chosen != 0) return judgeChoice(chosen - 1, chosen == 1 ? classA : classB);
  const status = unusable(classA, classB);
  if (status != STATUS_OK) return status;
  let decision = decide(classA, classB, relationOfCards());
  if (RIG && seeded(BUG_EVENT_COUNT_DECIDES) && classA != CARD_NONE && classB != CARD_NONE && decision != 0) {
    const ahead = <i32>(
      (superblockWord(0, SUPERBLOCK_SEQUENCE_AT) - superblockWord(1, SUPERBLOCK_SEQUENCE_AT))
    );
    decision = ahead > 0 ? DECIDE_A : DECIDE_B;
  }
  store<u32>(TAKEN, decision);
  const alone = decision == DECIDE_A_DEGRADED || decision == DECIDE_B_DEGRADED;
  return alone && degraded ? STATUS_OK : <u32>load<u8>(STATUSES + <usize>decision);
}

/** What each decision is answered with, DECIDE_PAIR first. */
const STATUSES: usize = memory.data<u8>([
  0,
  0,
  0,
  0,
  0,
  <u8>STATUS_ONE_CARD,
  <u8>STATUS_ONE_CARD,
  <u8>STATUS_SPLIT,
  <u8>STATUS_LINEAGE,
  <u8>STATUS_HALF_REBUILT,
  <u8>STATUS_NO_SUPERBLOCK,
]);

/** A person has chosen: the card goes on as if alone, and the other gets everything if it is of the same array. */
function judgeChoice(member: u32, kind: u32): u32 {
  if (kind == CARD_NONE) return STATUS_NO_SUPERBLOCK;
  if (kind == CARD_REBUILDING) return STATUS_HALF_REBUILT;
  const other = 1 - member;
  const partner =
    isActive(other) &&
    superblockStatus(other) == STATUS_OK &&
    superblocksAgree(SUPERBLOCK_ARRAY_ID_AT, 16) &&
    !superblocksAgree(SUPERBLOCK_MEMBER_AT, 4);
  store<u32>(
    TAKEN,
    partner ? (member == 0 ? DECIDE_A : DECIDE_B) : member == 0 ? DECIDE_A_ALONE : DECIDE_B_ALONE,
  );
  return superblockStatus(member);
}

const TAKEN: usize = memory.data(8, 8);

/** The decision (DECIDE_...) of the last judgeMembers that ended with STATUS_OK. */
export function decisionTaken(): u32 {
  return load<u32>(TAKEN);
}
