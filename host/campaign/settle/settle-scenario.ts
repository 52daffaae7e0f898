import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import { PROFILES, type CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import { action } from "../world/action.js";
import type { CardClass } from "../world/card-class.js";
import { Draw } from "../world/draw.js";
import { PLAIN_SETTINGS } from "../world/plain-scenario.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { ACTION_STORE, END_POWER, type Action, type Scenario } from "../world/scenario.js";

/** Where the card keeps what it has answered and may still lose. */
export type CardKind = "write-through" | "cached";

/**
 * A card that loses what it has kept for `lossUs` more. Its commands take as long as those of the class it stands for,
 * but it never stalls, and a flush is answered at once, as it may be when there is nothing to flush: whatever is slow
 * only adds to a time that is waited.
 */
export function losingCard(kind: CardKind, lossUs: number): CardClass {
  const base: CardCharacteristics = kind === "cached" ? PROFILES["tlc-cached"] : PROFILES.slc;
  const quick = { flushUs: 10, stallPercent: 0, stallUs: 0 };
  return { characteristics: { ...base, ...quick, name: `losing-${kind}`, settleUs: lossUs } };
}

export interface SettleScenarioOptions {
  readonly policy: PolicyChoice;
  readonly kind: CardKind;
  readonly lossUs: number;
  /** Options of the driver, OPTION_... and value. */
  readonly options: readonly (readonly [number, number])[];
}

const PAGES = 8;
const BURSTS = 2;
const STORES_MAX = 3;
/** Between two stores of a burst: the driver's time is whole ms, so that every phase of it is met. */
const APART_US = 2500;
/** Write-back, ticks, commands and records beside what is waited for. */
const AROUND_US = 30_000;
/** A write and its clear wait for the settle times of a mark on each card, of the data, and of a record on each card. */
const SETTLES = 6;
const SALT = 0x5e771e;

/**
 * A few bursts of stores into one page or two, each followed by quiet until the last of it was cleared and could no
 * longer be lost. Nothing is stored twice in quick succession, so no buffer changes while it is written: what breaks
 * here is broken by what the cards lose.
 */
export function settleScenario(
  seed: number,
  { policy, kind, lossUs, options }: SettleScenarioOptions,
): Scenario {
  const draw = new Draw(seed, SALT);
  const quietUs = AROUND_US + policy.cooldownMs * 1000 + SETTLES * (lossUs + 3000);
  const actions: Action[] = [];
  let atUs = draw.below(3000);
  for (let burst = 0; burst < BURSTS; burst++) {
    const first = draw.below(PAGES);
    const stores = 1 + draw.below(STORES_MAX);
    for (let store = 0; store < stores; store++) {
      actions.push(action(atUs, ACTION_STORE, (first + store) % PAGES, 0, draw.below(2)));
      atUs += draw.below(APART_US);
    }
    atUs += quietUs;
  }
  const card = losingCard(kind, lossUs);
  return {
    ...PLAIN_SETTINGS,
    policy,
    profiles: ["slc", "slc"],
    classes: [card, card],
    timing: draw.below(1 << 16),
    writeBackUs: 1000 + draw.below(4000),
    syncKinds: [SYNC_DIRTY_ONLY],
    options: options.toSorted(([a], [b]) => a - b),
    boots: [{ actions, end: { topology: END_POWER, atUs, pick: 0 } }],
  };
}
