import { OPTION_SEEDED_BUG } from "./layout";
import { option } from "./options";

/**
 * Whether a seeded bug is switched on. Always false in production, where the compiler removes the call and
 * the code behind it (a test compares the binary with one built without any of these calls).
 */
export function seeded(bug: u32): bool {
  return RIG ? option(OPTION_SEEDED_BUG) == bug : false;
}
