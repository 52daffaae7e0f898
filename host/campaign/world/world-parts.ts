import type { DriverModule } from "../../mirror/driver-module.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { CampaignReport } from "../campaign-report.js";
import type { ReplayedCut } from "../case/replayed-cut.js";
import type { Checks } from "../oracle/checks.js";
import type { CutExplorerLimits } from "../search/cut-explorer.js";
import type { CutSchedule } from "../search/cut-schedule.js";
import type { RecoveredStates } from "../search/recovered-states.js";
import type { Recovery } from "../search/recovery.js";
import type { ArrayGeometry } from "./array-geometry.js";
import type { ScenarioObserver } from "./scenario-event.js";
import type { TransitionHits } from "./transition-hits.js";

/** What a world is built from and reports to. */
export interface WorldParts extends CutExplorerLimits {
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly images: readonly [CardImage, CardImage];
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
  readonly report: CampaignReport;
  /** The promises that are looked at. */
  readonly checks: Checks;
  /** Told of everything that happens. */
  readonly observer?: ScenarioObserver | undefined;
  /** Counts the transitions of regions and members. */
  readonly hits?: TransitionHits | undefined;
  /** At which moments cuts are explored; default: at all. */
  readonly schedule?: CutSchedule | undefined;
  /** The one cut to judge, instead of exploring all; the run ends there. */
  readonly only?: ReplayedCut | undefined;
}
