import { statusName, type StatusName } from "./status-names.js";

const TEXTS: Readonly<Record<StatusName, string>> = {
  OK: "it succeeded",
  BUSY: "every entry of the request pool is taken: submit again after a completion",
  STATE: "the array is not in a state that allows it: assemble it first, or wait for what is under way",
  RANGE: "an argument is outside its limits: see SPEC.md",
  READ_ERROR: "a sector could be read from neither card: write it again to make it readable",
  CARD_FAILED:
    "no card is left that could serve it: put a working card of the array in and assemble it again",
  NO_SUPERBLOCK: "a card carries no valid superblock at the base sector: format both cards first",
  FOREIGN: "the two cards do not belong together: put in the cards of one array",
  SAME_MEMBER: "the two cards claim to be the same member of the array: take one out",
  LINEAGE: "the two cards have different histories: a person must choose which one is right",
  GEOMETRY:
    "the geometry is impossible, differs between the cards, or exceeds this build: check base sector and stride",
  TOO_SMALL: "a card is too small: not one region fits, or its superblock says that it is larger",
  SPLIT: "both cards ran alone since they last ran together: a person must choose which one is right",
  ONE_CARD:
    "only one card of the array is there, and the other may know more: put it in, or allow a degraded start",
  HALF_REBUILT: "the only card of the array is half rebuilt: put in the card that it was copied from",
  SOURCE_UNREADABLE:
    "the only complete card cannot read some sectors: write them again, then add the other card anew",
  ABORTED: "it was given up because a member was lost or the array stopped",
  VERSION: "the on-card format is of a version that this build does not know: use a newer build",
};

/**
 * What a status of the driver (STATUS_...) means, and what to do about it.
 * @returns the middle of a sentence, without a full stop
 */
export function statusText(status: number): string {
  const name = statusName(status);
  return name === "UNKNOWN" ? `unknown status ${status}` : TEXTS[name];
}
