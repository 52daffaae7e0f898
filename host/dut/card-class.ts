import {
  FAULT_PROFILES,
  PROFILES,
  profile,
  type CardCharacteristics,
} from "../sdcard-emulator/characteristics.js";
import { loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../sdcard-emulator/profile/profiled-card.js";

/**
 * A class of card by name: `mlc` and its like, a profile of the package, or the path of a profile's file.
 * @throws ProfileError for a name that there is not, and for a file that is wrong
 */
export function cardClass(which: string): CardCharacteristics {
  if (Object.hasOwn(PROFILES, which) || Object.hasOwn(FAULT_PROFILES, which)) return profile(which);
  return characteristicsOf(loadCardProfile(which));
}
