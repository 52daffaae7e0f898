import { BUG_SOURCE_CHANGES } from "../layout";
import { seeded } from "../seeded-bug";

const STATE: usize = memory.data(8, 8);

/** The boot nonce matters to a seeded bug only: the source must be the same member at every boot. */
export function chooseSource(bootNonce: u32): void {
  store<u32>(STATE, RIG && seeded(BUG_SOURCE_CHANGES) ? bootNonce & 1 : 0);
}

/** The member that resync copies from and that regions of unproven equality are read from. */
export function sourceMember(): u32 {
  return load<u32>(STATE);
}
