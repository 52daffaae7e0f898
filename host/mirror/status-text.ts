import {
  STATUS_ABORTED,
  STATUS_BUSY,
  STATUS_CARD_FAILED,
  STATUS_FOREIGN,
  STATUS_GEOMETRY,
  STATUS_HALF_REBUILT,
  STATUS_LINEAGE,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_ONE_CARD,
  STATUS_RANGE,
  STATUS_READ_ERROR,
  STATUS_SAME_MEMBER,
  STATUS_SOURCE_UNREADABLE,
  STATUS_SPLIT,
  STATUS_STATE,
  STATUS_TOO_SMALL,
  STATUS_VERSION,
} from "../../assembly/layout.js";

const TEXTS: ReadonlyMap<number, string> = new Map<number, string>([
  [STATUS_OK, "it succeeded"],
  [STATUS_BUSY, "every entry of the request pool is taken: submit again after a completion"],
  [
    STATUS_STATE,
    "the array is not in a state that allows it: assemble it first, or wait for what is under way",
  ],
  [STATUS_RANGE, "an argument is outside its limits: see SPEC.md"],
  [STATUS_READ_ERROR, "a sector could be read from neither card: write it again to make it readable"],
  [
    STATUS_CARD_FAILED,
    "no card is left that could serve it: put a working card of the array in and assemble it again",
  ],
  [STATUS_NO_SUPERBLOCK, "a card carries no valid superblock at the base sector: format both cards first"],
  [STATUS_FOREIGN, "the two cards do not belong together: put in the cards of one array"],
  [STATUS_SAME_MEMBER, "the two cards claim to be the same member of the array: take one out"],
  [STATUS_LINEAGE, "the two cards have different histories: a person must choose which one is right"],
  [
    STATUS_GEOMETRY,
    "the geometry is impossible, differs between the cards, or exceeds this build: check base sector and stride",
  ],
  [STATUS_TOO_SMALL, "a card is too small: not one region fits, or its superblock says that it is larger"],
  [
    STATUS_SPLIT,
    "both cards ran alone since they last ran together: a person must choose which one is right",
  ],
  [
    STATUS_ONE_CARD,
    "only one card of the array is there, and the other may know more: put it in, or allow a degraded start",
  ],
  [
    STATUS_HALF_REBUILT,
    "the only card of the array is half rebuilt: put in the card that it was copied from",
  ],
  [
    STATUS_SOURCE_UNREADABLE,
    "the only complete card cannot read some sectors: write them again, then add the other card anew",
  ],
  [STATUS_ABORTED, "it was given up because a member was lost or the array stopped"],
  [STATUS_VERSION, "the on-card format is of a version that this build does not know: use a newer build"],
]);

/**
 * What a status of the driver (STATUS_...) means, and what to do about it.
 * @returns the middle of a sentence, without a full stop
 */
export function statusText(status: number): string {
  return TEXTS.get(status) ?? `unknown status ${status}`;
}
