import {
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  OPTION_DEADLINE_MS,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { regionStateName } from "../../mirror/region-names.js";
import type { TimedMirror } from "../../mirror/timed-mirror.js";
import type { PageCache } from "../../page-cache/page-cache.js";
import type { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { BrokenPromise } from "../oracle/violation.js";
import type { MemberStates } from "./member-states.js";
import { becomesClean } from "./policy-choice.js";
import type { RequestWatch } from "./request-watch.js";
import type { WorldSettings } from "./scenario.js";
import { settlingBoundUs, unsettledRegion } from "./settling.js";
import type { SyncAnswers } from "./sync-answers.js";
import type { WorldParts } from "./world-parts.js";

/** The world of which progress is demanded. */
export interface ProgressingWorld {
  readonly clock: VirtualClock;
  readonly cache: PageCache;
  /** The boot's assembly has ended, well or not. */
  readonly assembled: boolean;
  /** It has ended well: requests are served. */
  readonly running: boolean;
  /** The run may end. */
  readonly stopped: boolean;
  advance(): void;
  exploreCut(): void;
  complain(promises: readonly BrokenPromise[], sector: number, text: string): void;
}

export interface ProgressDemandsParts {
  readonly mirror: TimedMirror;
  readonly driverOptions: DriverOptions;
  readonly members: MemberStates;
  readonly requests: RequestWatch;
  readonly syncs: SyncAnswers;
}

/** Deadlines and settle times that one request may have to sit out, one after the other. */
const WAITS_MAX = 24;

/** What the running system owes (P5, P7): that what is asked of it is answered, stopped and proven in bounded time. */
export class ProgressDemands {
  /** A request was found to wait too long: once is enough. */
  private overdue = false;
  private readonly boundUs: number;

  constructor(
    private readonly settings: WorldSettings,
    private readonly world: ProgressingWorld,
    private readonly worldParts: Pick<WorldParts, "driver" | "geometry" | "only">,
    private readonly parts: ProgressDemandsParts,
  ) {
    this.boundUs = settlingBoundUs(settings, parts.driverOptions, worldParts.geometry.regions);
  }

  /**
   * Progress (P5, P7) of the running system: nothing new comes, its syncs succeed, and within the bound of settling.ts
   * every request must be answered and every region resynchronised and proven. No cut is explored; a replay of a cut
   * has nothing to do here.
   */
  settle(): void {
    const { world } = this;
    const { only, driver, geometry } = this.worldParts;
    const { members } = this.parts;
    if (world.stopped || (only !== undefined && only.choices !== null)) return;
    this.parts.syncs.succeedAtOnce();
    const endUs = world.clock.nowUs + this.boundUs;
    while (world.clock.nowUs < endUs && !this.atRest) {
      world.advance();
      if (world.assembled && !world.running) return;
    }
    if (world.running && !members.isWhole) {
      // What is missing keeps its marks; that a rebuild ends is demanded where one is under way.
      if (members.isRebuilding) world.complain(["P5"], -1, "a rebuild never ends");
      else if (only !== undefined) only.reached = true;
      return;
    }
    const region = world.running ? unsettledRegion(driver.exports, becomesClean(this.settings.policy)) : -1;
    if (!world.running) world.complain(["P7"], -1, "assembly never ends");
    else if (!world.cache.idle) world.complain(["P7"], -1, "a request is never answered");
    else if (region >= 0) {
      const state = regionStateName(driver.exports.regionState(region));
      world.complain(["P5"], region << geometry.regionShift, `region ${region} stays ${state}`);
    } else if (only !== undefined) only.reached = true;
  }

  /** P7: nobody waits for ever, whatever becomes of the cards. */
  checkWaiting(): void {
    if (this.overdue || !this.world.running) return;
    const { driverOptions, requests } = this.parts;
    const deadlineMs = driverOptions.more?.get(OPTION_DEADLINE_MS) ?? 0;
    if (deadlineMs === 0) return;
    const settleUs = (driverOptions.settleMs ?? 0) * 1000;
    const boundUs = WAITS_MAX * (deadlineMs * 1000 + this.settings.tickUs + settleUs);
    if (requests.oldestUs <= boundUs) return;
    this.overdue = true;
    this.world.complain(["P7"], -1, `a request has been waiting for ${requests.oldestUs} us`);
  }

  /**
   * The array is stopped in good order, if there is one to stop.
   * @param explore whether the cuts of the stop are explored
   */
  stop(explore: boolean): void {
    const { world } = this;
    const { mirror, members } = this.parts;
    if (mirror.modeStatus !== STATUS_OK || !members.anyInSync) return;
    mirror.stop();
    const endUs = world.clock.nowUs + this.boundUs;
    while (mirror.modeStatus < 0 && !world.stopped) {
      if (world.clock.nowUs > endUs) {
        world.complain(["P7"], -1, "the array never stops");
        return;
      }
      world.advance();
      if (explore) world.exploreCut();
    }
  }

  /** Nothing is left to do, as far as the driver's counters tell. */
  private get atRest(): boolean {
    const { running, cache } = this.world;
    const { members } = this.parts;
    if (!running || !cache.idle || cache.dirtyPages > 0 || members.isRebuilding) return false;
    if (!members.isWhole) return true;
    const { counter } = this.worldParts.driver.exports;
    if (counter(COUNTER_REGIONS_TO_SYNC) > 0) return false;
    return !becomesClean(this.settings.policy) || counter(COUNTER_REGIONS_UNPROVEN) === 0;
  }
}
