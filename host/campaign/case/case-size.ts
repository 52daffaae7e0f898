import { END_STOP, type Boot } from "../world/scenario.js";
import { failingBoot, type FailingCase } from "./failing-case.js";

/** How large a case is, counted as its story tells it. */
export interface CaseSize {
  /**
   * What is asked of the array or done to it: stores that the page cache writes, direct and durable writes, syncs,
   * discards, reads, pages forgotten, scrub and member commands, what happens to a card, other cards in the slots of a
   * boot, a person's choice, a stop in good order. What the driver and the page cache do by themselves is none.
   */
  readonly operations: number;
  /** How often power or controller is lost: boots that do not end in good order, and a second cut in a recovery. */
  readonly cuts: number;
}

/** What a shrunk case should come to: no larger one can be followed in the head. */
export const SIZE_GOAL: CaseSize = { operations: 5, cuts: 2 };

export function isSmall({ operations, cuts }: CaseSize): boolean {
  return operations <= SIZE_GOAL.operations && cuts <= SIZE_GOAL.cuts;
}

/** @param depth 2 when the promise breaks only if the recovery is cut again, as a replay finds out */
export function caseSize(failing: FailingCase, depth: 1 | 2): CaseSize {
  const { boots } = failing.scenario;
  const last = failingBoot(failing);
  const ended = boots.filter(({ end }, boot) => boot < last && end.topology !== END_STOP).length;
  const isCut = failing.choices !== null;
  return {
    operations: boots.reduce((sum, boot) => sum + operationsOf(boot), 0),
    cuts: ended + (isCut ? 1 : 0) + (depth - 1),
  };
}

function operationsOf({ actions, slots, choose = 0, end }: Boot): number {
  const more = [slots !== undefined, choose !== 0, end.topology === END_STOP];
  return actions.length + more.filter(Boolean).length;
}
