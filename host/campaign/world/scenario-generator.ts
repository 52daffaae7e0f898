import {
  SYNC_DIRTY_ONLY,
  SYNC_FAILS,
  SYNC_WITHOUT_FLUSH,
  SYNC_WITH_FLUSH,
} from "../../page-cache/whole-sync.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import type { PolicyChoice } from "./policy-choice.js";
import {
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_FORGET,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  END_RESET,
  EVEN_IF_NEEDED,
  type Action,
  type Boot,
  type Scenario,
} from "./scenario.js";

/** The mail's two holes, which no sync can close: on or off in what a generator makes. */
export interface Holes {
  /** A buffer is modified before its dirty flag is set. */
  readonly lateFlag: boolean;
  /** A buffer modified in flight is forgotten: truncate, direct I/O. */
  readonly forgotten: boolean;
}

export const NO_HOLES: Holes = { lateFlag: false, forgotten: false };

export interface GeneratorOptions {
  readonly policy: PolicyChoice;
  readonly profiles: readonly [string, string];
  readonly holes?: Holes;
  readonly bug?: number;
  /** Boots of one scenario at most. */
  readonly bootsMax?: number;
  /** Options of the driver, OPTION_... and value. */
  readonly more?: readonly (readonly [number, number])[];
  /** 1 for an array that was formatted empty, over garbage. */
  readonly empty?: number;
}

const LATE_FLAG_US = 80_000;
const SLOW_WRITE_BACK_US = 150_000;
const TICKS_US = [1000, 1000, 2000, 8000];

/**
 * A random world from a seed (swarm: most parameters are drawn anew for each one). What makes bugs die: bursts on a
 * few pages, then quiet for longer than an epoch; stores that follow a sync closely, so that they meet the write in
 * flight; the weakest syncs that the contract allows; chains of short boots; resets with the cards powered.
 */
export function generateScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const bootsMax = options.bootsMax ?? 4;
  // A few neighbouring pages stay hot through all boots: what one leaves different, the next one meets.
  const first = draw.below(PAGES - 2);
  const favourites = [first, first + 1, draw.below(PAGES)];
  const boots = Array.from({ length: 1 + draw.below(bootsMax) }, () =>
    generateBoot(draw, favourites, options.holes ?? NO_HOLES),
  );
  return {
    ...generatedSettings(options, draw),
    boots,
    epochMs: 1 + draw.below(12),
    tickUs: draw.one(TICKS_US),
    // Lazy write-back leaves a page dirty for long: what a sync that fails, or is not waited for, then matters.
    writeBackUs: draw.percent(40) ? SLOW_WRITE_BACK_US : 1000 * (1 + draw.below(12)),
    dirtyAgeUs: 1000 * draw.below(6),
    syncKinds: generateSyncKinds(draw),
    syncDelayUs: draw.percent(50) ? 0 : draw.below(15_000),
    ...(options.empty === undefined ? {} : { empty: options.empty }),
  };
}

const SYNC_KINDS = [
  SYNC_DIRTY_ONLY,
  SYNC_DIRTY_ONLY,
  SYNC_DIRTY_ONLY,
  SYNC_WITHOUT_FLUSH,
  SYNC_WITH_FLUSH,
  SYNC_FAILS,
];

/** One kind for the whole run more often than a mixture: a sync that always fails is a world of its own. */
function generateSyncKinds(draw: Draw): number[] {
  if (draw.percent(60)) return [draw.one(SYNC_KINDS)];
  return Array.from({ length: 5 }, () => draw.one(SYNC_KINDS));
}

/** Sectors of a direct write at most: enough to span three regions. */
export const DIRECT_SECTORS_MAX = 4;
const PAGES = 8;
const SALT = 0x5ca1ab1e;

function generateBoot(draw: Draw, favourites: readonly number[], holes: Holes): Boot {
  const actions: Action[] = [];
  let atUs = draw.percent(50) ? 0 : draw.below(3000);
  // Some boots read before they write: only such reads pin what a crash left.
  if (draw.percent(50)) {
    for (let reads = 1 + draw.below(4); reads > 0; reads--) {
      actions.push(action(atUs, ACTION_READ, draw.below(PAGES)));
      atUs += draw.below(600);
    }
  }
  for (let bursts = 1 + draw.below(3); bursts > 0; bursts--) {
    const hot = draw.percent(70) ? favourites : [draw.below(PAGES), draw.below(PAGES)];
    for (let left = 2 + draw.below(9); left > 0; left--) {
      atUs += draw.percent(70) ? draw.below(900) : draw.below(4000);
      actions.push(...generateStep(draw, atUs, draw.one(hot), holes));
    }
    atUs += draw.percent(60) ? draw.below(50_000) : draw.below(8000);
  }
  const topology = draw.percent(30) ? END_RESET : END_POWER;
  const endUs = draw.percent(35) ? 1000 + draw.below(atUs + 10_000) : atUs + 6000 + draw.below(20_000);
  actions.sort((one, other) => one.atUs - other.atUs);
  return { actions, end: { topology, atUs: endUs, pick: draw.below(1 << 30) } };
}

function generateStep(draw: Draw, atUs: number, page: number, holes: Holes): Action[] {
  const kind = draw.below(100);
  if (kind < 55) return [store(draw, atUs, page, holes)];
  if (kind < 72) {
    const sync = draw.one([SYNC_WITH_FLUSH, SYNC_WITH_FLUSH, SYNC_WITHOUT_FLUSH]);
    return [action(atUs, ACTION_SYNC, 0, 0, 0, sync), ...scribble(draw, atUs, page, holes)];
  }
  if (kind < 82) return [action(atUs, ACTION_READ, draw.below(PAGES))];
  if (kind < 88) {
    const amount = holes.forgotten && draw.percent(70) ? EVEN_IF_NEEDED : 0;
    return [action(atUs, ACTION_FORGET, page, 0, 0, amount)];
  }
  return directWrite(draw, atUs, page, holes);
}

/**
 * A thread goes on filling the page that is being written. The data leaves at once if its region is marked already,
 * else behind the mark, some milliseconds later.
 */
function scribble(draw: Draw, syncUs: number, page: number, holes: Holes): Action[] {
  if (draw.percent(25)) return [];
  let atUs = syncUs + (draw.percent(40) ? draw.below(400) : draw.below(4500));
  const stores = Array.from({ length: 1 + draw.below(8) }, () => {
    atUs += 20 + draw.below(200);
    return store(draw, atUs, page, holes);
  });
  const forgets = holes.forgotten && draw.percent(60);
  return forgets ? [...stores, action(atUs + 20, ACTION_FORGET, page, 0, 0, EVEN_IF_NEEDED)] : stores;
}

function directWrite(draw: Draw, atUs: number, page: number, holes: Holes): Action[] {
  const count = 1 + draw.below(Math.min(DIRECT_SECTORS_MAX, PAGES - page));
  const stores = Array.from({ length: count * 2 }, (_, i) =>
    action(atUs, ACTION_DIRECT_STORE, 0, i >> 1, i & 1),
  );
  const actions = [...stores, action(atUs, ACTION_DIRECT, page, 0, 0, count)];
  if (holes.forgotten && draw.percent(60)) {
    let lateUs = atUs + (draw.percent(40) ? draw.below(400) : draw.below(4500));
    for (let left = 1 + draw.below(6); left > 0; left--) {
      lateUs += 20 + draw.below(200);
      actions.push(action(lateUs, ACTION_DIRECT_STORE, 0, draw.below(count), draw.below(2), EVEN_IF_NEEDED));
    }
  }
  return actions;
}

function store(draw: Draw, atUs: number, page: number, holes: Holes): Action {
  const delayUs = holes.lateFlag && draw.percent(80) ? 1000 + draw.below(LATE_FLAG_US) : 0;
  return action(atUs, ACTION_STORE, page, 0, draw.below(2), delayUs);
}
