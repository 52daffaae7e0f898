import {
  COUNTER_BYTES_PER_CALL_MAX,
  COUNTER_MEMBERS_LOST,
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SUBMITS_PER_CALL_MAX,
  FINGERPRINT_CRC16,
  FINGERPRINT_CRC32C,
  FINGERPRINT_NONE,
  MEMBERS,
  MEMBER_IN_SYNC,
  MEMBER_REBUILDING,
  MEMBER_REINITIALISED,
  OPTION_CHOOSE,
  OPTION_DEADLINE_MS,
  OPTION_FINGERPRINT,
  OPTION_START_DEGRADED,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { regionStateName } from "../../mirror/region-names.js";
import { TimedMirror } from "../../mirror/timed-mirror.js";
import { PageCache } from "../../page-cache/page-cache.js";
import type { PageCacheObserver } from "../../page-cache/page-cache-observer.js";
import { TransientFaults } from "../../sdcard-emulator/transient-faults.js";
import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import { expectedAssembly, WINNER_BOTH, type AssemblyExpectation } from "../oracle/assembly-expectation.js";
import { BareRequests } from "./bare-requests.js";
import { CardShelf } from "./card-shelf.js";
import { MemberTruth } from "./member-truth.js";
import type { TransitionHits } from "./transition-hits.js";
import { RequestWatch } from "./request-watch.js";
import { spareLastCopy, victimOf } from "../../sdcard-emulator/collateral.js";
import { SdCard, type SdCardOptions } from "../../sdcard-emulator/card.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import type { FingerprintKind } from "../../sdcard-emulator/fingerprint.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import type { CampaignReport } from "../campaign-report.js";
import { CutExplorer, type CutExplorerLimits, type CutMoment } from "../search/cut-explorer.js";
import { MarkOracle } from "../oracle/mark-oracle.js";
import { CARDS_DIFFER, Oracle } from "../oracle/oracle.js";
import { pickOutcome } from "./picked-outcome.js";
import { becomesClean, driverPolicy } from "./policy-choice.js";
import type { RecoveredStates } from "../search/recovered-states.js";
import type { Recovery } from "../search/recovery.js";
import type { ReplayedCut } from "../case/replayed-cut.js";
import type { ScenarioObserver } from "./scenario-event.js";
import { ScenarioWatch } from "./scenario-watch.js";
import {
  CARD_NONE,
  END_ONE,
  END_RESET,
  END_SKEW,
  END_STOP,
  HAPPENS_FAILS,
  HAPPENS_INSERTED,
  HAPPENS_PULLED,
  HAPPENS_REINITIALISES,
  HAPPENS_SILENT,
  HAPPENS_SPOILS,
  SKEW_US_MAX,
  type Boot,
  type BootEnd,
  type WorldSettings,
} from "./scenario.js";
import { settlingBoundUs, unsettledRegion } from "./settling.js";
import { ScratchPair } from "../search/scratch-pair.js";
import { SectorHistory } from "../oracle/sector-history.js";
import { SyncAnswers } from "./sync-answers.js";
import type { BrokenPromise } from "../oracle/violation.js";

/** What a world is built from and reports to. */
export interface WorldParts extends CutExplorerLimits {
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly images: readonly [CardImage, CardImage];
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
  readonly report: CampaignReport;
  /** Told of everything that happens. */
  readonly observer?: ScenarioObserver | undefined;
  /** Counts the transitions of regions and members. */
  readonly hits?: TransitionHits | undefined;
  /** The one cut to judge, instead of exploring all; the run ends there. */
  readonly only?: ReplayedCut | undefined;
}

const PAGES_PER_PASS = 64;
const SETTLE_MARGIN_MS = 1;
/** Deadlines and settle times that one request may have to sit out, one after the other. */
const WAITS_MAX = 24;

const FINGERPRINT_KINDS: ReadonlyMap<number, FingerprintKind> = new Map([
  [FINGERPRINT_NONE, "none"],
  [FINGERPRINT_CRC16, "crc16"],
  [FINGERPRINT_CRC32C, "crc32c"],
]);

/**
 * Erase blocks, scaled down like the array: superblock copies and bitmap slots lie apart, each region in a block.
 */
function areDestroyedTogether(geometry: ArrayGeometry, programmed: number, victim: number): boolean {
  const blockOf = (sector: number): number =>
    sector < geometry.dataStart
      ? Math.floor((sector - geometry.baseSector) / geometry.metadataStride)
      : geometry.dataStart + Math.floor((sector - geometry.dataStart) / geometry.regionSectors);
  return blockOf(programmed) === blockOf(victim);
}

/** Two cards, the driver, the page cache, and the oracle that watches them. Whoever uses it owns the cache's threads. */
export class EmulatedWorld {
  readonly clock = new VirtualClock();
  readonly cache: PageCache;
  /** What hears the requests of the page cache, and must hear those of writers beside it. */
  readonly observer: PageCacheObserver;
  /** The boot's assembly has ended well: requests are served. */
  running = false;
  /** Tells the parts' observer; null when there is none. */
  readonly watch: ScenarioWatch | null;
  /** Called when the cache hands a write to the driver, which may still be busy. */
  onWrite: ((sector: number, count: number) => void) | null = null;
  private readonly mirror: TimedMirror;
  private readonly history: SectorHistory;
  private readonly marks: MarkOracle;
  private readonly syncs: SyncAnswers;
  private readonly explorer: CutExplorer;
  private readonly driverOptions: DriverOptions;
  /** FUA writes and discards. */
  readonly bare: BareRequests;
  private readonly requests: RequestWatch;
  private readonly shelf: CardShelf;
  private readonly truth: MemberTruth;
  /** Number of the card in each slot; of an empty slot, of the card that was there last. */
  private slots: [number, number] = [0, 1];
  private readonly inserted: [boolean, boolean] = [true, true];
  private expectedStatus: number = STATUS_OK;
  private expectsPair = true;
  /** Both members are there, and nothing that the driver could lose one for has happened in this boot. */
  private undisturbed = false;
  /** A request was found to wait too long: once is enough. */
  private overdue = false;
  /** Sector that the last loss of power destroyed beside what it interrupted; -1 for none. */
  private victim = -1;
  private cards: [SdCard, SdCard];
  private pair: ScratchPair;
  private boot = -1;
  private step = 0;
  private assembled = false;

  constructor(
    private readonly settings: WorldSettings,
    private readonly parts: WorldParts,
  ) {
    const { driver, contents, geometry, images } = parts;
    const characteristics = settings.profiles.map(profile);
    this.watch =
      parts.observer === undefined ? null : new ScenarioWatch(parts.observer, contents, () => this.moment());
    this.syncs = new SyncAnswers(this.clock, settings.syncKinds, settings.syncDelayUs);
    this.mirror = new TimedMirror({
      driver,
      clock: this.clock,
      contents,
      tickUs: settings.tickUs,
      sync: this.watch?.syncs(this.syncs) ?? this.syncs,
      dataSectors: geometry.dataSectors,
      onWrite: (sector, count, isDiscard) => {
        this.marks.writeSubmitted(sector, count);
        if (isDiscard) this.marks.discardSubmitted(sector, count);
        this.onWrite?.(sector, count);
      },
      onOwnWrite: (_member, sector, count, address) => oracle.ownWrite(sector, count, address),
    });
    this.history = new SectorHistory(
      {
        sectors: geometry.dataSectors,
        contents,
        atomicSector: characteristics.every((card) => card.atomicSector),
      },
      parts.states.historyVersions,
    );
    const records = new BitmapRecords(contents);
    this.marks = new MarkOracle(
      geometry,
      records,
      characteristics.some(({ collateral }) => collateral),
    );
    if (settings.empty === 1) this.marks.unwritten();
    const fingerprint = new Map(settings.options).get(OPTION_FINGERPRINT);
    const oracle = new Oracle(
      this.history,
      this.marks,
      records,
      contents,
      geometry,
      driver.memory,
      (promises, sector, text) => this.complain(promises, sector, text),
      // A CRC16 may be equal by chance.
      fingerprint === FINGERPRINT_CRC32C ? (sector) => this.contentOnCards(sector) : null,
    );
    this.observer = this.watch?.cache(oracle) ?? oracle;
    this.requests = new RequestWatch(this.clock, this.mirror);
    this.bare = new BareRequests(this.mirror, oracle, contents, geometry.regionSectors);
    this.cache = new PageCache({
      clock: this.clock,
      contents,
      device: this.requests,
      observer: this.observer,
      sectorsPerPage: settings.geometry.sectorsPerPage,
      writeBackUs: settings.writeBackUs,
      dirtyAgeUs: settings.dirtyAgeUs,
      pagesPerPass: PAGES_PER_PASS,
      locked: settings.policy.name === "locked",
    });
    this.syncs.connect(this.cache, this.mirror);
    this.driverOptions = worldDriverOptions(settings, geometry);
    this.explorer = new CutExplorer({ ...parts, history: this.history, marks: this.marks });
    this.shelf = new CardShelf(contents, geometry, images);
    this.truth = new MemberTruth(this.history);
    this.cards = [this.makeCard(0), this.makeCard(1)];
    this.pair = this.scratch();
    this.marks.bootedFrom((member, sector) => this.cards[member]!.media.get(sector));
  }

  /** As many promises are broken as the run was to find, or the one cut was judged: the run may end. */
  get stopped(): boolean {
    const { report, bail, only } = this.parts;
    return report.violations.length >= bail || only?.reached === true;
  }

  /** Whether a card has a command under way. */
  get busy(): boolean {
    return !this.cards[0].idle || !this.cards[1].idle;
  }

  /** A controller starts on the cards as they are, or on those of the boot; `running` once it has assembled the array. */
  startBoot({ slots, choose = 0 }: Pick<Boot, "slots" | "choose"> = {}): void {
    this.boot++;
    this.step = 0;
    this.assembled = false;
    this.running = false;
    this.parts.report.boots++;
    if (slots !== undefined) this.changeCards(slots);
    const expected = this.expectedByTable();
    this.expectedStatus = choose === 0 ? expected.status : STATUS_OK;
    this.expectsPair = choose === 0 && expected.winner === WINNER_BOTH;
    this.parts.hits?.booted();
    this.truth.booted(this.slots.filter((_, slot) => this.inserted[slot] && !this.cards[slot]!.dead));
    this.lookIn();
    this.watch?.tell({ kind: "boot" });
    const more = new Map(this.driverOptions.more);
    if (choose !== 0) more.set(OPTION_CHOOSE, choose);
    // Every boot has its own nonce; the odd ones make a difference to one seeded bug.
    this.mirror.boot({ ...this.driverOptions, more }, driverPolicy(this.settings.policy), 0x1000 + this.boot);
  }

  /** Lets the next event happen. @throws DriverTrap when the driver stops itself */
  advance(): void {
    this.clock.step();
    this.step++;
    this.parts.hits?.look(this.parts.driver.exports);
    if (!this.assembled && this.mirror.modeStatus >= 0) this.assemblyEnded();
    else if (this.running && this.truth.look(this.slots, this.memberState)) {
      this.trustCards();
      this.checkLoss();
    }
    if (!this.overdue && this.running) this.checkWaiting();
  }

  /** Something happens to the card in a slot; `detail` is what HAPPENS_... says of it. */
  happen(slot: number, happening: number, detail: number): void {
    const card = this.cards[slot]!;
    this.undisturbed = false;
    switch (happening) {
      case HAPPENS_SILENT:
        card.die("silent", pickOutcome(card, detail));
        return this.cardDied();
      case HAPPENS_FAILS:
        card.die("failing", pickOutcome(card, detail));
        return this.cardDied();
      case HAPPENS_REINITIALISES:
        if (!this.inserted[slot] || card.dead) return;
        card.reinitialise(pickOutcome(card, detail));
        this.mirror.memberCommand(MEMBER_REINITIALISED, slot);
        return;
      case HAPPENS_SPOILS:
        return this.spoil(slot, detail);
      case HAPPENS_PULLED:
        return this.pull(slot, detail);
      case HAPPENS_INSERTED:
        return this.insert(slot, detail);
      default:
        throw new Error(`nothing known happens to a card by number ${happening}`);
    }
  }

  /** What is left may have to go its own way, if the array is not assembled yet. */
  private cardDied(): void {
    if (this.assembled) return;
    this.truth.booted(this.slots.filter((_, slot) => this.inserted[slot] && !this.cards[slot]!.dead));
    this.trustCards();
  }

  /** A person's command for the card in a slot. */
  command(command: number, slot: number): void {
    this.undisturbed = false;
    this.mirror.memberCommand(command, slot);
  }

  scrub(mode: number, firstRegion: number): void {
    this.mirror.scrub(mode, firstRegion);
  }

  /** Cuts the power now, in thought, and judges what comes of it. */
  exploreCut(): void {
    const { only } = this.parts;
    if (only === undefined) this.explorer.cut(this.cards, this.moment());
    else only.arrive(this.explorer, this.cards, this.moment());
  }

  /**
   * The boot is over. The owner's own threads must be told before.
   * @param explore whether the cuts of an orderly stop are explored
   */
  endBoot(end: BootEnd, explore = false): void {
    this.watch?.tell({ kind: "boot-end", topology: end.topology });
    this.victim = -1;
    // The layer above lives on until the array is stopped: it is asked for a last sync.
    if (end.topology === END_STOP && this.isServing) this.stop(explore);
    this.running = false;
    this.cache.crash();
    this.bare.crash();
    this.requests.crash();
    this.syncs.crash();
    this.history.crashed();
    this.countBoot();
    this.mirror.halt();
    const [first, second] = end.pick % MEMBERS === 0 ? ([0, 1] as const) : ([1, 0] as const);
    if (end.topology === END_RESET || end.topology === END_ONE) {
      this.parts.report.resets++;
      if (end.topology === END_ONE) this.cutCard(first, end.pick);
      for (const [slot, card] of this.cards.entries()) {
        if (end.topology === END_RESET || slot === second) card.controllerReset();
      }
    } else if (end.topology === END_SKEW) {
      this.cutCard(first, end.pick);
      this.cards[second].controllerReset();
      const endUs = this.clock.nowUs + ((end.pick >>> 1) % SKEW_US_MAX);
      while (this.clock.nextUs() <= endUs) this.clock.step();
      this.cutCard(second, end.pick);
    } else {
      for (const slot of [0, 1]) this.cutCard(slot, end.pick);
    }
    this.pair = this.scratch();
    this.noteLosses();
    this.marks.bootedFrom((member, sector) => this.cards[member]!.view(sector));
  }

  /**
   * Progress (P5, P7) of the running system: nothing new comes, its syncs succeed, and within the bound of settling.ts
   * every request must be answered and every region resynchronised and proven. No cut is explored; a replay of a cut
   * has nothing to do here.
   */
  settle(): void {
    const { only, driver, geometry } = this.parts;
    if (this.stopped || (only !== undefined && only.choices !== null)) return;
    this.syncs.succeedAtOnce();
    const endUs = this.clock.nowUs + settlingBoundUs(this.settings, this.driverOptions, geometry.regions);
    while (this.clock.nowUs < endUs && !this.atRest) {
      this.advance();
      if (this.assembled && !this.running) return;
    }
    if (this.running && !this.isWhole) {
      // What is missing keeps its marks; that a rebuild ends is demanded where one is under way.
      const rebuilding = this.isRebuilding;
      if (rebuilding) this.complain(["P5"], -1, "a rebuild never ends");
      else if (only !== undefined) only.reached = true;
      return;
    }
    const region = this.running ? unsettledRegion(driver.exports, becomesClean(this.settings.policy)) : -1;
    if (!this.running) this.complain(["P7"], -1, "assembly never ends");
    else if (!this.cache.idle) this.complain(["P7"], -1, "a request is never answered");
    else if (region >= 0) {
      const state = regionStateName(driver.exports.regionState(region));
      this.complain(["P5"], region << geometry.regionShift, `region ${region} stays ${state}`);
    } else if (only !== undefined) only.reached = true;
  }

  /** The run is over: its report, which is of this run alone, gets what the last boot and the page cache have counted. */
  finish(): void {
    const { report } = this.parts;
    this.countBoot();
    report.stalls += this.cache.counters.stalls;
    report.stalledUs += this.cache.counters.stalledUs;
    report.writes += this.cache.counters.writes;
    report.chains++;
    if (report.clears === 0) report.chainsWithoutClear++;
    if (report.outcomesWithMarks === 0) report.chainsWithoutMarks++;
  }

  /** A promise is broken by the running system. */
  complain(promises: readonly BrokenPromise[], sector: number, text: string): void {
    this.parts.report.note({ promises, ...this.moment(), choices: null, sector, text });
  }

  /** Nothing is left to do, as far as the driver's counters tell. */
  private get atRest(): boolean {
    if (!this.running || !this.cache.idle || this.cache.dirtyPages > 0) return false;
    if (this.isRebuilding) return false;
    if (!this.isWhole) return true;
    const { counter } = this.parts.driver.exports;
    if (counter(COUNTER_REGIONS_TO_SYNC) > 0) return false;
    return !becomesClean(this.settings.policy) || counter(COUNTER_REGIONS_UNPROVEN) === 0;
  }

  private moment(): CutMoment {
    return { boot: this.boot, step: this.step, timeUs: this.clock.nowUs };
  }

  private readonly memberState = (slot: number): number => this.parts.driver.exports.memberState(slot);

  /** Both members are in sync. */
  private get isWhole(): boolean {
    return this.memberState(0) === MEMBER_IN_SYNC && this.memberState(1) === MEMBER_IN_SYNC;
  }

  /** The array is assembled, and somebody is left who holds everything. */
  private get isServing(): boolean {
    return (
      this.mirror.modeStatus === STATUS_OK && [0, 1].some((slot) => this.memberState(slot) === MEMBER_IN_SYNC)
    );
  }

  /** A member is copied to from one that holds everything. */
  private get isRebuilding(): boolean {
    const states = [this.memberState(0), this.memberState(1)];
    return states.includes(MEMBER_REBUILDING) && states.includes(MEMBER_IN_SYNC);
  }

  private assemblyEnded(): void {
    this.assembled = true;
    const { modeStatus } = this.mirror;
    this.watch?.tell({ kind: "assembled", status: modeStatus });
    this.running = modeStatus === STATUS_OK;
    if (modeStatus !== this.expectedStatus) {
      this.complain(["P7"], -1, `assembly ended with status ${modeStatus}, not ${this.expectedStatus}`);
    }
    if (!this.running) return;
    this.truth.assembled(this.slots, [this.memberState(0), this.memberState(1)]);
    this.trustCards();
    const { transients, profiles } = this.settings;
    const areSound = transients === undefined && profiles.every((name) => profile(name).flush === "honest");
    this.undisturbed = this.isWhole && areSound;
  }

  /** P5: a card that does what it should stays a member; what it would miss could not become clean. */
  private checkLoss(): void {
    if (!this.undisturbed || this.isWhole) return;
    this.undisturbed = false;
    this.complain(["P5"], -1, "a member is lost, and nothing has happened to its card");
  }

  /** How the assembly must end, by the superblocks of what is in the slots. */
  private expectedByTable(): AssemblyExpectation {
    const [a, b] = this.cards.map((card, slot) =>
      this.inserted[slot] && !card.dead ? this.shelf.superblockOn((sector) => card.view(sector)) : null,
    );
    const degraded = this.driverOptions.more?.get(OPTION_START_DEGRADED) === 1;
    return expectedAssembly(a ?? null, b ?? null, degraded);
  }

  /** P7: nobody waits for ever, whatever becomes of the cards. */
  private checkWaiting(): void {
    const deadlineMs = this.driverOptions.more?.get(OPTION_DEADLINE_MS) ?? 0;
    if (deadlineMs === 0) return;
    const settleUs = (this.driverOptions.settleMs ?? 0) * 1000;
    const boundUs = WAITS_MAX * (deadlineMs * 1000 + this.settings.tickUs + settleUs);
    if (this.requests.oldestUs <= boundUs) return;
    this.overdue = true;
    this.complain(["P7"], -1, `a request has been waiting for ${this.requests.oldestUs} us`);
  }

  /** The array is stopped in good order. */
  private stop(explore: boolean): void {
    this.mirror.stop();
    const endUs =
      this.clock.nowUs + settlingBoundUs(this.settings, this.driverOptions, this.parts.geometry.regions);
    while (this.mirror.modeStatus < 0 && !this.stopped) {
      if (this.clock.nowUs > endUs) {
        this.complain(["P7"], -1, "the array never stops");
        return;
      }
      this.advance();
      if (explore) this.exploreCut();
    }
  }

  /** The survivors of the boot are known by what they durably say of themselves: before, nobody was answered. */
  private noteLosses(): void {
    const superblocks = this.cards.map((card) => this.shelf.superblockOn((sector) => card.media.get(sector)));
    for (const slot of [0, 1]) {
      if (superblocks[1 - slot]?.alone === true && superblocks[slot]?.alone !== true) {
        if (this.truth.isTrusted(this.slots[1 - slot]!)) this.truth.leftBehind(this.slots[slot]!);
      }
    }
    this.trustCards();
  }

  /** What the cards in sync hold of a data sector. */
  private contentOnCards(sector: number): number {
    const contents = this.cards
      .filter((card, slot) => this.memberState(slot) === MEMBER_IN_SYNC && !card.dead && this.inserted[slot])
      .map((card) => card.view(this.parts.geometry.dataStart + sector))
      .filter((content) => content !== UNREADABLE);
    const [first = UNREADABLE, ...others] = contents;
    return others.every((content) => content === first) ? first : CARDS_DIFFER;
  }

  private trustCards(): void {
    const [a, b] = this.slots;
    this.explorer.trust([this.truth.isTrusted(a), this.truth.isTrusted(b)], this.truth.mayRefuse(this.slots));
    // Until the boot has assembled its array the driver does not know its members.
    const whole = this.assembled ? this.isWhole : this.expectsPair;
    this.marks.excused = this.history.hasSpoiled || this.settings.transients !== undefined || !whole;
    this.marks.copiesExcused = !whole;
  }

  /** The explorer begins anew, on what is in the slots now. */
  private lookIn(): void {
    this.explorer.bootedFrom(this.pair);
    this.trustCards();
  }

  private cutCard(slot: number, pick: number): void {
    const card = this.cards[slot]!;
    if (this.inserted[slot]) {
      const space = card.crashSpace();
      const other = this.cards[1 - slot]!.media;
      const { dataStart } = this.parts.geometry;
      const choice = spareLastCopy(space, pickOutcome(card, pick), dataStart, other, this.victim);
      this.victim = victimOf(space, choice);
      if (this.victim >= dataStart) this.history.spoiled(this.victim - dataStart);
      card.cutPower(choice);
    }
    this.shelf.put(this.slots[slot]!, card.media);
    this.cards[slot] = this.makeCard(slot);
  }

  /** Other cards lie in the slots from now on; power is off. */
  private changeCards(slots: readonly [number, number]): void {
    for (const slot of [0, 1]) {
      if (this.inserted[slot]) this.cutCard(slot, 0);
    }
    for (const slot of [0, 1]) {
      this.inserted[slot] = slots[slot] !== CARD_NONE;
      if (this.inserted[slot]) this.slots[slot] = slots[slot]!;
    }
    // An empty slot shows the card that is left over.
    for (const slot of [0, 1]) {
      if (!this.inserted[slot] && this.slots[slot] === this.slots[1 - slot]) {
        this.slots[slot] = this.slots[slot] === 0 ? 1 : 0;
      }
    }
    for (const slot of [0, 1]) this.cards[slot] = this.makeCard(slot);
    this.pair = this.scratch();
    this.marks.bootedFrom((member, sector) => this.cards[member]!.view(sector));
  }

  private pull(slot: number, pick: number): void {
    if (!this.inserted[slot]) return;
    this.cutCard(slot, pick);
    this.inserted[slot] = false;
    this.mirror.insertCard(slot, null);
    this.pair = this.scratch();
    this.lookIn();
  }

  private insert(slot: number, number: number): void {
    const card = number === CARD_NONE ? this.slots[slot]! : number;
    if (number === CARD_NONE && this.inserted[slot]) return;
    if (this.slots[1 - slot] === card && this.inserted[1 - slot]) return;
    if (this.inserted[slot]) this.pull(slot, 0);
    if (this.slots[1 - slot] === card) this.slots[1 - slot] = this.slots[slot]!;
    this.slots[slot] = card;
    this.inserted[slot] = true;
    this.cards[slot] = this.makeCard(slot);
    this.mirror.insertCard(slot, this.cards[slot]!);
    this.pair = this.scratch();
    this.lookIn();
    // A card that is put in answers nothing before the host has initialised it, and so the host knows.
    if (this.running) this.mirror.memberCommand(MEMBER_REINITIALISED, slot);
  }

  /** A sector of one card goes bad, unless it is the last good copy. */
  private spoil(slot: number, dataSector: number): void {
    const sector = this.parts.geometry.dataStart + dataSector;
    if (!this.isSpare(slot, sector)) return;
    this.cards[slot]!.spoil(sector);
    this.history.spoiled(dataSector);
    this.marks.excused = true;
  }

  private isSpare(slot: number, sector: number): boolean {
    if (!this.isWhole || sector < this.parts.geometry.dataStart) return false;
    const content = this.cards[slot]!.media.get(sector);
    return content !== UNREADABLE && content === this.cards[1 - slot]!.media.get(sector);
  }

  private makeCard(slot: number): SdCard {
    const { contents, geometry } = this.parts;
    const { transients, profiles, timing } = this.settings;
    const [rejected, readError, timeout, endlessBusy, latent] = transients ?? [];
    const number = this.slots[slot]!;
    const options: SdCardOptions = {
      clock: this.clock,
      contents,
      media: this.shelf.image(number),
      characteristics: profile(profiles[number % MEMBERS]!),
      seed: timing * 2 + slot,
      onComplete: this.mirror.onCardDone,
      onMediaChange: (sector, content) => this.pair.follow(slot, sector, content),
      fingerprint: FINGERPRINT_KINDS.get(this.driverOptions.more?.get(OPTION_FINGERPRINT) ?? 0)!,
      metadataEnd: geometry.dataStart,
      mayDestroy: (programmed, victim) => areDestroyedTogether(geometry, programmed, victim),
      ...(transients === undefined
        ? {}
        : {
            transients: new TransientFaults({
              seed: timing + 7 * slot,
              rates: { rejected, readError, timeout, endlessBusy, latent },
              maySpoil: (sector) => {
                const isSpare = this.isSpare(slot, sector);
                if (isSpare) this.history.spoiled(sector - geometry.dataStart);
                return isSpare;
              },
            }),
          }),
    };
    const card = this.watch?.card(options, slot) ?? new SdCard(options);
    this.mirror.insertCard(slot, this.inserted[slot] ? card : null);
    return card;
  }

  private scratch(): ScratchPair {
    return new ScratchPair(this.parts.geometry, [this.cards[0].media.fork(), this.cards[1].media.fork()]);
  }

  private countBoot(): void {
    const { counter } = this.parts.driver.exports;
    const { report } = this.parts;
    report.clears += counter(COUNTER_REGIONS_CLEARED);
    report.recordWrites += counter(COUNTER_RECORD_WRITES);
    report.liveResyncs += counter(COUNTER_REGIONS_RESYNCED);
    report.membersLost += counter(COUNTER_MEMBERS_LOST);
    report.submitsPerCallMax = Math.max(report.submitsPerCallMax, counter(COUNTER_SUBMITS_PER_CALL_MAX));
    report.bytesPerCallMax = Math.max(report.bytesPerCallMax, counter(COUNTER_BYTES_PER_CALL_MAX));
  }
}

/** What the driver is configured with in a world, and in the recoveries of its cuts. */
export function worldDriverOptions(settings: WorldSettings, geometry: ArrayGeometry): DriverOptions {
  const settleUs = Math.max(...settings.profiles.map((name) => profile(name).settleUs));
  return {
    cardSectors: geometry.cardSectors,
    baseSector: geometry.baseSector,
    metadataStride: geometry.metadataStride,
    epochMs: settings.epochMs,
    settleMs: settleUs === 0 ? 0 : Math.ceil(settleUs / 1000) + SETTLE_MARGIN_MS,
    cooldownMs: settings.policy.cooldownMs,
    flushBeforeClear: settings.policy.flush,
    seededBug: settings.bug,
    ...(settings.options === undefined ? {} : { more: new Map(settings.options) }),
  };
}
