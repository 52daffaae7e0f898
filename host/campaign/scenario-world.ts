import {
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_RESYNCED,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { DriverModule } from "../mirror/driver-module.js";
import type { DriverOptions } from "../mirror/driver-options.js";
import { DriverTrap } from "../mirror/driver-trap.js";
import { TimedMirror } from "../mirror/timed-mirror.js";
import { DirectWriter } from "../page-cache/direct-writer.js";
import { PageCache } from "../page-cache/page-cache.js";
import { SdCard, type SdCardOptions } from "../sdcard-emulator/card.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { profile } from "../sdcard-emulator/characteristics.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { BitmapRecords } from "./bitmap-record.js";
import type { CampaignReport } from "./campaign-report.js";
import { CutExplorer, type CutMoment } from "./cut-explorer.js";
import { MarkOracle } from "./mark-oracle.js";
import { Oracle } from "./oracle.js";
import { driverPolicy } from "./policy-choice.js";
import type { RecoveredStates } from "./recovered-states.js";
import type { Recovery } from "./recovery.js";
import type { ReplayedCut } from "./replayed-cut.js";
import type { ScenarioObserver } from "./scenario-event.js";
import { DIRECT_SECTORS_MAX, ScenarioThreads } from "./scenario-threads.js";
import { ScenarioWatch } from "./scenario-watch.js";
import { END_POWER, type BootEnd, type Scenario } from "./scenario.js";
import { ScratchPair } from "./scratch-pair.js";
import { SectorHistory } from "./sector-history.js";
import { SyncAnswers } from "./sync-answers.js";
import type { BrokenPromise } from "./violation.js";

/** What a scenario runs on. */
export interface ScenarioParts {
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly images: readonly [CardImage, CardImage];
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
  readonly report: CampaignReport;
  readonly bail: number;
  /** Whether recoveries read all data sectors (small arrays), or those that the cut may have changed. */
  readonly readsAll: boolean;
  /** Told of everything that happens. */
  readonly observer?: ScenarioObserver | undefined;
  /** The one cut to judge, instead of exploring all; the run ends there. */
  readonly only?: ReplayedCut | undefined;
}

const PAGES_PER_PASS = 64;
const SETTLE_MARGIN_MS = 1;

/** One emulated world: two cards, the driver, the page cache, threads, and the oracle that watches. */
export class ScenarioWorld {
  private readonly clock = new VirtualClock();
  private readonly mirror: TimedMirror;
  private readonly cache: PageCache;
  private readonly direct: DirectWriter;
  private readonly history: SectorHistory;
  private readonly marks: MarkOracle;
  private readonly threads: ScenarioThreads;
  private readonly syncs: SyncAnswers;
  private readonly explorer: CutExplorer;
  private readonly driverOptions: DriverOptions;
  private readonly watch: ScenarioWatch | null;
  private cards: readonly [SdCard, SdCard];
  private pair: ScratchPair;
  private boot = 0;
  private step = 0;
  private assembled = false;

  constructor(
    private readonly scenario: Scenario,
    private readonly parts: ScenarioParts,
  ) {
    const { driver, contents, geometry, images } = parts;
    const characteristics = scenario.profiles.map(profile);
    this.watch =
      parts.observer === undefined ? null : new ScenarioWatch(parts.observer, contents, () => this.moment());
    this.syncs = new SyncAnswers(this.clock, scenario.syncKinds);
    this.mirror = new TimedMirror({
      driver,
      clock: this.clock,
      contents,
      tickUs: scenario.tickUs,
      sync: this.watch?.syncs(this.syncs) ?? this.syncs,
      dataSectors: geometry.dataSectors,
      onWrite: (sector, count) => this.marks.writeSubmitted(sector, count),
      onOwnWrite: (_member, sector, address) => oracle.ownWrite(sector, address),
    });
    this.history = new SectorHistory({
      sectors: geometry.dataSectors,
      contents,
      atomicSector: characteristics.every((card) => card.atomicSector),
    });
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
    const heard = this.watch?.cache(oracle) ?? oracle;
    this.cache = new PageCache({
      clock: this.clock,
      contents,
      device: this.mirror,
      observer: heard,
      sectorsPerPage: scenario.geometry.sectorsPerPage,
      writeBackUs: scenario.writeBackUs,
      dirtyAgeUs: scenario.dirtyAgeUs,
      pagesPerPass: PAGES_PER_PASS,
      locked: scenario.policy.name === "locked",
    });
    this.direct = new DirectWriter(this.cache.queue, heard, DIRECT_SECTORS_MAX);
    const onAction = this.watch?.onAction;
    this.threads = new ScenarioThreads(this.clock, contents, this.cache, this.direct, onAction);
    this.syncs.connect(this.cache, this.mirror);
    this.driverOptions = scenarioDriverOptions(scenario, geometry);
    this.explorer = new CutExplorer({
      geometry,
      history: this.history,
      marks: this.marks,
      recovery: parts.recovery,
      states: parts.states,
      report: parts.report,
      readsAll: parts.readsAll,
      bail: parts.bail,
    });
    this.cards = this.makeCards(images[0].fork(), images[1].fork());
    this.pair = this.scratch();
    this.marks.bootedFrom((member, sector) => this.cards[member]!.media.get(sector));
  }

  /** Runs all boots; cuts are explored after every event of the last one, or of all. */
  run(exploreFrom: number): void {
    const { report } = this.parts;
    try {
      for (const [index, boot] of this.scenario.boots.entries()) {
        this.boot = index;
        this.startBoot();
        this.runBoot(boot.end, index >= exploreFrom);
        if (this.stopped()) break;
        if (index + 1 < this.scenario.boots.length) this.endBoot(boot.end);
      }
    } catch (error) {
      if (!(error instanceof DriverTrap)) throw error;
      this.complain(["trap"], -1, error.message);
    }
    this.countBoot();
    report.stalls += this.cache.counters.stalls;
    report.stalledUs += this.cache.counters.stalledUs;
    report.writes += this.cache.counters.writes + this.direct.writes;
  }

  private stopped(): boolean {
    const { report, bail, only } = this.parts;
    return report.violations.length >= bail || only?.reached === true;
  }

  private startBoot(): void {
    this.step = 0;
    this.assembled = false;
    this.parts.report.boots++;
    this.explorer.bootedFrom(this.pair);
    this.watch?.tell({ kind: "boot" });
    // Every boot has its own nonce; the odd ones make a difference to one seeded bug.
    this.mirror.boot(this.driverOptions, driverPolicy(this.scenario.policy), 0x1000 + this.boot);
  }

  private runBoot(end: BootEnd, explore: boolean): void {
    const startedUs = this.clock.nowUs;
    if (explore) this.exploreCut();
    while (this.clock.nowUs - startedUs < end.atUs && !this.stopped()) {
      this.clock.step();
      this.step++;
      if (!this.assembled && this.mirror.modeStatus >= 0) this.assemblyEnded();
      if (explore) this.exploreCut();
    }
  }

  private assemblyEnded(): void {
    this.assembled = true;
    this.watch?.tell({ kind: "assembled", status: this.mirror.modeStatus });
    if (this.mirror.modeStatus !== STATUS_OK) {
      this.complain(["P7"], -1, `assembly ended with status ${this.mirror.modeStatus}`);
      return;
    }
    this.threads.start(this.scenario.boots[this.boot]!.actions);
  }

  private exploreCut(): void {
    const { only } = this.parts;
    if (only === undefined) this.explorer.cut(this.cards, this.moment());
    else only.arrive(this.explorer, this.cards, this.moment());
  }

  private moment(): CutMoment {
    return { boot: this.boot, step: this.step, timeUs: this.clock.nowUs };
  }

  private endBoot(end: BootEnd): void {
    this.watch?.tell({ kind: "boot-end", topology: end.topology });
    this.countBoot();
    this.mirror.halt();
    this.threads.crash();
    this.cache.crash();
    this.direct.crash();
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

  private makeCards(a: CardImage, b: CardImage): readonly [SdCard, SdCard] {
    const { contents } = this.parts;
    const make = (media: CardImage, member: number): SdCard => {
      const options: SdCardOptions = {
        clock: this.clock,
        contents,
        media,
        characteristics: profile(this.scenario.profiles[member]!),
        seed: this.scenario.timing * 2 + member,
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

  private complain(promises: readonly BrokenPromise[], sector: number, text: string): void {
    this.parts.report.note({ promises, ...this.moment(), choices: null, sector, text });
  }
}

/** The crash outcome that a boot's end names: for each axis, one option. */
function pickOutcome(card: SdCard, pick: number): number[] {
  let state = pick >>> 0;
  return card.crashSpace().map((axis) => {
    state = Math.imul(state, 0x9e3779b1) + 0x7f4a7c15;
    return (state >>> 8) % axis.options.length;
  });
}

/** What the driver is configured with in a scenario, and in the recoveries of its cuts. */
export function scenarioDriverOptions(scenario: Scenario, geometry: ArrayGeometry): DriverOptions {
  const settleUs = Math.max(...scenario.profiles.map((name) => profile(name).settleUs));
  return {
    cardSectors: geometry.cardSectors,
    baseSector: geometry.baseSector,
    metadataStride: geometry.metadataStride,
    epochMs: scenario.epochMs,
    settleMs: settleUs === 0 ? 0 : Math.ceil(settleUs / 1000) + SETTLE_MARGIN_MS,
    cooldownMs: scenario.policy.cooldownMs,
    flushBeforeClear: scenario.policy.flush,
    seededBug: scenario.bug,
  };
}
