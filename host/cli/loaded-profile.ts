import { loadCardProfile, ProfileError } from "../sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { UsageError } from "./usage-error.js";

/** A profile by name or path. @throws UsageError that says in one sentence what is wrong, where, and the remedy */
export function loadedProfile(which: string): CardProfile {
  try {
    return loadCardProfile(which);
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(error.message);
    throw error;
  }
}
