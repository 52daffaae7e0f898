import { STATUS_OK } from "../layout";
import * as upper from "../upper";
import { askFlush, hasSettled } from "./card-flush";
import { KIND_FLUSH, PHASE_FLUSHING, closeRequest, openRequest, request } from "./requests";

/** A flush is accepted: it covers every write acknowledged before now, on both cards. */
export function submitFlush(index: u32, tag: u32): void {
  openRequest(index, KIND_FLUSH, 0, 0, 0, tag, false);
  const entry = request(index);
  entry.phase = PHASE_FLUSHING;
  entry.flushA = askFlush(0);
  entry.flushB = askFlush(1);
}

export function advanceFlush(index: u32): void {
  const entry = request(index);
  assert(entry.phase == PHASE_FLUSHING);
  if (!hasSettled(0, entry.flushA) || !hasSettled(1, entry.flushB)) return;
  const tag = entry.tag;
  closeRequest(index);
  upper.done(tag, STATUS_OK);
}
