import { BITMAP_SERIAL, OPTION_START_DEGRADED } from "../../assembly/layout.js";
import { DriverModule } from "../mirror/driver-module.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { arrayGeometry, type ArrayGeometry } from "./world/array-geometry.js";
import { ALL_CHECKS } from "./oracle/checks.js";
import { bitmapScheme } from "./world/bitmap-scheme.js";
import { cardsOf } from "./world/card-class.js";
import { CampaignReport } from "./campaign-report.js";
import { CleanArrays } from "./world/clean-arrays.js";
import { emptyArray } from "./world/empty-array.js";
import { EmulatedWorld } from "./world/emulated-world.js";
import type { CutExplorerLimits } from "./search/cut-explorer.js";
import { becomesClean, driverPolicy } from "./world/policy-choice.js";
import type { CutSchedule } from "./search/cut-schedule.js";
import { RecoveredStates } from "./search/recovered-states.js";
import { LoneRecoveryCuts } from "./search/lone-recovery-cuts.js";
import { RecoveryCuts } from "./search/recovery-cuts.js";
import { Recovery } from "./search/recovery.js";
import type { Scenario, ScenarioGeometry, WorldSettings } from "./world/scenario.js";
import { ScenarioWorld } from "./world/scenario-world.js";
import { worldDriverOptions } from "./world/world-driver-options.js";
import type { WorldParts } from "./world/world-parts.js";

/** A recovery with certain driver options, and the states it has recovered. */
interface KeyedRecovery {
  readonly key: string;
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
  /** Its own: a state known from depth 2 must still be examined when a first cut leads to it. */
  readonly depthTwoStates: RecoveredStates;
}

/** Recovered states of which one is also tried with one card alone, where such arrays may be assembled. */
const LONE_EVERY = 8;
/** Cards that settle at once and cards that do not: more at a time would only keep old results in memory. */
const RECOVERIES_MAX = 2;

/** Limits of the cuts that a run under a schedule may have of its own. */
export type ScheduledLimits = Partial<Pick<WorldParts, "productMax" | "readsAll" | "resyncSectorsPerCut">>;

/** What several runs of scenarios share, so that none is built twice. */
export class Campaign {
  readonly contents = new SectorContents();
  readonly geometry: ArrayGeometry;
  private readonly driver: DriverModule;
  private readonly recoveryDriver: DriverModule;
  /** Both cards of a new array, by the scheme of its bitmap records. */
  private readonly images = new Map<number, readonly [CardImage, CardImage]>();
  /** By driver options and policy, the last ones used first: worlds of several card classes take turns. */
  private recoveries: KeyedRecovery[] = [];
  private recoveryDriverTimed: DriverModule | null = null;

  /**
   * @param binary the rig build of the driver
   * @param scenarioGeometry of every scenario that will be run
   * @param arrays where new arrays come from, if campaigns share them
   * @param checks the promises that are looked at
   */
  constructor(
    private readonly binary: Uint8Array,
    scenarioGeometry: ScenarioGeometry,
    private readonly arrays = new CleanArrays(binary),
    private readonly checks = ALL_CHECKS,
  ) {
    const { cardSectors, regionShift, metadataStride } = scenarioGeometry;
    this.geometry = arrayGeometry(cardSectors, regionShift, metadataStride);
    this.driver = new DriverModule(binary);
    this.recoveryDriver = new DriverModule(binary);
    // The first contents in every campaign: what ids the others get depends on them, and on ids what is sampled.
    this.imagesOf(BITMAP_SERIAL);
  }

  /**
   * Runs a scenario and explores the cuts of its boots.
   * @param exploreFrom first boot whose cuts are explored
   * @param bail violations after which the run ends
   * @param more an observer of the run, the one cut to judge instead of exploring, cuts during recovery
   */
  run(
    scenario: Scenario,
    exploreFrom = 0,
    bail = Number.MAX_SAFE_INTEGER,
    more: Partial<
      Pick<
        WorldParts,
        | "observer"
        | "schedule"
        | "only"
        | "recoveryCuts"
        | "loneRecoveryCuts"
        | "loneEvery"
        | "hits"
        | "productMax"
        | "readsAll"
        | "resyncSectorsPerCut"
      >
    > = {},
  ): CampaignReport {
    const report = new CampaignReport();
    const { startDegraded } = this.recoveryFor(scenario).recovery;
    const loneEvery = startDegraded ? { loneEvery: LONE_EVERY } : {};
    const parts = { ...this.parts(scenario, report), bail, readsAll: true, ...loneEvery, ...more };
    const before = parts.states.distinct;
    new ScenarioWorld(scenario, parts).run(exploreFrom);
    report.distinct = parts.states.distinct - before;
    return report;
  }

  /**
   * Runs a scenario under a schedule of cuts.
   * @param bail violations after which the run ends
   * @param limits of the cuts, if they are not those of `run`
   */
  runScheduled(
    scenario: Scenario,
    schedule: CutSchedule | undefined,
    bail?: number,
    limits: ScheduledLimits = {},
  ): CampaignReport {
    if (schedule?.kind === "depth" && schedule.n > 1) {
      return this.runDepthTwo(scenario, bail, 0, limits).report;
    }
    return this.run(scenario, 0, bail, { ...limits, schedule });
  }

  /**
   * A world for threads of the caller's own, who explores cuts where he likes.
   * @param report gets what is found; the distinct states in it are those of the campaign as a whole
   */
  world(
    settings: WorldSettings,
    report: CampaignReport,
    limits: CutExplorerLimits & Pick<WorldParts, "observer" | "schedule">,
  ): EmulatedWorld {
    return new EmulatedWorld(settings, { ...this.parts(settings, report), ...limits });
  }

  private parts(settings: WorldSettings, report: CampaignReport): Omit<WorldParts, keyof CutExplorerLimits> {
    const { driver, contents, geometry, checks } = this;
    const { recovery, states } = this.recoveryFor(settings);
    return { driver, contents, geometry, images: this.imagesFor(settings), recovery, states, report, checks };
  }

  /** A format that makes a mistake makes another array: it is done anew for each world, which takes no time. */
  private imagesFor(settings: WorldSettings): readonly [CardImage, CardImage] {
    if (settings.empty !== 1) return this.imagesOf(bitmapScheme(settings));
    const options = worldDriverOptions(settings, this.geometry);
    return emptyArray(this.driver, this.contents, this.geometry, options);
  }

  /**
   * Runs a scenario, and cuts the recovery of every distinct outcome of every cut again (depth 2); also that of each card
   * alone, of as many outcomes as such boots are tried of. `bail`, `exploreFrom` and `more` are as in `run`.
   * @returns the report, and what was done at depth 2
   */
  runDepthTwo(
    scenario: Scenario,
    bail = Number.MAX_SAFE_INTEGER,
    exploreFrom = 0,
    more: Pick<WorldParts, "observer" | "only" | "loneEvery"> & ScheduledLimits = {},
  ): { report: CampaignReport; depthTwo: RecoveryCuts; loneDepthTwo: LoneRecoveryCuts } {
    const { recovery, depthTwoStates } = this.recoveryFor(scenario);
    this.recoveryDriverTimed ??= new DriverModule(this.binary);
    const options = {
      driver: this.recoveryDriverTimed,
      contents: this.contents,
      geometry: this.geometry,
      driverOptions: worldDriverOptions(scenario, this.geometry),
      policy: driverPolicy(scenario.policy),
      profiles: scenario.profiles,
      tickUs: scenario.tickUs,
      recovery,
      checks: this.checks,
      states: depthTwoStates,
    };
    const recoveryCuts = new RecoveryCuts(options);
    const loneRecoveryCuts = new LoneRecoveryCuts(options);
    const report = this.run(scenario, exploreFrom, bail, { ...more, recoveryCuts, loneRecoveryCuts });
    for (const { second } of [recoveryCuts, loneRecoveryCuts]) {
      report.secondCuts += second.cuts;
      report.secondPairs += second.pairs;
      report.secondPossible += second.possible;
    }
    return { report, depthTwo: recoveryCuts, loneDepthTwo: loneRecoveryCuts };
  }

  private imagesOf(scheme: number): readonly [CardImage, CardImage] {
    const known = this.images.get(scheme) ?? this.arrays.images(this.geometry, this.contents, scheme);
    this.images.set(scheme, known);
    return known;
  }

  /** Recoveries depend on the world's driver options; results are kept while those come back. */
  private recoveryFor(settings: WorldSettings): KeyedRecovery {
    const driverOptions = worldDriverOptions(settings, this.geometry);
    const policy = driverPolicy(settings.policy);
    // How soon an epoch may follow the last one changes nothing about what a recovery does.
    const destroys = cardsOf(settings).some(({ collateral }) => collateral);
    const key = JSON.stringify([
      destroys,
      { ...driverOptions, epochMs: 0, more: [...(driverOptions.more ?? [])] },
      policy,
    ]);
    const known = this.recoveries.find((keyed) => keyed.key === key) ?? {
      key,
      states: new RecoveredStates(),
      depthTwoStates: new RecoveredStates(),
      recovery: new Recovery({
        driver: this.recoveryDriver,
        contents: this.contents,
        geometry: this.geometry,
        driverOptions,
        checks: this.checks,
        policy,
        becomesClean: becomesClean(settings.policy),
        destroys,
        startDegraded: driverOptions.more?.get(OPTION_START_DEGRADED) === 1,
      }),
    };
    const others = this.recoveries.filter((keyed) => keyed !== known);
    this.recoveries = [known, ...others].slice(0, RECOVERIES_MAX);
    return known;
  }
}
