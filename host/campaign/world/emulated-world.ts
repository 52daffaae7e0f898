import {
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { regionStateName } from "../../mirror/region-names.js";
import { TimedMirror } from "../../mirror/timed-mirror.js";
import { PageCache } from "../../page-cache/page-cache.js";
import type { PageCacheObserver } from "../../page-cache/page-cache-observer.js";
import { SdCard, type SdCardOptions } from "../../sdcard-emulator/card.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import type { CampaignReport } from "../campaign-report.js";
import { CutExplorer, type CutExplorerLimits, type CutMoment } from "../search/cut-explorer.js";
import { MarkOracle } from "../oracle/mark-oracle.js";
import { Oracle } from "../oracle/oracle.js";
import { pickOutcome } from "./picked-outcome.js";
import { becomesClean, driverPolicy } from "./policy-choice.js";
import type { RecoveredStates } from "../search/recovered-states.js";
import type { Recovery } from "../search/recovery.js";
import type { ReplayedCut } from "../case/replayed-cut.js";
import type { ScenarioObserver } from "./scenario-event.js";
import { ScenarioWatch } from "./scenario-watch.js";
import { END_POWER, type BootEnd, type WorldSettings } from "./scenario.js";
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
  /** The one cut to judge, instead of exploring all; the run ends there. */
  readonly only?: ReplayedCut | undefined;
}

const PAGES_PER_PASS = 64;
const SETTLE_MARGIN_MS = 1;

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
  private cards: readonly [SdCard, SdCard];
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
      onWrite: (sector, count) => {
        this.marks.writeSubmitted(sector, count);
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
    this.marks = new MarkOracle(geometry, records);
    const oracle = new Oracle(
      this.history,
      this.marks,
      records,
      contents,
      geometry,
      driver.memory,
      (promises, sector, text) => this.complain(promises, sector, text),
    );
    this.observer = this.watch?.cache(oracle) ?? oracle;
    this.cache = new PageCache({
      clock: this.clock,
      contents,
      device: this.mirror,
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
    this.cards = this.makeCards(images[0].fork(), images[1].fork());
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

  /** A controller starts on the cards as they are; `running` once it has assembled the array. */
  startBoot(): void {
    this.boot++;
    this.step = 0;
    this.assembled = false;
    this.running = false;
    this.parts.report.boots++;
    this.explorer.bootedFrom(this.pair);
    this.watch?.tell({ kind: "boot" });
    // Every boot has its own nonce; the odd ones make a difference to one seeded bug.
    this.mirror.boot(this.driverOptions, driverPolicy(this.settings.policy), 0x1000 + this.boot);
  }

  /** Lets the next event happen. @throws DriverTrap when the driver stops itself */
  advance(): void {
    this.clock.step();
    this.step++;
    if (!this.assembled && this.mirror.modeStatus >= 0) this.assemblyEnded();
  }

  /** Cuts the power now, in thought, and judges what comes of it. */
  exploreCut(): void {
    const { only } = this.parts;
    if (only === undefined) this.explorer.cut(this.cards, this.moment());
    else only.arrive(this.explorer, this.cards, this.moment());
  }

  /** The boot is over, by a power cut or a reset. The owner's own threads must be told too. */
  endBoot(end: BootEnd): void {
    this.watch?.tell({ kind: "boot-end", topology: end.topology });
    this.countBoot();
    this.running = false;
    this.mirror.halt();
    this.cache.crash();
    this.syncs.crash();
    this.history.crashed();
    if (end.topology === END_POWER) {
      for (const card of this.cards) card.cutPower(pickOutcome(card, end.pick));
      this.cards = this.makeCards(this.cards[0].media, this.cards[1].media);
    } else {
      this.parts.report.resets++;
      for (const card of this.cards) card.controllerReset();
    }
    this.pair = this.scratch();
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
    const { counter } = this.parts.driver.exports;
    if (counter(COUNTER_REGIONS_TO_SYNC) > 0) return false;
    return !becomesClean(this.settings.policy) || counter(COUNTER_REGIONS_UNPROVEN) === 0;
  }

  private moment(): CutMoment {
    return { boot: this.boot, step: this.step, timeUs: this.clock.nowUs };
  }

  private assemblyEnded(): void {
    this.assembled = true;
    this.watch?.tell({ kind: "assembled", status: this.mirror.modeStatus });
    this.running = this.mirror.modeStatus === STATUS_OK;
    if (!this.running) this.complain(["P7"], -1, `assembly ended with status ${this.mirror.modeStatus}`);
  }

  private makeCards(a: CardImage, b: CardImage): readonly [SdCard, SdCard] {
    const { contents } = this.parts;
    const make = (media: CardImage, member: number): SdCard => {
      const options: SdCardOptions = {
        clock: this.clock,
        contents,
        media,
        characteristics: profile(this.settings.profiles[member]!),
        seed: this.settings.timing * 2 + member,
        onComplete: this.mirror.onCardDone,
        onMediaChange: (sector, content) => this.pair.follow(member, sector, content),
      };
      return this.watch?.card(options, member) ?? new SdCard(options);
    };
    const cards = [make(a, 0), make(b, 1)] as const;
    this.mirror.insertCards(cards[0], cards[1]);
    return cards;
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
