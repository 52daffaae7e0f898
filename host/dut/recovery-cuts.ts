/** Cuts during recovery: a device recovers from what a cut has left, and is cut again while it writes. */
import { crashStateOf, type JudgeCache } from "./judge-cache.js";
import { emptyTally, statesLeft, type CutTally, type LeftState } from "./cut-states.js";
import type { DeviceUnderTest } from "./device-under-test.js";
import type { RecoveryCut } from "./dut-case.js";
import type { ReplaySetting } from "./log-replay.js";
import { digestOf, writesOf } from "./write-log.js";

/** A state left by a cut, and the cuts during recovery that led to it. */
export interface DeepState extends Omit<LeftState, "cut"> {
  readonly recoveries: readonly RecoveryCut[];
}

/** What a search through recoveries tells of. */
export interface RecoveryVisitor<State extends DeepState> {
  /** Whether a state is known to be looked at elsewhere, and need not be here. */
  isKnown(key: string): boolean;
  /** A recovery was cut at all its moments. `writes`: what it wrote. */
  onRecovery(state: State, tally: CutTally, writes: number): void;
  /**
   * What was found of a state that was reached by cuts of recoveries: null when it is well. @returns whether to go on
   */
  onState(state: State, wrong: string | null): boolean;
  /** A state that the check accepts does not recover. @returns whether to go on */
  onStuck(state: State, wrong: string): boolean;
}

/** How far. */
export interface RecoveryLimits {
  /** Cuts of one case at most, the first one included. */
  readonly depth: number;
  readonly outcomesPerCut: number;
}

/**
 * Cuts the recoveries from these states at every moment, and those from what is left then, level by level.
 * @param states accepted by the check
 * @throws DutError, DutHang
 */
export async function cutRecoveries<State extends DeepState>(
  dut: DeviceUnderTest,
  judged: JudgeCache,
  setting: ReplaySetting,
  limits: RecoveryLimits,
  states: readonly State[],
  visitor: RecoveryVisitor<State>,
): Promise<void> {
  const { contents, seed } = setting;
  const { depth, outcomesPerCut } = limits;
  const seen = new Set(states.map(({ key }) => key));
  let level: readonly State[] = states;
  for (let cuts = 2; cuts <= depth && level.length > 0; cuts++) {
    const next: State[] = [];
    for (const state of level) {
      const recovery = await dut.recover!(crashStateOf(state.images, state.marks, contents), setting);
      if ("wrong" in recovery) {
        if (!visitor.onStuck(state, recovery.wrong)) return;
        continue;
      }
      const { log } = recovery;
      const tally = emptyTally();
      const digest = digestOf(log);
      const again = { ...setting, base: state.images };
      for (const left of statesLeft(log, again, { outcomesPerCut, seed, marks: state.marks }, tally)) {
        if (seen.has(left.key) || visitor.isKnown(left.key)) continue;
        seen.add(left.key);
        const { images, marks, key, cut } = left;
        const reached = {
          ...state,
          images,
          marks,
          key,
          recoveries: [...state.recoveries, { digest, ...cut }],
        };
        const wrong = await judged.judge(images, marks);
        if (!visitor.onState(reached, wrong)) return;
        if (wrong === null) next.push(reached);
      }
      visitor.onRecovery(state, tally, writesOf(log));
    }
    level = next;
  }
}

/** Why a device does not recover from a state; null when it does, or has no recovery. @throws DutError, DutHang */
export async function whyStuck(
  dut: DeviceUnderTest,
  setting: ReplaySetting,
  { images, marks }: Pick<DeepState, "images" | "marks">,
): Promise<string | null> {
  const recovery = await dut.recover?.(crashStateOf(images, marks, setting.contents), setting);
  return recovery !== undefined && "wrong" in recovery ? recovery.wrong : null;
}
