import {
  COUNTER_BYTES_PER_CALL_MAX,
  COUNTER_MEMBERS_LOST,
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_SUBMITS_PER_CALL_MAX,
  FINGERPRINT_CRC32C,
  MEMBER_REINITIALISED,
  OPTION_CHOOSE,
  OPTION_FINGERPRINT,
  OPTION_START_DEGRADED,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { TimedMirror } from "../../mirror/timed-mirror.js";
import { PageCache } from "../../page-cache/page-cache.js";
import type { PageCacheObserver } from "../../page-cache/page-cache-observer.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import { expectedAssembly, WINNER_BOTH, type AssemblyExpectation } from "../oracle/assembly-expectation.js";
import { idOfCard } from "./card-identity.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import { MarkOracle } from "../oracle/mark-oracle.js";
import { Oracle } from "../oracle/oracle.js";
import { SectorHistory } from "../oracle/sector-history.js";
import type { BrokenPromise } from "../oracle/violation.js";
import { isDue } from "../search/cut-schedule.js";
import { CutExplorer, type CutMoment } from "../search/cut-explorer.js";
import { WriteWatch } from "../coverage/write-watch.js";
import { bitmapScheme } from "./bitmap-scheme.js";
import { BareRequests } from "./bare-requests.js";
import { cardsOf } from "./card-class.js";
import { CardSlots } from "./card-slots.js";
import { MemberStates } from "./member-states.js";
import { MemberTruth } from "./member-truth.js";
import { driverPolicy } from "./policy-choice.js";
import { isReset, losePower } from "./power-loss.js";
import { ProgressDemands } from "./progress-demands.js";
import { RequestWatch } from "./request-watch.js";
import { ScenarioWatch } from "./scenario-watch.js";
import {
  END_STOP,
  HAPPENS_FAILS,
  HAPPENS_INSERTED,
  HAPPENS_PULLED,
  HAPPENS_REINITIALISES,
  HAPPENS_SILENT,
  HAPPENS_SPOILS,
  type Boot,
  type BootEnd,
  type WorldSettings,
} from "./scenario.js";
import { SyncAnswers } from "./sync-answers.js";
import { worldDriverOptions } from "./world-driver-options.js";
import type { WorldParts } from "./world-parts.js";

const PAGES_PER_PASS = 64;

/** Two cards, the driver, the page cache, and the oracle that watches them. Whoever uses it owns the cache's threads. */
export class EmulatedWorld {
  readonly clock = new VirtualClock();
  readonly cache: PageCache;
  /** What hears the requests of the page cache, and must hear those of writers beside it. */
  readonly observer: PageCacheObserver;
  /** The boot's assembly has ended. */
  assembled = false;
  /** It has ended well: requests are served. */
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
  private readonly writes: WriteWatch;
  private readonly driverOptions: DriverOptions;
  /** FUA writes and discards. */
  readonly bare: BareRequests;
  private readonly requests: RequestWatch;
  private readonly slots: CardSlots;
  private readonly members: MemberStates;
  private readonly truth: MemberTruth;
  private readonly demands: ProgressDemands;
  private expectedStatus: number = STATUS_OK;
  private expectsPair = true;
  /** Both members are there, and nothing that the driver could lose one for has happened in this boot. */
  private undisturbed = false;
  private boot = -1;
  /** Moments of this boot at which the power could have been cut. */
  private moments = 0;
  private step = 0;

  constructor(
    private readonly settings: WorldSettings,
    private readonly parts: WorldParts,
  ) {
    const { driver, contents, geometry } = parts;
    const characteristics = cardsOf(settings);
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
      onCardCommand: (member, command, sector, count, buffer, token) =>
        this.writes.commandGiven(member, command, sector, count, buffer, token),
      onCardAnswer: (token, status) => this.writes.answered(token, status),
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
      bitmapScheme(settings),
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
      fingerprint === FINGERPRINT_CRC32C ? (sector) => this.slots.contentInSync(sector) : null,
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
    this.members = new MemberStates(driver);
    this.writes = new WriteWatch({
      geometry,
      contents,
      records,
      memory: driver.memory,
      memberState: this.members.of,
      coverage: parts.report.coverage,
    });
    this.explorer = new CutExplorer({
      ...parts,
      history: this.history,
      marks: this.marks,
      writes: this.writes,
    });
    this.truth = new MemberTruth(this.history);
    const { clock, mirror, driverOptions, members, history, marks, watch, requests, syncs } = this;
    this.slots = new CardSlots(settings, parts, {
      clock,
      mirror,
      driverOptions,
      members,
      history,
      marks,
      watch,
    });
    this.demands = new ProgressDemands(settings, this, parts, {
      mirror,
      driverOptions,
      members,
      requests,
      syncs,
    });
    this.readMarks();
  }

  /** As many promises are broken as the run was to find, or the one cut was judged: the run may end. */
  get stopped(): boolean {
    const { report, bail, only } = this.parts;
    return report.violations.length >= bail || only?.reached === true;
  }

  /** Whether a card has a command under way. */
  get busy(): boolean {
    return this.slots.busy;
  }

  /** A controller starts on the cards as they are, or on those of the boot; `running` once it has assembled the array. */
  startBoot({ slots, choose = 0 }: Pick<Boot, "slots" | "choose"> = {}): void {
    this.boot++;
    this.step = 0;
    this.moments = 0;
    this.assembled = false;
    this.running = false;
    this.parts.report.boots++;
    if (slots !== undefined) {
      this.slots.change(slots);
      this.readMarks();
    }
    const expected = this.expectedByTable();
    this.expectedStatus = choose === 0 ? expected.status : STATUS_OK;
    this.expectsPair = choose === 0 && expected.winner === WINNER_BOTH;
    this.parts.hits?.booted();
    this.writes.booted(this.slots.cards);
    this.truth.booted(this.slots.living);
    this.lookIn();
    this.watch?.tell({ kind: "boot" });
    const more = new Map(this.driverOptions.more);
    if (choose !== 0) more.set(OPTION_CHOOSE, choose);
    // Every boot has its own nonce; the odd ones make a difference to one seeded bug.
    const [a, b] = this.slots.numbers;
    const cardIds = [idOfCard(a), idOfCard(b)] as const;
    this.mirror.boot(
      { ...this.driverOptions, cardIds, more },
      driverPolicy(this.settings.policy),
      0x1000 + this.boot,
    );
  }

  /** Lets the next event happen. @throws DriverTrap when the driver stops itself */
  advance(): void {
    this.clock.step();
    this.step++;
    this.parts.hits?.look(this.parts.driver.exports);
    if (!this.assembled && this.mirror.modeStatus >= 0) this.assemblyEnded();
    else if (this.running && this.truth.look(this.slots.numbers, this.members.of)) {
      this.trustCards();
      this.checkLoss();
    }
    this.demands.checkWaiting();
  }

  /** Something happens to the card in a slot; `detail` is what HAPPENS_... says of it. */
  happen(slot: number, happening: number, detail: number): void {
    const card = this.slots.cards[slot]!;
    this.undisturbed = false;
    if (happening !== HAPPENS_SPOILS) this.writes.cardStruck(slot, card);
    this.slots.powerFails();
    switch (happening) {
      case HAPPENS_SILENT:
        card.die("silent", this.slots.lossOf(slot, detail));
        return this.cardDied();
      case HAPPENS_FAILS:
        card.die("failing", this.slots.lossOf(slot, detail));
        return this.cardDied();
      case HAPPENS_REINITIALISES:
        if (!this.slots.isAlive(slot)) return;
        card.reinitialise(this.slots.lossOf(slot, detail));
        this.mirror.memberCommand(MEMBER_REINITIALISED, slot);
        return;
      case HAPPENS_SPOILS:
        return this.slots.spoil(slot, detail);
      case HAPPENS_PULLED:
        if (this.slots.pull(slot, detail)) this.cardLeft(this.slots.numbers[slot]!);
        return;
      case HAPPENS_INSERTED: {
        const before = this.slots.numbers[slot]!;
        if (!this.slots.insert(slot, detail)) return;
        this.cardLeft(before);
        // A card that is put in answers nothing before the host has initialised it, and so the host knows.
        if (this.running) this.mirror.memberCommand(MEMBER_REINITIALISED, slot);
        return;
      }
      default:
        throw new Error(`nothing known happens to a card by number ${happening}`);
    }
  }

  private cardLeft(number: number): void {
    this.truth.left(number, this.slots.superblockOf(number));
    this.lookIn();
  }

  /** What is left may have to go its own way, if the array is not assembled yet. */
  private cardDied(): void {
    if (this.assembled) return;
    this.truth.booted(this.slots.living);
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
    const { only, schedule, report } = this.parts;
    const at = this.moments++;
    report.moments++;
    if (schedule !== undefined && !isDue(schedule, at, this.settings.timing + this.boot)) return;
    if (only === undefined) this.explorer.cut(this.slots.cards, this.moment());
    else only.arrive(this.explorer, this.slots.cards, this.moment());
  }

  /**
   * The boot is over. The owner's own threads must be told before.
   * @param explore whether the cuts of an orderly stop are explored
   */
  endBoot(end: BootEnd, explore = false): void {
    this.watch?.tell({ kind: "boot-end", topology: end.topology });
    this.slots.powerFails();
    // The layer above lives on until the array is stopped: it is asked for a last sync.
    if (end.topology === END_STOP) this.demands.stop(explore);
    this.running = false;
    this.cache.crash();
    this.bare.crash();
    this.requests.crash();
    this.syncs.crash();
    this.history.crashed();
    this.countBoot();
    this.mirror.halt();
    if (isReset(end)) this.parts.report.resets++;
    losePower(end, this.slots, this.clock);
    this.slots.rescan();
    this.truth.powerLost(this.slots.numbers, [this.slots.superblockKept(0), this.slots.superblockKept(1)]);
    this.trustCards();
    this.readMarks();
  }

  /** Demands progress of the running system, to which nothing new comes. */
  settle(): void {
    this.demands.settle();
  }

  /** The run is over: its report, which is of this run alone, gets what the last boot and the page cache have counted. */
  finish(): void {
    const { report } = this.parts;
    this.countBoot();
    report.stalls += this.cache.counters.stalls;
    report.stalledUs += this.cache.counters.stalledUs;
    report.writes += this.cache.counters.writes;
    report.lies += this.slots.lies;
    report.chains++;
    if (report.clears === 0) report.chainsWithoutClear++;
    if (report.outcomesWithMarks === 0) report.chainsWithoutMarks++;
  }

  /** A promise is broken by the running system: reported if it is looked at. */
  complain(promises: readonly BrokenPromise[], sector: number, text: string): void {
    const broken = this.parts.checks.of(promises);
    if (broken.length === 0) return;
    this.parts.report.note({ promises: broken, ...this.moment(), choices: null, sector, text });
  }

  private moment(): CutMoment {
    return { boot: this.boot, step: this.step, timeUs: this.clock.nowUs };
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
    this.truth.assembled(this.slots.numbers, [this.members.of(0), this.members.of(1)]);
    this.trustCards();
    const { transients } = this.settings;
    const areSound =
      transients === undefined && cardsOf(this.settings).every(({ flush }) => flush === "honest");
    this.undisturbed = this.members.isWhole && areSound;
  }

  /** P5: a card that does what it should stays a member; what it would miss could not become clean. */
  private checkLoss(): void {
    if (!this.undisturbed || this.members.isWhole) return;
    this.undisturbed = false;
    this.complain(["P5"], -1, "a member is lost, and nothing has happened to its card");
  }

  /** How the assembly must end, by the superblocks of what is in the slots. */
  private expectedByTable(): AssemblyExpectation {
    const { slots } = this;
    const [a, b] = [0, 1].map((slot) => (slots.isAlive(slot) ? slots.superblockSeen(slot) : null));
    const degraded = this.driverOptions.more?.get(OPTION_START_DEGRADED) === 1;
    return expectedAssembly(a ?? null, b ?? null, degraded);
  }

  private trustCards(): void {
    const { numbers } = this.slots;
    const [a, b] = numbers;
    this.explorer.trust([this.truth.isTrusted(a), this.truth.isTrusted(b)], this.truth.mayRefuse(numbers));
    // Until the boot has assembled its array the driver does not know its members.
    const whole = this.assembled ? this.members.isWhole : this.expectsPair;
    this.marks.excused = this.history.hasSpoiled || this.settings.transients !== undefined || !whole;
    this.marks.copiesExcused = !whole;
  }

  /** The explorer begins anew, on what is in the slots now. */
  private lookIn(): void {
    this.explorer.bootedFrom(this.slots.pair);
    this.trustCards();
  }

  /** The oracle looks at the marks of the cards from which the next boot will start. */
  private readMarks(): void {
    this.marks.bootedFrom((member, sector) => this.slots.cards[member]!.view(sector));
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
