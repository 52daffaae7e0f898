import { STATUS_OK, STATUS_SPLIT } from "../../../assembly/layout.js";
import { DriverTrap } from "../../mirror/driver-trap.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { promisesOfFault, type BrokenPromise } from "../oracle/violation.js";
import { firstOtherBytes, firstOtherRead, firstOtherThanLone } from "./other-read.js";
import { FAULT_NONE } from "./recovery-fault.js";
import type { LoneRecovered, Recovered } from "./recovery.js";
import type { RecoveryCutsOptions } from "./recovery-cuts.js";
import type { ScratchPair } from "./scratch-pair.js";
import { SecondCuts } from "./second-cuts.js";
import { TimedRecovery } from "./timed-recovery.js";

/** Events after which a card alone must have answered every read. */
const STEPS_MAX = 200_000;
const KEPT_MAX = 1 << 17;

/**
 * Cuts while one card alone is recovered (depth 2): boots the card without the other in virtual time, reads every
 * sector, and cuts it after every event with every outcome. What is left is recovered alone again, and with the other
 * card: whatever was read from the lone card must be read again (P3), and until then both may only come to what they
 * would have come to without the lone boot (P2, P5).
 */
export class LoneRecoveryCuts {
  /** Lone boots examined. */
  boots = 0;
  readonly second: SecondCuts;
  /** Outcomes of second cuts in which the lone boot was recorded, and in which it was not. */
  recorded = 0;
  unrecorded = 0;
  /** What the last examination found; no promises when it found nothing. */
  brokenPromises: readonly BrokenPromise[] = [];
  brokenSector = -1;
  brokenText = "";
  private readonly lone = new Map<string, LoneRecovered>();

  constructor(private readonly options: RecoveryCutsOptions) {
    this.second = new SecondCuts(options.geometry.dataStart);
  }

  /**
   * Examines the boot of one card of an outcome of a first cut.
   * @param images both cards as the first cut left them; they are not changed
   * @param lone what the undisturbed boot of the one card came to
   * @param both what the recovery of both cards came to
   * @returns whether every promise was kept
   */
  examine(images: readonly [CardImage, CardImage], lone: LoneRecovered, both: Recovered): boolean {
    this.boots++;
    this.brokenPromises = [];
    const recovery = new TimedRecovery(this.options, images, 1 << lone.member);
    try {
      recovery.boot();
      this.run(recovery, lone, both);
    } catch (error) {
      if (!(error instanceof DriverTrap)) throw error;
      this.note(["trap"], -1, error.message);
    }
    return this.brokenPromises.length === 0;
  }

  private run(recovery: TimedRecovery, lone: LoneRecovered, both: Recovered): void {
    const { mirror } = recovery;
    const { sectors, values } = lone;
    let asked = 0;
    let answered = 0;
    let judgedAnswered = false;
    const onRead = (content: number, status: number): void => {
      const sector = sectors[answered]!;
      if (status !== STATUS_OK)
        this.note(["P7"], sector, `a read of a lone card ended with status ${status}`);
      else if (content !== values[answered])
        this.note(["P3"], sector, `a lone card reads sector ${sector} anew`);
      answered++;
    };
    const judge = (pair: ScratchPair): boolean =>
      this.judgeAlone(pair, lone) && this.judgeBoth(pair, lone, both, answered > 0);
    for (let steps = 0; this.brokenPromises.length === 0; steps++) {
      if (steps === STEPS_MAX) return void this.note(["P5"], -1, "a lone card does not answer");
      // The first answer changes what a cut may lead to, whatever the card holds.
      const answers: boolean = answered > 0 && !judgedAnswered;
      judgedAnswered ||= answers;
      if (recovery.moved() || answers) this.second.cut(recovery, judge);
      if (mirror.modeStatus >= 0 && mirror.modeStatus !== STATUS_OK)
        return void this.note(["P7"], -1, `assembly of a lone card ended with status ${mirror.modeStatus}`);
      if (answered === sectors.length) return;
      if (mirror.modeStatus === STATUS_OK && asked === answered && recovery.read(sectors[asked]!, onRead))
        asked++;
      recovery.step();
    }
  }

  /** The same card boots alone again. */
  private judgeAlone(pair: ScratchPair, before: LoneRecovered): boolean {
    const after = this.recoveredAlone(pair, before);
    if (after.fault !== FAULT_NONE) {
      return !this.note(
        promisesOfFault(after.fault),
        after.faultSector,
        `a lone boot that was cut: ${after.faultText}`,
      );
    }
    if (!after.accepted) {
      return !this.note(["P2"], -1, "a lone boot that was cut cannot be repeated");
    }
    return this.agrees(firstOtherRead(after, before), "a lone card");
  }

  /** Both cards boot. */
  private judgeBoth(pair: ScratchPair, lone: LoneRecovered, before: Recovered, answered: boolean): boolean {
    const after = this.recoveredBoth(pair, lone.sectors);
    if (after.fault !== FAULT_NONE) {
      const text = after.faultText === "" ? `sector ${after.faultSector} differs` : after.faultText;
      return !this.note(
        promisesOfFault(after.fault),
        after.faultSector,
        `both after a lone boot that was cut: ${text}`,
      );
    }
    const { winner, status } = after.expected;
    if (winner === lone.member) {
      this.recorded++;
      return this.agrees(firstOtherThanLone(after, lone, before), "both cards after a lone boot");
    }
    // The other card ran alone before: no driver can know that until they meet.
    if (status === STATUS_SPLIT && lone.other?.alone === true) {
      this.recorded++;
      return true;
    }
    if (winner === before.expected.winner && status === before.expected.status && !answered) {
      this.unrecorded++;
      const sector = before.expected.rebuilds
        ? firstOtherBytes(after, before)
        : firstOtherRead(after, before);
      return this.agrees(sector, "both cards after a lone boot that answered nothing");
    }
    const text = answered ? "answered, and is not recorded" : `leads to status ${status}, winner ${winner}`;
    return !this.note(["P2"], -1, `a lone boot that was cut ${text}`);
  }

  /** @param sector of which other bytes were read; -1 for none */
  private agrees(sector: number, who: string): boolean {
    if (sector < 0) return true;
    return !this.note(["P3"], sector, `after a cut during a lone boot, ${who} read another sector ${sector}`);
  }

  private recoveredAlone(pair: ScratchPair, { member, sectors }: LoneRecovered): LoneRecovered {
    const hash = pair.hashHigh();
    const key = `${member} ${pair.hashLow()} ${hash}`;
    let known = this.lone.get(key);
    if (known === undefined) {
      const mark = pair.mark();
      known = this.options.recovery.recoverAlone(pair, member, sectors, (hash >>> 8) % sectors.length);
      pair.undo(mark);
      if (this.lone.size === KEPT_MAX) this.lone.clear();
      this.lone.set(key, known);
    }
    return known;
  }

  private recoveredBoth(pair: ScratchPair, sectors: Int32Array): Recovered {
    return this.options.states.recovered(pair, this.options.recovery, sectors);
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
