import { ALL_CHECKS } from "../campaign/oracle/checks.js";
import { CampaignReport } from "../campaign/campaign-report.js";
import { RecoveredStates } from "../campaign/search/recovered-states.js";
import { Recovery } from "../campaign/search/recovery.js";
import { arrayGeometry } from "../campaign/world/array-geometry.js";
import { cleanArray } from "../campaign/world/clean-array.js";
import { worldDriverOptions } from "../campaign/world/world-driver-options.js";
import { becomesClean, driverPolicy } from "../campaign/world/policy-choice.js";
import { generateScenario } from "../campaign/world/scenario-generator.js";
import { ScenarioWorld } from "../campaign/world/scenario-world.js";
import { TINY } from "../campaign/world/scenario.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { largerWork } from "./call-work.js";
import { WatchedDriver } from "./watched-driver.js";
import type { WorkRow } from "./work-bench.js";

const POLICY = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
const PROFILES = [
  ["mlc", "mlc"],
  ["mlc", "tlc-cached"],
  ["slow-settle", "tlc-cached"],
] as const;

/**
 * The work of the driver's calls in random scenarios on the smallest array: the running systems and every recovery.
 * @param binary the rig build of the driver
 */
export function campaignWork(binary: Uint8Array, scenarios: number): WorkRow {
  const running = new WatchedDriver(binary);
  const recovering = new WatchedDriver(binary);
  const contents = new SectorContents();
  const geometry = arrayGeometry(TINY.cardSectors, TINY.regionShift, TINY.metadataStride);
  const images = cleanArray(running, contents, geometry);
  const report = new CampaignReport();
  for (let seed = 1; seed <= scenarios; seed++) {
    const scenario = generateScenario(seed, { policy: POLICY, profiles: PROFILES[seed % PROFILES.length]! });
    const recovery = new Recovery({
      driver: recovering,
      contents,
      geometry,
      driverOptions: worldDriverOptions(scenario, geometry),
      policy: driverPolicy(POLICY),
      checks: ALL_CHECKS,
      becomesClean: becomesClean(POLICY),
    });
    const limits = { readsAll: true, bail: Number.MAX_SAFE_INTEGER };
    const parts = {
      driver: running,
      contents,
      geometry,
      images,
      recovery,
      states: new RecoveredStates(),
      report,
      checks: ALL_CHECKS,
    };
    new ScenarioWorld(scenario, { ...parts, ...limits }).run(0);
  }
  return {
    name: `${scenarios} random scenarios, ${report.cuts} cuts`,
    calls: running.calls + recovering.calls,
    work: largerWork(running.work, recovering.work),
  };
}
