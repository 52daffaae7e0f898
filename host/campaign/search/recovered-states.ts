import type { LoneRecovered, Recovered, Recovery } from "./recovery.js";
import type { ScratchPair } from "./scratch-pair.js";
import { StateKeys } from "./state-keys.js";

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
  private keys = new StateKeys();
  /** By the number of their key. */
  private states: RecoveredState[] = [];
  private readonly seen = new StateKeys();

  /** Different pairs of images seen. */
  get distinct(): number {
    return this.seen.size;
  }

  find(hashLow: number, hashHigh: number): RecoveredState | undefined {
    const key = this.keys.find(hashLow, hashHigh);
    if (key < 0) return undefined;
    const state = this.states[key]!;
    return state.check === hashHigh ? state : undefined;
  }

  keep(hashLow: number, hashHigh: number, recovered: Recovered): RecoveredState {
    const state: RecoveredState = {
      recovered,
      check: hashHigh,
      judgedHistory: -1,
      isFaulty: false,
      isMisread: false,
      lone: [],
    };
    if (this.states.length === KEPT_MAX) this.forget();
    this.states[this.keys.add(hashLow, hashHigh)] = state;
    this.seen.add(hashLow, hashHigh);
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
    if (this.states.length === 0) return;
    this.keys = new StateKeys();
    this.states = [];
  }
}
