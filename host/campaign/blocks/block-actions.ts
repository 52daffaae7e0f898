import type { BlockRequest } from "../../clients/block-request.js";
import { SYNC_WITH_FLUSH } from "../../page-cache/whole-sync.js";
import { PIECES_PER_SECTOR } from "../../sdcard-emulator/sector-contents.js";
import { action } from "../world/action.js";
import { DIRECT_BUFFER_SECTORS } from "../world/scenario-threads.js";
import {
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_DISCARD,
  ACTION_FUA,
  ACTION_OVERWRITE,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  type Action,
} from "../world/scenario.js";

/**
 * What the threads of a scenario do for a request. A direct write that finds its buffer on the way to the cards is not
 * made, nor is a durable one that finds the driver busy.
 */
export function blockActions(request: BlockRequest, sectorsPerPage: number): Action[] {
  const { atUs, kind, sector, sectors } = request;
  switch (kind) {
    case "write":
      return storeActions(request, sectorsPerPage);
    case "read":
      return pagesOf(request, sectorsPerPage).map((page) => action(atUs, ACTION_READ, page));
    case "direct": {
      if (sectors > DIRECT_BUFFER_SECTORS) {
        throw new Error(`a direct write has ${DIRECT_BUFFER_SECTORS} sectors at most, not ${sectors}`);
      }
      const stores = Array.from({ length: sectors }, (_, i) => action(atUs, ACTION_DIRECT_STORE, 0, i));
      return [...stores, action(atUs, ACTION_DIRECT, sector, 0, 0, sectors)];
    }
    case "fua":
      return [action(atUs, ACTION_FUA, sector, 0, 0, sectors)];
    case "trim":
      return [action(atUs, ACTION_DISCARD, sector, 0, 0, sectors)];
    case "sync":
      return [action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITH_FLUSH)];
  }
}

/** Pages that are written as a whole need not be loaded. */
function storeActions(request: BlockRequest, sectorsPerPage: number): Action[] {
  const { atUs, sector, sectors } = request;
  return pagesOf(request, sectorsPerPage).flatMap((page) => {
    const first = page * sectorsPerPage;
    if (sector <= first && sector + sectors >= first + sectorsPerPage) {
      return [action(atUs, ACTION_OVERWRITE, page)];
    }
    const from = Math.max(sector, first);
    const end = Math.min(sector + sectors, first + sectorsPerPage);
    return Array.from({ length: (end - from) * PIECES_PER_SECTOR }, (_, i) => {
      const piece = i % PIECES_PER_SECTOR;
      return action(atUs, ACTION_STORE, page, from - first + (i - piece) / PIECES_PER_SECTOR, piece);
    });
  });
}

function pagesOf({ sector, sectors }: BlockRequest, sectorsPerPage: number): number[] {
  const first = Math.floor(sector / sectorsPerPage);
  const last = Math.floor((sector + sectors - 1) / sectorsPerPage);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
