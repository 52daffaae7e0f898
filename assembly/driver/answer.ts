import { REQUESTS, REQUESTS_OWN } from "../layout";
import * as upper from "../upper";
import { areAnswersHeld } from "./loss";
import { PHASE_ANSWER, closeRequest, request } from "./requests";

/** Ends a caller's request and tells the caller: the only way in which one is answered. */
export function answer(index: u32, status: u32): void {
  const entry = request(index);
  if (areAnswersHeld()) {
    entry.phase = PHASE_ANSWER;
    entry.status = status;
    return;
  }
  const tag = entry.tag;
  closeRequest(index);
  upper.done(tag, status);
}

/** A loss is recorded: who waited for that is answered. */
export function sendHeldAnswers(): void {
  for (let index: u32 = REQUESTS_OWN; index < REQUESTS; index++) {
    if (request(index).phase == PHASE_ANSWER) answer(index, request(index).status);
  }
}
