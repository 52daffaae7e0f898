import type { CardStorage } from "./card-storage.js";
import { UNREADABLE, ZEROS } from "./sector-contents.js";
import type { TransientFaults } from "./transient-faults.js";

/** At the start of a command, by chance, some sector that was written goes bad (F6). */
export function meetLatentError(transients: TransientFaults, storage: CardStorage): void {
  if (!transients.drawLatent()) return;
  const { media } = storage;
  const sector = transients.chooseLatent(media.sectors, (at) => {
    const content = media.get(at);
    return content !== ZEROS && content !== UNREADABLE;
  });
  if (sector >= 0) storage.spoil(sector);
}
