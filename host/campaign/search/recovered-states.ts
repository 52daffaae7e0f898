import type { LoneRecovered, Recovered, Recovery } from "./recovery.js";
import type { ScratchPair } from "./scratch-pair.js";

/** A recovered state, and the moment of the history at which it was last judged. */
export interface RecoveredState {
  readonly recovered: Recovered;
  readonly check: number;
  judgedHistory: number;
  /** Whether a promise is broken: by what it is, and by what the history says of it, when that was last asked. */
  isFaulty: boolean;
  isMisread: boolean;
  /** What each card alone led to; empty unless this state is one of those that are tried so. */
  lone: readonly LoneRecovered[];
}

/** States kept; beyond it all are dropped, and only their number goes on being counted as distinct. */
const KEPT_MAX = 1 << 18;

/**
 * Results of recoveries by the images they began with: the same two images always recover the same way, so a state
 * that many cuts lead to is recovered once. Keyed by 53 of the 64 bits of the images' hash; the rest is compared.
 */
export class RecoveredStates {
  /** Shared by all histories that judge these states: a version must never mean two things. */
  readonly historyVersions = { last: 0 };
  private readonly states = new Map<number, RecoveredState>();
  private readonly seen = new Set<number>();

  /** Different pairs of images seen. */
  get distinct(): number {
    return this.seen.size;
  }

  find(hashLow: number, hashHigh: number): RecoveredState | undefined {
    const state = this.states.get(keyOf(hashLow, hashHigh));
    if (state === undefined || state.check !== hashHigh) return undefined;
    return state;
  }

  keep(hashLow: number, hashHigh: number, recovered: Recovered): RecoveredState {
    const key = keyOf(hashLow, hashHigh);
    const state: RecoveredState = {
      recovered,
      check: hashHigh,
      judgedHistory: -1,
      isFaulty: false,
      isMisread: false,
      lone: [],
    };
    if (this.states.size === KEPT_MAX) this.states.clear();
    this.states.set(key, state);
    this.seen.add(key);
    return state;
  }

  /** What a pair recovers to, by whatever was kept of it; the pair is as before afterwards. */
  recovered(pair: ScratchPair, recovery: Recovery, sectors: Int32Array): Recovered {
    const hashLow = pair.hashLow();
    const hashHigh = pair.hashHigh();
    const known = this.find(hashLow, hashHigh);
    if (known !== undefined) return known.recovered;
    const mark = pair.mark();
    const recovered = recovery.recover(pair, sectors, (hashLow & 1) === 0);
    pair.undo(mark);
    return this.keep(hashLow, hashHigh, recovered).recovered;
  }

  /** Results no longer hold (other sectors are to be read); what was seen stays counted. */
  forget(): void {
    this.states.clear();
  }
}

function keyOf(hashLow: number, hashHigh: number): number {
  return (hashLow >>> 0) * 0x200000 + (hashHigh & 0x1fffff);
}
