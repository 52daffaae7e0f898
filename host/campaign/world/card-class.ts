import { profile, type CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import type { CardProfile } from "../../sdcard-emulator/profile/profile-schema.js";
import type { WorldSettings } from "./scenario.js";

/** What a card is made of, where no name stands for it. Plain data, so that a thread can be given it. */
export interface CardClass {
  readonly characteristics: CardCharacteristics;
  /** Its flash, by its profile. Default: none, and its times are those of the characteristics. */
  readonly flash?: CardProfile;
}

/** The characteristics of both cards of a world. @throws Error for a name that there is not */
export function cardsOf({
  profiles,
  classes,
}: Pick<WorldSettings, "profiles" | "classes">): readonly [CardCharacteristics, CardCharacteristics] {
  if (classes !== undefined) return [classes[0].characteristics, classes[1].characteristics];
  return [profile(profiles[0]), profile(profiles[1])];
}
