import { stateFileOf } from "../sdcard-emulator/image/stored-card.js";
import { cardProfileNames, loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { UsageError } from "./usage-error.js";

/**
 * The profile of a stored card.
 * @param file of the card
 * @param name that its state has
 * @param given by --profile: needed for a profile that is none of the package's
 * @throws UsageError, ProfileError
 */
export function storedCardProfile(file: string, name: string, given: string | undefined): CardProfile {
  if (given === undefined && !cardProfileNames().includes(name)) {
    throw new UsageError(
      `${stateFileOf(file)} is of profile "${name}", which is none of the package's: give its file by --profile`,
    );
  }
  const profile = loadCardProfile(given ?? name);
  if (profile.name === name) return profile;
  throw new UsageError(
    `${given!} is profile "${profile.name}", and ${file} a card of "${name}": leave --profile out, or give that one`,
  );
}
