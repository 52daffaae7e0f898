import { STATUS_OK } from "../layout";
import { answer } from "./answer";
import { askFlushes, haveSettled } from "./card-flush";
import { PHASE_FLUSHING, flushesOf, request } from "./requests";

/** A flush is accepted: it covers every write acknowledged before now, on both cards. */
export function submitFlush(index: u32): void {
  request(index).phase = PHASE_FLUSHING;
  askFlushes(flushesOf(index));
}

export function advanceFlush(index: u32): void {
  if (!haveSettled(flushesOf(index))) return;
  answer(index, STATUS_OK);
}
