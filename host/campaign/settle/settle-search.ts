import { FINGERPRINT_CRC16, OPTION_FINGERPRINT, OPTION_SETTLE_MS } from "../../../assembly/layout.js";
import { CampaignReport } from "../campaign-report.js";
import { Campaign } from "../campaign.js";
import { PROFILES } from "../../sdcard-emulator/characteristics.js";
import type { CardClass } from "../world/card-class.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { generateMailScenario } from "../world/mail-scenario.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { TINY, type Scenario } from "../world/scenario.js";
import { settleScenario, type CardKind } from "./settle-scenario.js";
import { smallestSafe, type SmallestSafe } from "./smallest-safe.js";

/**
 * What is waited before a region is cleared:
 * - hold: a time from the end of its writes, without a flush, on cards without a cache; marks settle as they must
 * - hold-cached: the same on cards with a cache, which keep nothing without a flush
 * - settle: sync-gated; a time after each flush, the driver's OPTION_SETTLE_MS, on cards with a cache
 * - lag: a time from the end of the writes, then a flush, while buffers change in flight and write-back lags
 */
export const SETTLE_WAYS = ["hold", "hold-cached", "settle", "lag"] as const;
export type SettleWay = (typeof SETTLE_WAYS)[number];

/** One point of a curve; or, with the way "gated", the same worlds under sync-gated, which searches for nothing. */
export interface SettleQuestion {
  readonly way: SettleWay | "gated";
  /** What the card may lose after its answer, us; of `lag`: how long write-back lags. */
  readonly amountUs: number;
  readonly seed: number;
  /** Worlds that each time is tried on. */
  readonly worlds: number;
}

export interface SettleAnswer {
  /** Of the smallest safe time; of the longest one if none is safe; of `gated`: of its worlds. */
  readonly report: CampaignReport;
  /** null for `gated`. */
  readonly found: SmallestSafe | null;
}

const SEED_STRIDE = 100_043;
/** How far beyond the amount times are tried, ms, and how many times the amount. */
const MOST_MS = 32;
const MOST_TIMES = 2;
/** Of the worlds of `gated`: longer than any hold time that the mail's option 3 would wait. */
const GATED_LAG_US = 150_000;
/** The mail's story without what comes after it: its stores end by then. */
const STORY_US = 60_000;
/** Option 3 with a flush waits for the flush, a record, and whatever stands before them, us. */
const AFTERWARDS_US = 40_000;
/** No buffer that changes can make the cards differ. */
const FINGERPRINT = [OPTION_FINGERPRINT, FINGERPRINT_CRC16] as const;
const GATED: PolicyChoice = { name: "sync-gated", flush: true, cooldownMs: 0 };

/** Searches for the smallest safe time, or judges sync-gated. @param binary the rig build of the driver */
export function settleSearch(
  question: SettleQuestion,
  binary: Uint8Array,
  arrays: CleanArrays,
): SettleAnswer {
  const { way, amountUs, seed, worlds } = question;
  const judge = (makeScenario: (seed: number) => Scenario, bail: number): CampaignReport => {
    const campaign = new Campaign(binary, TINY, arrays);
    const report = new CampaignReport();
    for (let world = 0; world < worlds && report.brokenTotal < bail; world++) {
      report.add(campaign.run(makeScenario(Math.imul(seed, SEED_STRIDE) + world), 0, bail));
    }
    return report;
  };
  if (way === "gated") {
    const report = judge((at) => gatedScenario(at, amountUs), Number.MAX_SAFE_INTEGER);
    return { report, found: null };
  }
  let last = new CampaignReport();
  let safe: CampaignReport | null = null;
  const mostMs = MOST_TIMES * Math.ceil(amountUs / 1000) + MOST_MS;
  const found = smallestSafe(
    mostMs,
    (ms) => (last = judge((at) => waitingScenario(way, at, amountUs, ms), 1)),
    (report) => (safe = report),
  );
  return { report: safe ?? last, found };
}

function waitingScenario(way: SettleWay, seed: number, amountUs: number, ms: number): Scenario {
  const hold = (flush: boolean): PolicyChoice => ({ name: "cooldown", flush, cooldownMs: ms });
  switch (way) {
    case "hold":
    case "hold-cached": {
      const kind: CardKind = way === "hold" ? "write-through" : "cached";
      return settleScenario(seed, { policy: hold(false), kind, lossUs: amountUs, options: [FINGERPRINT] });
    }
    case "settle": {
      const options = [FINGERPRINT, [OPTION_SETTLE_MS, ms] as const];
      return settleScenario(seed, { policy: GATED, kind: "cached", lossUs: amountUs, options });
    }
    case "lag":
      return mailScenario(seed, hold(true), amountUs, 0, ms);
  }
}

/** In turn: cards without a cache, with one, and buffers that change while write-back lags. */
function gatedScenario(seed: number, lossUs: number): Scenario {
  const turn = (seed >>> 0) % 3;
  if (turn === 2) return mailScenario(seed, GATED, GATED_LAG_US, lossUs, 0);
  const kind: CardKind = turn === 0 ? "write-through" : "cached";
  return settleScenario(seed, { policy: GATED, kind, lossUs, options: [] });
}

/** One page that is changed while it is written, and then left alone until write-back comes round. */
function mailScenario(
  seed: number,
  policy: PolicyChoice,
  lagUs: number,
  lossUs: number,
  holdMs: number,
): Scenario {
  const scenario = generateMailScenario(seed, { policy, profiles: ["mlc", "mlc"] });
  // Stalls make the cards take the buffer at different moments.
  const card: CardClass = { characteristics: { ...PROFILES.mlc, name: "losing-mlc", settleUs: lossUs } };
  const { actions, end } = scenario.boots[0]!;
  const atUs = STORY_US + lagUs + holdMs * 1000 + AFTERWARDS_US + 6 * lossUs;
  return {
    ...scenario,
    classes: [card, card],
    writeBackUs: lagUs,
    boots: [{ actions, end: { ...end, atUs } }],
  };
}
