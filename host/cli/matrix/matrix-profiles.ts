import type { CardClass } from "../../campaign/world/card-class.js";
import {
  FAULT_PROFILES,
  PROFILES,
  profile,
  type CardCharacteristics,
} from "../../sdcard-emulator/characteristics.js";
import { cardProfileNames, loadCardProfile } from "../../sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../../sdcard-emulator/profile/profiled-card.js";
import { UsageError } from "../usage-error.js";

/** A class of card as a column of the matrix; both cards are of it. */
export interface MatrixProfile {
  readonly name: string;
  readonly card: CardClass;
  /** It lies (F4): no driver can keep its promises on it, and what breaks is counted. */
  readonly lies: boolean;
}

/**
 * The classes of the matrix, unless others are named. `open-block` is left to be named: its cuts leave ten times as much
 * as those of `collateral`; and `late-settle`, of which a cell takes minutes: `slow-settle` stands for it.
 */
export const MATRIX_PROFILES = [
  "slc",
  "mlc",
  "tlc-cached",
  "ordered-cache",
  "slow-settle",
  "collateral",
  "industrial-slc",
  "consumer-mlc",
  "consumer-tlc",
  "a1-cached",
] as const;

/** Where a flush keeps nothing, all that was ever written may be lost: too many outcomes, and no policy to compare. */
const FLUSHES = ({ flush }: CardCharacteristics): boolean => flush === "honest";
const CLASSES = Object.values<CardCharacteristics>({ ...PROFILES, ...FAULT_PROFILES })
  .filter(FLUSHES)
  .map(({ name }) => name);

/** Every name that --profile takes; a path of a profile's file beside them. */
export function matrixProfileNames(): string[] {
  return [
    ...new Set([
      ...CLASSES,
      ...cardProfileNames().filter((name) => FLUSHES(characteristicsOf(loadCardProfile(name)))),
    ]),
  ];
}

/**
 * A class by its name, or a profile with its flash by its name or path. A name that is both means the class.
 * @throws ProfileError for a file that is wrong
 * @throws UsageError of one sentence that lists the names there are
 */
export function matrixProfile(which: string): MatrixProfile {
  if (CLASSES.includes(which)) return profileOf(which, { characteristics: profile(which) });
  const isPath = which.endsWith(".json") || which.includes("/");
  const isDishonest = Object.hasOwn(FAULT_PROFILES, which);
  if (!isPath && !isDishonest && !cardProfileNames().includes(which)) {
    const names = matrixProfileNames().join(", ");
    throw new UsageError(
      `there is no card profile "${which}" for the matrix: choose one of ${names}, or give the path of a profile's file`,
    );
  }
  const flash = isDishonest ? null : loadCardProfile(which);
  const characteristics = flash === null ? profile(which) : characteristicsOf(flash);
  if (flash === null || !FLUSHES(characteristics)) {
    throw new UsageError(
      `on cards of the class ${which} a flush keeps nothing, and no policy can help: torture --dishonest counts what they break`,
    );
  }
  return profileOf(flash.name, { characteristics, flash });
}

function profileOf(name: string, card: CardClass): MatrixProfile {
  return { name, card, lies: lies(card.characteristics) };
}

function lies({ rollback, misdirectPerMille }: CardCharacteristics): boolean {
  return rollback || misdirectPerMille > 0;
}
