import {
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  MEMBER_FAULTY,
  MEMBER_IN_SYNC,
  OPTION_BITMAP_SCHEME,
  POLICY_NEVER,
  STATUS_OK,
} from "../../../assembly/layout.js";
import { DriverTrap } from "../../mirror/driver-trap.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import { WINNER_BOTH } from "../oracle/assembly-expectation.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import type { Checks } from "../oracle/checks.js";
import { MarkOracle } from "../oracle/mark-oracle.js";
import { promisesOfFault, type BrokenPromise } from "../oracle/violation.js";
import { PRESENT_BOTH } from "./instant-array.js";
import { firstOtherBytes, firstOtherRead } from "./other-read.js";
import type { RecoveredStates } from "./recovered-states.js";
import { FAULT_NONE } from "./recovery-fault.js";
import type { Recovered, Recovery } from "./recovery.js";
import type { ScratchPair } from "./scratch-pair.js";
import { SecondCuts } from "./second-cuts.js";
import { TimedRecovery, type TimedRecoveryOptions } from "./timed-recovery.js";

export interface RecoveryCutsOptions extends TimedRecoveryOptions {
  readonly recovery: Recovery;
  /** The promises that are looked at. */
  readonly checks: Checks;
  readonly states: RecoveredStates;
}

/** Events after which a recovery must have ended: some thousand times what one takes. */
const STEPS_MAX = 200_000;

/**
 * Cuts during recovery (depth 2): takes the images that a first cut left, recovers them in virtual time, cuts both
 * cards again after every event of it until all regions are CLEAN (policy never: resynchronised) and a stale member is
 * rebuilt, with every outcome, and recovers those. Whenever it is cut, the recovery must come to the data that it would
 * have come to undisturbed (P5), resynchronise only what the images ask for (P6), and break no other promise.
 */
export class RecoveryCuts {
  /** First cuts examined, and of these the ones that rebuild a member. */
  recoveries = 0;
  rebuilds = 0;
  /** Second cuts, and how many of them fell into a rebuild that was recorded and not over. */
  readonly second: SecondCuts;
  cutsInRebuild = 0;
  /** What the last examination found; no promises when it found nothing. */
  brokenPromises: readonly BrokenPromise[] = [];
  brokenSector = -1;
  brokenText = "";
  private expected: Recovered | null = null;
  private readonly markOracle: MarkOracle;

  constructor(private readonly options: RecoveryCutsOptions) {
    this.second = new SecondCuts(options.geometry.dataStart);
    this.markOracle = new MarkOracle(
      options.geometry,
      new BitmapRecords(options.contents),
      options.profiles.some((name) => profile(name).collateral),
      options.driverOptions.more?.get(OPTION_BITMAP_SCHEME),
    );
  }

  /**
   * Examines one outcome of a first cut.
   * @param images both cards as the first cut left them; they are not changed
   * @param expected what the undisturbed recovery came to
   * @returns whether every promise was kept
   */
  examine(images: readonly [CardImage, CardImage], expected: Recovered): boolean {
    this.recoveries++;
    if (expected.expected.rebuilds) this.rebuilds++;
    this.brokenPromises = [];
    this.expected = expected;
    const recovery = new TimedRecovery(this.options, images, PRESENT_BOTH);
    try {
      recovery.boot();
      this.run(recovery, expected);
    } catch (error) {
      if (!(error instanceof DriverTrap)) throw error;
      this.note(["trap"], -1, error.message);
    }
    return this.brokenPromises.length === 0;
  }

  private run(recovery: TimedRecovery, { expected }: Recovered): void {
    const { mirror } = recovery;
    for (let steps = 0; this.brokenPromises.length === 0; steps++) {
      if (steps === STEPS_MAX) {
        this.note(["P5"], -1, "a recovery after a second boot does not end");
        return;
      }
      if (recovery.moved()) this.second.cut(recovery, this.judge);
      if (mirror.modeStatus >= 0 && mirror.modeStatus !== STATUS_OK) {
        if (mirror.modeStatus !== expected.status)
          this.note(["P7"], -1, `assembly ended with status ${mirror.modeStatus}`);
        return;
      }
      if (mirror.modeStatus === STATUS_OK && this.hasEnded(expected.rebuilds)) return;
      recovery.step();
    }
  }

  /** Everything is resynchronised, rebuilt and proven, or the rebuild was given up. */
  private hasEnded(rebuilds: boolean): boolean {
    const { counter, memberState } = this.options.driver.exports;
    const states = [memberState(0), memberState(1)];
    if (rebuilds) {
      if (states.includes(MEMBER_FAULTY)) return true;
      if (states.some((state) => state !== MEMBER_IN_SYNC)) return false;
    }
    if (counter(COUNTER_REGIONS_TO_SYNC) !== 0) return false;
    return this.options.policy === POLICY_NEVER || counter(COUNTER_REGIONS_UNPROVEN) === 0;
  }

  /** Recovers one outcome of a second cut, unless its images were met before. */
  private readonly judge = (pair: ScratchPair): boolean => {
    const expected = this.expected!;
    const state = this.options.states.recovered(pair, this.options.recovery, expected.sectors);
    const { fault, faultSector, faultText } = state;
    if (fault !== FAULT_NONE) {
      const text = faultText === "" ? `sector ${faultSector} differs between the cards` : faultText;
      return !this.note(promisesOfFault(fault), faultSector, `after a cut during recovery, ${text}`);
    }
    const { winner, status } = state.expected;
    // A rebuild that is over leaves two members; nothing else may change who counts.
    if (winner !== expected.expected.winner && !(expected.expected.rebuilds && winner === WINNER_BOTH)) {
      return !this.note(
        ["P2"],
        -1,
        `after a cut during recovery, assembly ends otherwise, with status ${status}`,
      );
    }
    if (expected.expected.rebuilds && winner !== WINNER_BOTH) this.cutsInRebuild++;
    if (winner === WINNER_BOTH && !this.marksAreAskedFor(pair, state.marked)) return false;
    const other = expected.expected.rebuilds
      ? firstOtherBytes(state, expected)
      : firstOtherRead(state, expected);
    if (other < 0) return true;
    return !this.note(
      ["P5"],
      other,
      `a recovery that was cut ends with another sector ${other} than one that was not`,
    );
  };

  private marksAreAskedFor(pair: ScratchPair, marked: Int32Array): boolean {
    const readImage = (member: number, sector: number): number => pair.get(member, sector);
    for (const region of marked) {
      if (this.markOracle.mayResync(readImage, region)) continue;
      const text = `after a cut during recovery, region ${region} is resynchronised, but the newest record does not mark it`;
      return !this.note(["P6"], region << this.options.geometry.regionShift, text);
    }
    return true;
  }

  /** @returns whether the promise is looked at */
  private note(promises: readonly BrokenPromise[], sector: number, text: string): boolean {
    const broken = this.options.checks.of(promises);
    if (broken.length === 0) return false;
    this.brokenPromises = broken;
    this.brokenSector = sector;
    this.brokenText = text;
    return true;
  }
}
