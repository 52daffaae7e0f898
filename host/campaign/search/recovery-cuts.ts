import {
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  POLICY_NEVER,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { DriverTrap } from "../../mirror/driver-trap.js";
import { TimedMirror } from "../../mirror/timed-mirror.js";
import { SdCard } from "../../sdcard-emulator/card.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import { MarkOracle } from "../oracle/mark-oracle.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { visitOutcomes, type OutcomeVisitor } from "./crash-outcomes.js";
import type { RecoveredStates } from "./recovered-states.js";
import { FAULT_NONE } from "./recovery-fault.js";
import type { Recovered, Recovery } from "./recovery.js";
import { ScratchPair } from "./scratch-pair.js";
import { promisesOfFault, type BrokenPromise } from "../oracle/violation.js";

export interface RecoveryCutsOptions {
  /** A driver of its own: the one of the running system goes on meanwhile. */
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly driverOptions: DriverOptions;
  readonly policy: number;
  readonly profiles: readonly [string, string];
  readonly tickUs: number;
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
}

/** Events after which a recovery must have ended: some thousand times what one takes. */
const STEPS_MAX = 200_000;
/** Even, where the other recoveries' nonce is odd: no two boots in a row have the same parity. */
const BOOT_NONCE = 0x2000;

/**
 * Cuts during recovery (depth 2): takes the images that a first cut left, recovers them in virtual time, cuts both
 * cards again after every event of it until all regions are CLEAN (policy never: resynchronised), with every outcome,
 * and recovers those. Whenever it is cut, the recovery must come to the data that it would have come to undisturbed
 * (P5), resynchronise only what the images ask for (P6), and break no other promise.
 */
export class RecoveryCuts implements OutcomeVisitor {
  /** First cuts examined, second cuts, and outcomes of second cuts judged. */
  recoveries = 0;
  cuts = 0;
  pairs = 0;
  /** Second cuts whose outcomes were covered, not all tried. */
  bounded = 0;
  /** What the last examination found; no promises when it found nothing. */
  brokenPromises: readonly BrokenPromise[] = [];
  brokenSector = -1;
  brokenText = "";
  private pair: ScratchPair | null = null;
  private axes: readonly [readonly CrashAxis[], readonly CrashAxis[]] = [[], []];
  private readonly marks: number[] = [];
  private expected: Recovered | null = null;
  private readonly markOracle: MarkOracle;
  private readonly readImage = (member: number, sector: number): number => this.pair!.get(member, sector);

  constructor(private readonly options: RecoveryCutsOptions) {
    this.markOracle = new MarkOracle(
      options.geometry,
      new BitmapRecords(options.contents),
      options.profiles.some((name) => profile(name).collateral),
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
    this.brokenPromises = [];
    this.expected = expected;
    const clock = new VirtualClock();
    const mirror = this.makeMirror(clock);
    const cards = [
      this.makeCard(clock, mirror, images[0].fork(), 0),
      this.makeCard(clock, mirror, images[1].fork(), 1),
    ] as const;
    mirror.insertCards(cards[0], cards[1]);
    this.pair = new ScratchPair(this.options.geometry, [cards[0].media.fork(), cards[1].media.fork()]);
    try {
      mirror.boot(this.options.driverOptions, this.options.policy, BOOT_NONCE);
      this.run(clock, mirror, cards);
    } catch (error) {
      if (!(error instanceof DriverTrap)) throw error;
      this.note(["trap"], -1, error.message);
    }
    return this.brokenPromises.length === 0;
  }

  private run(clock: VirtualClock, mirror: TimedMirror, cards: readonly [SdCard, SdCard]): void {
    const { counter } = this.options.driver.exports;
    const toClean = this.options.policy !== POLICY_NEVER;
    let versions = "";
    for (let steps = 0; this.brokenPromises.length === 0; steps++) {
      if (steps === STEPS_MAX) {
        this.note(["P5"], -1, "a recovery after a second boot does not end");
        return;
      }
      const now = `${cards[0].crashVersion},${cards[1].crashVersion}`;
      if (now !== versions) this.cut(cards);
      versions = now;
      if (mirror.modeStatus >= 0 && mirror.modeStatus !== STATUS_OK) {
        this.note(["P7"], -1, `assembly ended with status ${mirror.modeStatus}`);
        return;
      }
      const resynced = mirror.modeStatus === STATUS_OK && counter(COUNTER_REGIONS_TO_SYNC) === 0;
      if (resynced && !(toClean && counter(COUNTER_REGIONS_UNPROVEN) !== 0)) return;
      clock.step();
    }
  }

  private cut(cards: readonly [SdCard, SdCard]): void {
    this.cuts++;
    this.axes = [cards[0].crashSpace(), cards[1].crashSpace()];
    const { dataStart } = this.options.geometry;
    const count = visitOutcomes(this.axes[0], this.axes[1], dataStart, this);
    this.pairs += count.visited;
    if (!count.exhaustive) this.bounded++;
  }

  choose(member: number, axis: number, option: number): void {
    const pair = this.pair!;
    this.marks.push(pair.mark());
    const { sectors, contents } = this.axes[member]![axis]!.options[option]!;
    for (let i = 0; i < sectors.length; i++) pair.set(member, sectors[i]!, contents[i]!);
  }

  unchoose(): void {
    this.pair!.undo(this.marks.pop()!);
  }

  visit(): boolean {
    const { states, recovery } = this.options;
    const pair = this.pair!;
    const expected = this.expected!;
    const hashLow = pair.hashLow();
    const hashHigh = pair.hashHigh();
    let state = states.find(hashLow, hashHigh);
    if (state === undefined) {
      const mark = pair.mark();
      const recovered = recovery.recover(pair, expected.sectors, (hashLow & 1) === 0);
      pair.undo(mark);
      state = states.keep(hashLow, hashHigh, recovered);
    }
    const { fault, faultSector, faultText, values, sectors } = state.recovered;
    if (fault !== FAULT_NONE) {
      const text = faultText === "" ? `sector ${faultSector} differs between the cards` : faultText;
      this.note(promisesOfFault(fault), faultSector, `after a cut during recovery, ${text}`);
      return false;
    }
    for (const region of state.recovered.marked) {
      if (this.markOracle.mayResync(this.readImage, region)) continue;
      const text = `after a cut during recovery, region ${region} is resynchronised, but the newest record does not mark it`;
      this.note(["P6"], region << this.options.geometry.regionShift, text);
      return false;
    }
    for (let i = 0; i < sectors.length; i++) {
      if (values[i] === expected.values[i]) continue;
      const text = `a recovery that was cut ends with another sector ${sectors[i]} than one that was not`;
      this.note(["P5"], sectors[i]!, text);
      return false;
    }
    return true;
  }

  private note(promises: readonly BrokenPromise[], sector: number, text: string): void {
    this.brokenPromises = promises;
    this.brokenSector = sector;
    this.brokenText = text;
  }

  private makeMirror(clock: VirtualClock): TimedMirror {
    const { driver, contents, geometry, tickUs } = this.options;
    const asked = { onTime: (epoch: number): void => mirror.syncDone(epoch, STATUS_OK) };
    const sync = { onSyncRequested: (epoch: number): void => clock.schedule(0, asked, epoch) };
    const mirror = new TimedMirror({
      driver,
      clock,
      contents,
      tickUs,
      sync,
      dataSectors: geometry.dataSectors,
    });
    return mirror;
  }

  private makeCard(clock: VirtualClock, mirror: TimedMirror, media: CardImage, member: number): SdCard {
    return new SdCard({
      clock,
      contents: this.options.contents,
      media,
      characteristics: profile(this.options.profiles[member]!),
      seed: member + 1,
      onComplete: mirror.onCardDone,
      onMediaChange: (sector, content) => this.pair!.follow(member, sector, content),
    });
  }
}
