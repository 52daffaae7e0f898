import { BUG_NONE } from "../../../assembly/layout.js";
import { SYNC_DIRTY_ONLY, SYNC_WITHOUT_FLUSH } from "../../page-cache/whole-sync.js";
import { PIECES_PER_SECTOR } from "../../sdcard-emulator/sector-contents.js";
import { Prng } from "../../sdcard-emulator/prng.js";
import { NO_HOLES, type GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_FORGET,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  EVEN_IF_NEEDED,
  TINY,
  type Action,
  type Scenario,
} from "./scenario.js";

const PAGES = 8;
const STORES = 12;
/** Later than a store's write can last, and than a few epochs. */
const LATE_FLAG_US = 30_000;
/** Write-back lags behind every clearing policy but the last to give in. */
const WRITE_BACK_US = 150_000;
const LENGTH_US = 60_000;
const EPOCH_MS = 4;

/**
 * The story of the mail that this project began with, as a random world from a seed: a thread goes on storing into one
 * page while it is being written, then everything is quiet and write-back lags. Much more of these fail than of those of
 * generateScenario, and they shrink to fewer steps; they meet little else.
 */
export function generateMailScenario(seed: number, options: GeneratorOptions): Scenario {
  const prng = new Prng(Math.imul(seed, 0x9e3779b1) ^ 0x3a11);
  const below = (limit: number): number => prng.next() % limit;
  const holes = options.holes ?? NO_HOLES;
  const page = below(PAGES);
  const plain = { page, sector: 0, piece: 0, amount: 0 };
  const actions: Action[] = [
    { ...plain, atUs: 0, kind: ACTION_STORE },
    { ...plain, atUs: 500, kind: ACTION_SYNC, page: 0, amount: SYNC_WITHOUT_FLUSH },
  ];
  let atUs = 500;
  for (let i = 0; i < STORES; i++) {
    atUs += 100 + below(800);
    const piece = below(PIECES_PER_SECTOR);
    const amount = holes.lateFlag ? LATE_FLAG_US : 0;
    actions.push({ ...plain, atUs, kind: ACTION_STORE, piece, amount });
  }
  if (holes.forgotten) {
    atUs += 100 + below(3000);
    actions.push({ ...plain, atUs, kind: ACTION_FORGET, amount: EVEN_IF_NEEDED });
  }
  return {
    policy: options.policy,
    profiles: options.profiles,
    geometry: TINY,
    boots: [{ actions, end: { topology: END_POWER, atUs: LENGTH_US, pick: 0 } }],
    timing: below(1 << 16),
    bug: options.bug ?? BUG_NONE,
    epochMs: EPOCH_MS,
    tickUs: 1000,
    writeBackUs: WRITE_BACK_US,
    dirtyAgeUs: 0,
    syncKinds: [SYNC_DIRTY_ONLY],
    syncDelayUs: 0,
  };
}
