import { REQUESTS, STATUS_CARD_FAILED } from "../layout";
import * as upper from "../upper";
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
import { PHASE_FREE, RESYNC_REQUEST, closeRequest, request } from "./requests";

/**
 * A card failed a write or a flush. Until members can be lost one by one, the driver stops as a whole: everything
 * under way fails, marks stay as they are on the cards, and only a new assembly or format leads on.
 */
export function failStop(): void {
  const changing =
    mode() == MODE_FORMATTING ||
    mode() == MODE_ASSEMBLING ||
    mode() == MODE_STOPPING ||
    mode() == MODE_DRAINING;
  setMode(MODE_FAILED);
  for (let index: u32 = 0; index < REQUESTS; index++) {
    if (request(index).phase == PHASE_FREE) continue;
    const tag = request(index).tag;
    closeRequest(index);
    if (index != RESYNC_REQUEST) upper.done(tag, STATUS_CARD_FAILED);
  }
  if (changing) upper.done(modeTag(), STATUS_CARD_FAILED);
}
