import { BUG_SOURCE_CHANGES, SUPERBLOCK_MEMBER_AT } from "../layout";
import { seeded } from "../seeded-bug";
import { isInSync } from "./members";
import { superblockWord } from "./superblock";

/** The slot of the source, and the boot nonce. */
const STATE: usize = memory.data(8, 8);

/** The boot nonce matters to a seeded bug only: the source must be the same card at every boot. */
export function resetSource(bootNonce: u32): void {
  store<u32>(STATE, 0);
  store<u32>(STATE, bootNonce, 4);
}

/** Both superblocks are known: the source is the card with index 0, in whichever slot it is. */
export function chooseSource(): void {
  const first: u32 = superblockWord(0, SUPERBLOCK_MEMBER_AT) == 0 ? 0 : 1;
  store<u32>(STATE, RIG && seeded(BUG_SOURCE_CHANGES) ? load<u32>(STATE, 4) & 1 : first);
}

/**
 * The member that resync copies from and that regions of unproven equality are read from: the only one that holds
 * everything, if there is one.
 */
export function sourceMember(): u32 {
  const first = load<u32>(STATE);
  return isInSync(first) ? first : 1 - first;
}
