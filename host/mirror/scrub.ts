import {
  COUNTER_SCRUB_MISMATCHES,
  COUNTER_SCRUB_REGION,
  COUNTER_SECTORS_LOST,
  COUNTER_SECTORS_REPAIRED,
  COUNTER_SECTORS_SCRUBBED,
  GEOMETRY_REGIONS,
  SCRUB_COMPARE,
  SCRUB_REPAIR,
  SCRUB_STOP,
  STATUS_ABORTED,
  STATUS_OK,
  STATUS_STATE,
} from "../../assembly/layout.js";
import type { Controller } from "./controller.js";
import { MirrorError, quietPowerLoss } from "./mirror-error.js";
import type { MirrorEvent } from "./mirror-event.js";
import { checkWhole, chosen } from "./option-limits.js";
import type { RepairReasonName } from "./scrub-names.js";

/** Compares both cards in CLEAN regions; "repair" also makes them equal again. */
export type ScrubMode = "compare" | "repair";

/** A sector that a scrub found different, or unreadable. */
export interface ScrubFinding {
  readonly sector: number;
  /** Slot of the card whose copy is right by the evidence; null when neither can be read. */
  readonly winner: number | null;
  /** What the evidence is. */
  readonly reason: RepairReasonName;
  /** Whether the other card has that copy now. */
  readonly repaired: boolean;
}

/** How far a scrub has come. */
export interface ScrubProgress {
  readonly running: boolean;
  /** The region that it has come to, or ended at: where the next one can go on. */
  readonly region: number;
  readonly regions: number;
  /** Since the assembly: sectors compared, found different, repaired (also by reads), and readable from no card. */
  readonly compared: number;
  readonly mismatches: number;
  readonly repaired: number;
  readonly lost: number;
}

/** What a scrub found. */
export interface ScrubReport {
  /** Whether it came to the end of the array; false: it was stopped. */
  readonly complete: boolean;
  /** Where the next one can go on, if this one was stopped. */
  readonly region: number;
  readonly compared: number;
  readonly mismatches: number;
  /** Every sector once, in the order in which they were found. */
  readonly findings: readonly ScrubFinding[];
}

const MODES: Readonly<Record<ScrubMode, number>> = { compare: SCRUB_COMPARE, repair: SCRUB_REPAIR };

/** The scrub of an array; one at a time. */
export class Scrub {
  private running = false;
  private stopping = false;

  constructor(private readonly controller: Controller) {}

  /**
   * Goes through the array from a region on, and resolves at its end or when it is stopped.
   * @throws Error for a mode or a region that there is not
   * @throws MirrorError STATE unless both members are in sync and no scrub is under way; ABORTED when a member was lost
   *         or the array stopped
   */
  start(mode: ScrubMode, firstRegion = 0): Promise<ScrubReport> {
    return quietPowerLoss(this.run(mode, firstRegion));
  }

  /** Ends the scrub under way; its promise resolves with what it found. @throws MirrorError STATE when there is none */
  stop(): void {
    const { controller } = this;
    controller.checkRunning();
    this.stopping = this.running;
    const status = controller.timed.scrub(SCRUB_STOP, 0);
    // One that has just come to its end is as good as stopped, and says that it is complete.
    if (this.running) return;
    throw new MirrorError("the stop of the scrub", status);
  }

  /** How far it has come. @throws Error when no array is assembled */
  progress(): ScrubProgress {
    this.controller.checkRunning();
    const { counter } = this.controller.driver.exports;
    return {
      running: this.running,
      region: counter(COUNTER_SCRUB_REGION) >>> 0,
      regions: this.controller.geometry(GEOMETRY_REGIONS),
      compared: counter(COUNTER_SECTORS_SCRUBBED) >>> 0,
      mismatches: counter(COUNTER_SCRUB_MISMATCHES) >>> 0,
      repaired: counter(COUNTER_SECTORS_REPAIRED) >>> 0,
      lost: counter(COUNTER_SECTORS_LOST) >>> 0,
    };
  }

  private async run(mode: ScrubMode, firstRegion: number): Promise<ScrubReport> {
    const { controller } = this;
    const number = chosen("mode", mode, MODES);
    controller.checkRunning();
    const regions = controller.geometry(GEOMETRY_REGIONS);
    checkWhole("firstRegion", firstRegion, 0, regions - 1);
    if (this.running) throw new MirrorError("the start of a second scrub", STATUS_STATE);
    const before = this.progress();
    const findings = new Map<number, ScrubFinding>();
    const deaf = controller.log.listen((event) => {
      const finding = findingOf(event);
      if (finding !== null) findings.set(finding.sector, finding);
    });
    this.running = true;
    this.stopping = false;
    try {
      const status = await controller.command("the scrub", (tag) =>
        controller.timed.scrub(number, firstRegion, tag),
      );
      const stopped = status === STATUS_ABORTED && this.stopping;
      if (status !== STATUS_OK && !stopped) throw new MirrorError("the scrub", status);
      controller.log.gather();
      const { region, compared, mismatches } = this.progress();
      return {
        complete: !stopped,
        region,
        compared: compared - before.compared,
        mismatches: mismatches - before.mismatches,
        findings: [...findings.values()],
      };
    } finally {
      this.running = false;
      deaf();
    }
  }
}

function findingOf(event: MirrorEvent): ScrubFinding | null {
  if (event.kind === "lost") {
    return { sector: event.sector, winner: null, reason: "LOST", repaired: false };
  }
  if (event.kind !== "repair" && event.kind !== "mismatch") return null;
  const { sector, winner, reason } = event;
  return { sector, winner: reason === "LOST" ? null : winner, reason, repaired: event.kind === "repair" };
}
