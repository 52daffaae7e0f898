import {
  STATUS_FOREIGN,
  STATUS_HALF_REBUILT,
  STATUS_LINEAGE,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_ONE_CARD,
  STATUS_SAME_MEMBER,
  STATUS_SPLIT,
} from "../../../assembly/layout.js";
import type { SuperblockRecord } from "./superblock-record.js";

/** Both cards hold everything. */
export const WINNER_BOTH = -1;
/** The array must not be assembled. */
export const WINNER_NONE = -2;

/** How an assembly must end. */
export interface AssemblyExpectation {
  readonly status: number;
  /** The slot of the only card that counts, WINNER_BOTH or WINNER_NONE. */
  readonly winner: number;
  /** Whether the other card is rebuilt from the winner. */
  readonly rebuilds: boolean;
}

const NORMAL: AssemblyExpectation = { status: STATUS_OK, winner: WINNER_BOTH, rebuilds: false };

/**
 * The table of assemblies, written down a second time: what the superblocks of the cards in both slots lead to, if no
 * person chooses. A card that is absent or unusable is null.
 * @param startDegraded OPTION_START_DEGRADED
 */
export function expectedAssembly(
  a: SuperblockRecord | null,
  b: SuperblockRecord | null,
  startDegraded: boolean,
): AssemblyExpectation {
  if (a === null && b === null) return refused(STATUS_NO_SUPERBLOCK);
  if (a === null) return expectedAlone(b!, 1, startDegraded);
  if (b === null) return expectedAlone(a, 0, startDegraded);
  if (a.arrayId !== b.arrayId) return refused(STATUS_FOREIGN);
  if (a.member === b.member) return refused(STATUS_SAME_MEMBER);
  if (a.rebuilding && b.rebuilding) return refused(STATUS_LINEAGE);
  if (a.rebuilding) return isSourceOf(b, a) ? wins(1) : refused(STATUS_LINEAGE);
  if (b.rebuilding) return isSourceOf(a, b) ? wins(0) : refused(STATUS_LINEAGE);
  if (a.alone && b.alone) return refused(STATUS_SPLIT);
  if (a.alone && a.parent === b.lineage) return wins(0);
  if (b.alone && b.parent === a.lineage) return wins(1);
  return !a.alone && !b.alone && a.lineage === b.lineage ? NORMAL : refused(STATUS_LINEAGE);
}

function expectedAlone(card: SuperblockRecord, slot: number, startDegraded: boolean): AssemblyExpectation {
  if (card.rebuilding) return refused(STATUS_HALF_REBUILT);
  return card.alone || startDegraded ? { ...wins(slot), rebuilds: false } : refused(STATUS_ONE_CARD);
}

/** Whether a half rebuilt card goes on being copied from this one. */
function isSourceOf(source: SuperblockRecord, target: SuperblockRecord): boolean {
  return source.alone || (source.partnerId === target.cardId && target.parent === source.lineage);
}

function wins(winner: number): AssemblyExpectation {
  return { status: STATUS_OK, winner, rebuilds: true };
}

function refused(status: number): AssemblyExpectation {
  return { status, winner: WINNER_NONE, rebuilds: false };
}
