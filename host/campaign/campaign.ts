import { DriverModule } from "../mirror/driver-module.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { arrayGeometry, type ArrayGeometry } from "./array-geometry.js";
import { CampaignReport } from "./campaign-report.js";
import { cleanArray } from "./clean-array.js";
import { worldDriverOptions, type WorldParts } from "./emulated-world.js";
import { becomesClean, driverPolicy } from "./policy-choice.js";
import { RecoveredStates } from "./recovered-states.js";
import { Recovery } from "./recovery.js";
import type { Scenario, ScenarioGeometry } from "./scenario.js";
import { ScenarioWorld } from "./scenario-world.js";

/** What several runs of scenarios share, so that none is built twice. */
export class Campaign {
  readonly contents = new SectorContents();
  readonly geometry: ArrayGeometry;
  private readonly driver: DriverModule;
  private readonly recoveryDriver: DriverModule;
  private readonly images: readonly [CardImage, CardImage];
  private recovery: Recovery | null = null;
  private recoveryKey = "";
  private states = new RecoveredStates();

  /**
   * @param binary the rig build of the driver
   * @param geometry of every scenario that will be run
   */
  constructor(binary: Uint8Array, scenarioGeometry: ScenarioGeometry) {
    const { cardSectors, regionShift, metadataStride } = scenarioGeometry;
    this.geometry = arrayGeometry(cardSectors, regionShift, metadataStride);
    this.driver = new DriverModule(binary);
    this.recoveryDriver = new DriverModule(binary);
    this.images = cleanArray(this.driver, this.contents, this.geometry);
  }

  /**
   * Runs a scenario and explores the cuts of its boots.
   * @param exploreFrom first boot whose cuts are explored
   * @param bail violations after which the run ends
   * @param replay an observer of the run, and the one cut to judge instead of exploring
   */
  run(
    scenario: Scenario,
    exploreFrom = 0,
    bail = Number.MAX_SAFE_INTEGER,
    replay: Pick<WorldParts, "observer" | "only"> = {},
  ): CampaignReport {
    const report = new CampaignReport();
    const recovery = this.recoveryFor(scenario);
    const before = this.states.distinct;
    const world = new ScenarioWorld(scenario, {
      driver: this.driver,
      contents: this.contents,
      geometry: this.geometry,
      images: this.images,
      recovery,
      states: this.states,
      report,
      bail,
      readsAll: true,
      ...replay,
    });
    world.run(exploreFrom);
    report.distinct = this.states.distinct - before;
    return report;
  }

  /** Recoveries depend on the scenario's driver options; results are kept while those stay the same. */
  private recoveryFor(scenario: Scenario): Recovery {
    const driverOptions = worldDriverOptions(scenario, this.geometry);
    const policy = driverPolicy(scenario.policy);
    // How soon an epoch may follow the last one changes nothing about what a recovery does.
    const key = JSON.stringify([{ ...driverOptions, epochMs: 0 }, policy]);
    if (this.recovery === null || key !== this.recoveryKey) {
      this.recoveryKey = key;
      this.states = new RecoveredStates();
      this.recovery = new Recovery({
        driver: this.recoveryDriver,
        contents: this.contents,
        geometry: this.geometry,
        driverOptions,
        policy,
        becomesClean: becomesClean(scenario.policy),
      });
    }
    return this.recovery;
  }
}
