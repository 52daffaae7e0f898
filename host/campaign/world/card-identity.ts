import { wordsText } from "../../mirror/card-superblock.js";
import type { SuperblockRecord } from "../oracle/superblock-record.js";
import { CARDS } from "./scenario.js";

/** The identity of a card by its number, as its CID register would tell. Those of the first two are in every format. */
export function idOfCard(number: number): readonly [number, number] {
  return [0xa + number, 1 + number];
}

/** The same as a SuperblockRecord says it. */
const CARD_IDS = Array.from({ length: CARDS }, (_, card) => wordsText(idOfCard(card)));

/** Number of the card that a card says to be in sync with; undefined for one that has no partner now, or names nobody. */
export function partnerOf(superblock: SuperblockRecord | null): number | undefined {
  if (superblock === null || superblock.alone || superblock.rebuilding) return undefined;
  const card = CARD_IDS.indexOf(superblock.partnerId);
  return card < 0 ? undefined : card;
}
