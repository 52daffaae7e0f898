/**
 * Which card is right: the decision of an assembly, by what each card says of itself and how their histories relate.
 * Event counts decide nothing here: with a spare card in play the stale one could have counted further. The lineage
 * token of a card that went on alone is derived from the one it had, its parent, so who is whose past is known.
 */

/** A card says of itself: */
/** nothing, there is no card or no superblock of this array; */
export const CARD_NONE: u32 = 0;
/** it runs with its partner; */
export const CARD_NORMAL: u32 = 1;
/** it went on without its partner; */
export const CARD_ALONE: u32 = 2;
/** it is being copied to. */
export const CARD_REBUILDING: u32 = 3;
export const CARD_CLASSES: u32 = 4;

/** The histories of A and B: */
/** have nothing to do with each other; */
export const LINEAGES_UNRELATED: u32 = 0;
/** are one; */
export const LINEAGES_SAME: u32 = 1;
/** A's began where B's ended (A's parent is B's lineage), or B is being copied to from A as it is; */
export const LINEAGES_A_FOLLOWS: u32 = 2;
/** the other way round. */
export const LINEAGES_B_FOLLOWS: u32 = 3;
export const LINEAGE_RELATIONS: u32 = 4;

/** Both cards as equals. */
export const DECIDE_PAIR: u32 = 0;
/** A is right, B gets what it missed. */
export const DECIDE_A: u32 = 1;
export const DECIDE_B: u32 = 2;
/** A alone, as before. */
export const DECIDE_A_ALONE: u32 = 3;
export const DECIDE_B_ALONE: u32 = 4;
/** A without its partner, which may know more: a person, or the option of firmware that has none. */
export const DECIDE_A_DEGRADED: u32 = 5;
export const DECIDE_B_DEGRADED: u32 = 6;
/** Both went on alone: a person. */
export const DECIDE_SPLIT: u32 = 7;
/** The histories don't tell: a person. */
export const DECIDE_PERSON: u32 = 8;
/** Half of a copy, and nothing else. */
export const DECIDE_HALF: u32 = 9;
/** No card of an array. */
export const DECIDE_NOTHING: u32 = 10;
export const DECISIONS: u32 = 11;

/** Class of A x class of B x relation -> decision. */
// A row of the table is a line.
// prettier-ignore
const TABLE: usize = memory.data<u8>([
  // UNRELATED, SAME, A_FOLLOWS, B_FOLLOWS
  10, 10, 10, 10, // none, none
  6, 6, 6, 6, // none, normal
  4, 4, 4, 4, // none, alone
  9, 9, 9, 9, // none, rebuilding
  5, 5, 5, 5, // normal, none
  8, 0, 8, 8, // normal, normal
  8, 8, 8, 2, // normal, alone
  8, 8, 1, 8, // normal, rebuilding
  3, 3, 3, 3, // alone, none
  8, 8, 1, 8, // alone, normal
  7, 7, 7, 7, // alone, alone
  1, 1, 1, 1, // alone, rebuilding
  9, 9, 9, 9, // rebuilding, none
  8, 8, 8, 2, // rebuilding, normal
  2, 2, 2, 2, // rebuilding, alone
  8, 8, 8, 8, // rebuilding, rebuilding
]);

/** The decision (DECIDE_...) for two cards. */
export function decide(classA: u32, classB: u32, relation: u32): u32 {
  if (classA >= CARD_CLASSES || classB >= CARD_CLASSES || relation >= LINEAGE_RELATIONS)
    return DECIDE_NOTHING;
  return <u32>load<u8>(TABLE + <usize>((classA * CARD_CLASSES + classB) * LINEAGE_RELATIONS + relation));
}
