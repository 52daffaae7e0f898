import { OPTION_SEEDED_BUG } from "./layout";
import { option } from "./options";

/**
 * Whether a seeded bug is switched on; the rig build only. Always written `RIG && seeded(BUG_...)`: so the compiler
 * drops the call and the code behind it from production before it compiles them (a test compares the binary, byte
 * for byte, with one built from sources without any of these switches).
 */
export function seeded(bug: u32): bool {
  return option(OPTION_SEEDED_BUG) == bug;
}
