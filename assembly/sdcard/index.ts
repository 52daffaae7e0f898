/**
 * The whole ABI of the SPI module: the mirror driver, and beneath it the SPI driver for both cards. SPEC.md says who may
 * call what, and from where. Every export that may start something ends with the cards, and last with the buses.
 */
// First of all, so that the words of driver/hot-words.ts are first in memory.
export { staticBytes } from "../static-data";
import * as mirror from "../driver/interface";
import { MODE_FAILED, MODE_IDLE, MODE_STOPPED, mode } from "../driver/mode";
import {
  SPI_CARD_FEATURES,
  SPI_CARD_ID_0,
  SPI_CARD_ID_1,
  SPI_CARD_KEYS,
  SPI_CARD_SECTORS,
  SPI_CARD_STATE,
  STATUS_OK,
  STATUS_RANGE,
  STATUS_STATE,
} from "../layout";
import { beginCommands, lookAheadOnCards, startCard, tickCards, transferDone } from "./card-machine";
import { card, counted } from "./card-state";
import { isSlot } from "./command-queue";
import { busCount, runBuses, setBuses } from "./transfers";

export { configure, counter, regionState } from "../driver/interface";
export { transition } from "../bitmap/region-states";
export { geometryValue as geometry } from "../driver/geometry";
export { decide as assemblyDecision } from "../driver/assembly-table";
export { eventRing } from "../event-ring";
export { memberTransition } from "../driver/member-states";
export { memberState } from "../driver/members";
export { superblockWord } from "../driver/superblock";
export { layoutDigest } from "../layout-digest";
export { trapReport } from "../trap";
export { cardStateKind, cardTransition } from "./card-table";

function finish(): void {
  beginCommands();
  runBuses();
  lookAheadOnCards();
}

function ended(status: u32): u32 {
  finish();
  return status;
}

/**
 * Says how many buses there are, before the first card is started: 1 for both cards on one, 2 for one each.
 * @returns STATUS_OK, STATUS_RANGE for another number, STATUS_STATE once it is known or an array is in use
 */
export function connectBuses(buses: u32): u32 {
  if (buses == 0 || buses > 2) return STATUS_RANGE;
  const rests = mode() == MODE_IDLE || mode() == MODE_STOPPED || mode() == MODE_FAILED;
  if (!rests || busCount() != 0) return STATUS_STATE;
  setBuses(buses);
  return STATUS_OK;
}

/**
 * Initialises the card in a slot, which has had power for a millisecond. Ends through `done(tag)`: STATUS_OK, and its
 * identity is configured; or STATUS_CARD_FAILED: no card, none that runs at 3.3 V, an MMC, or one that does not get ready.
 * @returns STATUS_OK when begun; STATUS_RANGE; STATUS_BUSY while it has commands or is being started; STATUS_STATE
 *          before connectBuses, while an array is being formatted or assembled, and for a card in use
 */
export function cardStart(slot: u32, tag: u32): u32 {
  if (!isSlot(slot)) return STATUS_RANGE;
  if (busCount() == 0) return STATUS_STATE;
  return ended(startCard(slot, tag));
}

/** The completion of a transfer. A token that names none under way is counted and ignored. */
export function busDone(slot: u32, token: u32, result: u32): void {
  if (!isSlot(slot)) return;
  transferDone(slot, token, result);
  finish();
}

/** What is known of a card: SPI_CARD_...; 0 for a key or a slot that there is not. */
export function cardWord(slot: u32, key: u32): u32 {
  if (!isSlot(slot) || key >= SPI_CARD_KEYS) return 0;
  if (key == SPI_CARD_STATE) return card(slot).state;
  if (key == SPI_CARD_SECTORS) return card(slot).sectors;
  if (key == SPI_CARD_ID_0) return card(slot).id0;
  if (key == SPI_CARD_ID_1) return card(slot).id1;
  return key == SPI_CARD_FEATURES ? card(slot).features : counted(slot, key);
}

/** As in assembly/driver/interface.ts, and the cards begin what comes of it; the same for those below. */
export function format(regionShift: u32, bootNonce: u32, tag: u32): u32 {
  return ended(mirror.format(regionShift, bootNonce, tag));
}

export function assemble(policy: u32, bootNonce: u32, tag: u32): u32 {
  return ended(mirror.assemble(policy, bootNonce, tag));
}

export function stop(tag: u32): u32 {
  return ended(mirror.stop(tag));
}

export function submit(operation: u32, sector: u32, count: u32, buffer: u32, tag: u32): u32 {
  return ended(mirror.submit(operation, sector, count, buffer, tag));
}

export function memberCommand(command: u32, member: u32, tag: u32): u32 {
  return ended(mirror.memberCommand(command, member, tag));
}

export function scrub(mode_: u32, firstRegion: u32, tag: u32): u32 {
  return ended(mirror.scrub(mode_, firstRegion, tag));
}

export function syncDone(epoch: u32, status: u32): void {
  mirror.syncDone(epoch, status);
  finish();
}

export function tick(nowMs: u32): void {
  mirror.tick(nowMs);
  tickCards();
  finish();
}
