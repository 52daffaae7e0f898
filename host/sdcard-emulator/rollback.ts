import type { CardImage } from "./card-image.js";
import type { CrashAxis, CrashOption } from "./crash-space.js";
import type { DurableHistory } from "./durable-history.js";
import { UNREADABLE } from "./sector-contents.js";

/**
 * Silent rollback (F4): after a cut one sector of those that changed last, at most HISTORY_SECTORS, may read as its
 * older durable version; as the translation layer does that lost the newest part of its map.
 * @param taken sectors that other axes change; those of this axis are added
 * @returns null when there is nothing to go back to
 */
export function rollbackAxis(
  media: CardImage,
  history: DurableHistory,
  taken: Set<number>,
): CrashAxis | null {
  const options: CrashOption[] = [{ sectors: [], contents: [] }];
  let lowest = Infinity;
  for (let i = 0; i < history.length; i++) {
    const sector = history.sectorAt(i);
    const older = history.olderAt(i);
    if (taken.has(sector) || older === UNREADABLE || older === media.get(sector)) continue;
    options.push({ sectors: [sector], contents: [older] });
    taken.add(sector);
    lowest = Math.min(lowest, sector);
  }
  return options.length === 1 ? null : { sector: lowest, options };
}
