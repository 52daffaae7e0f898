import { REQUESTS, REQUESTS_OWN, STATUS_CARD_FAILED } from "../layout";
import * as upper from "../upper";
import { resetLoss } from "./loss";
import { endMemberCommand } from "./member-command";
import {
  MODE_ASSEMBLING,
  MODE_DRAINING,
  MODE_FAILED,
  MODE_FORMATTING,
  MODE_STOPPING,
  mode,
  modeTag,
  setMode,
} from "./mode";
import { stopScrub } from "./scrub";
import { PHASE_FREE, closeRequest, request } from "./requests";

/**
 * Nobody is left who holds everything (P7: fail stop): everything under way fails, marks stay as they are on the
 * cards, and only a new assembly or format leads on.
 */
export function failStop(): void {
  const changing =
    mode() == MODE_FORMATTING ||
    mode() == MODE_ASSEMBLING ||
    mode() == MODE_STOPPING ||
    mode() == MODE_DRAINING;
  setMode(MODE_FAILED);
  resetLoss();
  for (let index: u32 = 0; index < REQUESTS; index++) {
    if (request(index).phase == PHASE_FREE) continue;
    const tag = request(index).tag;
    closeRequest(index);
    if (index >= REQUESTS_OWN) upper.done(tag, STATUS_CARD_FAILED);
  }
  endMemberCommand(STATUS_CARD_FAILED);
  stopScrub();
  if (changing) upper.done(modeTag(), STATUS_CARD_FAILED);
}
