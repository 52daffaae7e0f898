import type { BlockRequest } from "../../clients/block-request.js";
import { PIECES_PER_SECTOR } from "../../sdcard-emulator/sector-contents.js";
import { action } from "../world/action.js";
import { Draw } from "../world/draw.js";
import type { Holes } from "../world/scenario-generator.js";
import {
  ACTION_DIRECT_STORE,
  ACTION_FORGET,
  ACTION_STORE,
  EVEN_IF_NEEDED,
  type Action,
} from "../world/scenario.js";

const SALT = 0x2d7;
/** Stores into one page, at most. */
const STORES_MAX = 4;
/** Write-back comes some milliseconds after the write, marks on both cards take a few more, us. */
const WITHIN_US = 20_000;
/** A late flag comes later than a write and an epoch, us. */
const LATE_FLAG_US = 40_000;

/**
 * A second thread, which goes on modifying pages that were written: of 100 writes so many, some time later, so that
 * some stores meet the page on its way to the cards.
 * @param holes what it does beside: dirty flags late, pages forgotten, direct buffers modified while they are written
 */
export function secondThread(
  requests: readonly BlockRequest[],
  sectorsPerPage: number,
  percent: number,
  holes: Holes,
  seed: number,
): Action[] {
  const draw = new Draw(seed, SALT);
  return requests.flatMap(({ kind, atUs, sector, sectors }) => {
    if ((kind !== "write" && kind !== "direct") || !draw.percent(percent)) return [];
    if (kind === "direct" && !holes.forgotten) return [];
    const times = Array.from({ length: 1 + draw.below(STORES_MAX) }, () => atUs + draw.below(WITHIN_US));
    times.sort((one, other) => one - other);
    const at = sector + draw.below(sectors);
    const page = Math.floor(at / sectorsPerPage);
    const stores = times.map((timeUs) => {
      const piece = draw.below(PIECES_PER_SECTOR);
      if (kind === "direct") {
        return action(timeUs, ACTION_DIRECT_STORE, 0, draw.below(sectors), piece, EVEN_IF_NEEDED);
      }
      const lateUs = holes.lateFlag ? LATE_FLAG_US : 0;
      return action(timeUs, ACTION_STORE, page, at % sectorsPerPage, piece, lateUs);
    });
    if (kind === "direct" || !holes.forgotten) return stores;
    return [...stores, action(times.at(-1)! + 1, ACTION_FORGET, page, 0, 0, EVEN_IF_NEEDED)];
  });
}
