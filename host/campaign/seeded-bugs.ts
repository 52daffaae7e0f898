import * as layout from "../../assembly/layout.js";
import type { Campaign } from "./campaign.js";
import { CampaignReport } from "./campaign-report.js";
import type { PolicyChoice } from "./world/policy-choice.js";
import { generateMemberScenario, type MemberGeneratorOptions } from "./world/member-scenario.js";
import { generateScenario } from "./world/scenario-generator.js";
import type { Scenario } from "./world/scenario.js";
import type { BrokenPromise, Violation } from "./oracle/violation.js";

/** A mistake that the rig build can make, and the check that must notice it. */
export interface SeededBug {
  /** BUG_... of layout.ts. */
  readonly bug: number;
  readonly name: string;
  /** What the driver does wrong. */
  readonly mistake: string;
  /** The promise whose check catches it. */
  readonly check: BrokenPromise;
  /** Profile of both cards on which it shows. */
  readonly profile: string;
  /** Worlds tried at most. */
  readonly seedsMax: number;
  /** Shows only when recoveries are cut too. */
  readonly depthTwo?: true;
  /** Shows only when cards come and go, in worlds of this kind. */
  readonly members?: Pick<MemberGeneratorOptions, "holes" | "spares" | "more">;
}

/** A seeded bug that no campaign has shown yet. */
export interface HiddenBug {
  readonly bug: number;
  readonly name: string;
  readonly reason: string;
}

const SYNC_GATED: PolicyChoice = { name: "sync-gated", flush: true, cooldownMs: 5 };

/** Every bug that must be killed. */
export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    bug: layout.BUG_NO_FLUSH_BEFORE_CLEAR,
    name: "no-flush-before-clear",
    mistake: "the gate does not flush the cards before it clears",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_FLUSH_IN_FLIGHT_COUNTS,
    name: "flush-in-flight-counts",
    mistake: "a flush that had begun before the write ended is taken to cover it",
    check: "P2",
    profile: "tlc-cached",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_DIRTY_BECOMES_CANDIDATE,
    name: "dirty-becomes-candidate",
    mistake: "a region with a write in flight is made a candidate",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 120,
  },
  {
    bug: layout.BUG_TOUCH_AT_DISPATCH,
    name: "touch-at-dispatch",
    mistake: "a request touches its regions when it is dispatched, not when it is submitted",
    check: "P6",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_WRITE_KEEPS_CANDIDATE,
    name: "write-keeps-candidate",
    mistake: "a write does not demote a candidate",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_REMARK_TRUSTS_CLEAR_IN_FLIGHT,
    name: "remark-trusts-clear-in-flight",
    mistake: "a bit whose clear is in flight is trusted by a new write",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_OVERLAPPING_WRITES,
    name: "overlapping-writes",
    mistake: "two writes of one sector run at once",
    check: "P2",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_COPY_RACES_WRITE,
    name: "copy-races-write",
    mistake: "a resync copy and a write of the same sector run at once",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 400,
  },
  {
    bug: layout.BUG_WRITE_ENDS_NEEDS_SYNC,
    name: "write-ends-needs-sync",
    mistake: "a write moves a region from NEEDS_SYNC to DIRTY",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 120,
  },
  {
    bug: layout.BUG_JOINED_SYNC,
    name: "joined-sync",
    mistake: "an earlier sync is taken for this epoch's",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_LATE_EPOCH,
    name: "late-epoch",
    mistake: "regions written while the sync ran join the epoch",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_FAILED_SYNC_IGNORED,
    name: "failed-sync-ignored",
    mistake: "candidates are cleared after a sync that failed",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 200,
  },
  {
    bug: layout.BUG_STALE_SYNC_ANSWER,
    name: "stale-sync-answer",
    mistake: "an answer with another epoch's number is taken",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_SETTLE_IGNORED_FOR_DATA,
    name: "settle-ignored-for-data",
    mistake: "the gate does not wait for the settle time of the flushed data",
    check: "P1",
    profile: "slow-settle",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_SETTLE_IGNORED_FOR_MARKS,
    name: "settle-ignored-for-marks",
    mistake: "data leaves before the settle time of its mark has passed",
    check: "P1",
    profile: "slow-settle",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_SPAN_MARKS_FIRST_REGION,
    name: "span-marks-first-region",
    mistake: "a request across regions marks its first region only",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_REGION_EDGE_OFF_BY_ONE,
    name: "region-edge-off-by-one",
    mistake: "a request that ends just behind a region's edge does not mark that region",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_MARK_AFTER_DATA,
    name: "mark-after-data",
    mistake: "data leaves before its mark is durable",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_ONE_CARD_BELIEVED_ALONE,
    name: "one-card-believed-alone",
    mistake: "recovery believes the records of the first card alone",
    check: "P6",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_OLDEST_RECORD_BELIEVED,
    name: "oldest-record-believed",
    mistake: "recovery believes the oldest valid record",
    check: "P6",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_RECORD_FROM_LIVE_BITS,
    name: "record-from-live-bits",
    mistake: "marks that came while a record was written are taken to be in it",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_ANSWER_BEFORE_WRITE_BACK,
    name: "answer-before-write-back",
    mistake: "a read in a region that needs sync is answered without writing it back",
    check: "P3",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_SOURCE_CHANGES,
    name: "source-changes",
    mistake: "another card is the source at every boot",
    check: "P5",
    profile: "mlc",
    seedsMax: 20,
    depthTwo: true,
  },
  {
    bug: layout.BUG_EARLY_ACKNOWLEDGE,
    name: "early-acknowledge",
    mistake: "a write is acknowledged when the first card has it",
    check: "P2",
    profile: "tlc-cached",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_FLUSH_ONE_CARD_ONLY,
    name: "flush-one-card-only",
    mistake: "the second card's flushes are not waited for",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_MARK_EVERYTHING,
    name: "mark-everything",
    mistake: "every record marks every region",
    check: "P6",
    profile: "mlc",
    seedsMax: 60,
  },
  {
    bug: layout.BUG_WRONG_FIRST_CARD,
    name: "wrong-first-card",
    mistake: "a record goes first to the card that still has a valid older one in the slot",
    check: "P6",
    profile: "mlc",
    seedsMax: 120,
  },

  {
    bug: layout.BUG_ANSWER_BEFORE_FLUSH,
    name: "answer-before-flush",
    mistake: "a read that was written back is answered before both cards are flushed",
    check: "P3",
    profile: "tlc-cached",
    seedsMax: 120,
    members: {},
  },
  {
    bug: layout.BUG_RESYNC_WRONG_WAY,
    name: "resync-wrong-way",
    mistake: "resync copies from the card that is not the source",
    check: "P3",
    profile: "mlc",
    seedsMax: 20,
    members: {},
  },
  {
    bug: layout.BUG_SOLO_BOOT_UNRECORDED,
    name: "solo-boot-unrecorded",
    mistake: "a boot with one card serves before it has said so",
    check: "P7",
    profile: "mlc",
    seedsMax: 20,
    members: {},
  },
  {
    bug: layout.BUG_REBUILD_ENDS_WRONG_ORDER,
    name: "rebuild-ends-wrong-order",
    mistake: "the target takes the history before the source says that it is not alone",
    check: "P2",
    profile: "mlc",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_EVENT_COUNT_DECIDES,
    name: "event-count-decides",
    mistake: "the greater superblock sequence wins, whatever the lineages say",
    check: "P7",
    profile: "mlc",
    seedsMax: 20,
    members: {},
  },
  {
    bug: layout.BUG_NO_WRITE_AT_RECOVERY,
    name: "no-write-at-recovery",
    mistake: "recovery does not write the next record",
    check: "P5",
    profile: "mlc",
    seedsMax: 20,
    members: {},
  },
  {
    bug: layout.BUG_LOSS_RECORDED_ONCE,
    name: "loss-recorded-once",
    mistake: "a loss is recorded in one copy of the superblock only",
    check: "P2",
    profile: "mlc",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_CLEAR_WHILE_ALONE,
    name: "clear-while-alone",
    mistake: "marks are cleared while a member is missing",
    check: "P1",
    profile: "mlc",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_DISCARD_BEFORE_DURABLE,
    name: "discard-before-durable",
    mistake: "reads see the zeros of a discard before it is durable",
    check: "P2",
    profile: "mlc",
    seedsMax: 120,
    members: {},
  },
  {
    bug: layout.BUG_DEADLINE_IGNORED,
    name: "deadline-ignored",
    mistake: "a card that never answers is waited for",
    check: "P7",
    profile: "mlc",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_FUA_UNFLUSHED,
    name: "fua-unflushed",
    mistake: "a durable write is answered before it is flushed",
    check: "P2",
    profile: "tlc-cached",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_HALF_REBUILT_BELIEVED,
    name: "half-rebuilt-believed",
    mistake: "a half rebuilt card is believed alone",
    check: "P7",
    profile: "mlc",
    seedsMax: 60,
    members: {},
  },
  {
    bug: layout.BUG_REPLACEMENT_COPIED_IN_PART,
    name: "replacement-copied-in-part",
    mistake: "a card that replaces a member gets only what is marked",
    check: "P7",
    profile: "mlc",
    seedsMax: 60,
    members: { spares: true },
  },
  {
    bug: layout.BUG_ZEROS_UNFLUSHED,
    name: "zeros-unflushed",
    mistake: "the zeros of a first write are not flushed",
    check: "P2",
    profile: "tlc-cached",
    seedsMax: 120,
    members: {},
  },
  {
    bug: layout.BUG_FINGERPRINT_IGNORED,
    name: "fingerprint-ignored",
    mistake: "two cards that accepted different bytes go unnoticed",
    check: "P1",
    profile: "mlc",
    seedsMax: 120,
    members: {
      holes: { lateFlag: true, forgotten: true },
      more: [[layout.OPTION_FINGERPRINT, layout.FINGERPRINT_CRC32C]],
    },
  },
];

/** Bugs that no campaign has shown yet; their switches are there. */
export const HIDDEN_BUGS: readonly HiddenBug[] = [
  {
    bug: layout.BUG_NO_FLUSH_AFTER_COPY,
    name: "no-flush-after-copy",
    reason: "the region stays marked until the gate's own flush, which covers the copy too",
  },
  {
    bug: layout.BUG_NO_FLUSH_AT_ASSEMBLY,
    name: "no-flush-at-assembly",
    reason: "every answer and record N+1 flush both cards before anything depends on what was read",
  },
  {
    bug: layout.BUG_REINITIALISATION_UNNOTICED,
    name: "reinitialisation-unnoticed",
    reason: "what the card lost is seldom flushed, acknowledged and read again before it is written anew",
  },
  {
    bug: layout.BUG_ANSWER_BEFORE_LOSS_RECORDED,
    name: "answer-before-loss-recorded",
    reason: "a flush must be answered within the milliseconds between a loss and its record",
  },
  {
    bug: layout.BUG_SLOTS_FORMATTED_EQUAL,
    name: "slots-formatted-equal",
    reason:
      "needs collateral damage to the first records after a format, and worlds begin on arrays that have run",
  },
  {
    bug: layout.BUG_REPAIR_WITHOUT_MARK,
    name: "repair-without-mark",
    reason: "a repair must be torn in a clean region, which two cuts and a latent error have to meet",
  },
  {
    bug: layout.BUG_RETURNING_MARKS_IGNORED,
    name: "returning-marks-ignored",
    reason: "the target must have marked a region that the source has not",
  },
  {
    bug: layout.BUG_READ_FROM_REBUILDING,
    name: "read-from-rebuilding",
    reason: "the copies of clean regions are equal while a card is rebuilt in part",
  },
  {
    bug: layout.BUG_SURVIVOR_UNFLUSHED,
    name: "survivor-unflushed",
    reason: "a read must be answered from the cache of the survivor, and lost with it",
  },
  {
    bug: layout.BUG_HARD_CAP,
    name: "hard-cap",
    reason: "needs OPTION_MARKED_MAX, which no world sets",
  },
  {
    bug: layout.BUG_REWRITE_FROM_CALLERS_BUFFER,
    name: "rewrite-from-callers-buffer",
    reason: "hunted in 80 worlds with a fingerprint: the buffer must change once more during the rewrite",
  },
  {
    bug: layout.BUG_FIRST_WRITE_UNZEROED,
    name: "first-write-unzeroed",
    reason: "worlds begin on arrays whose cards are equal; it needs one formatted empty over garbage",
  },
];

/** How the hunt for a bug went. */
export interface Kill {
  readonly entry: SeededBug;
  /** The violation of the expected check, or null when the bug is alive. */
  readonly violation: Violation | null;
  /** The world that showed it. */
  readonly scenario: Scenario | null;
  /** Worlds tried. */
  readonly seeds: number;
  readonly report: CampaignReport;
}

/** Tries worlds until the expected check catches the bug. `campaign` must be over the geometry TINY. */
export function killSeededBug(campaign: Campaign, entry: SeededBug): Kill {
  const report = new CampaignReport();
  // Every recovered state is tried with each card alone.
  const lone = entry.members === undefined ? {} : { loneEvery: 1 };
  for (let seed = 1; seed <= entry.seedsMax; seed++) {
    const generate = entry.members === undefined ? generateScenario : generateMemberScenario;
    const scenario = generate(seed, {
      ...entry.members,
      policy: SYNC_GATED,
      profiles: [entry.profile, entry.profile],
      bug: entry.bug,
    });
    const found = entry.depthTwo
      ? campaign.runDepthTwo(scenario, 1).report
      : campaign.run(scenario, 0, 1, lone);
    report.add(found);
    const violation = found.violations.find(({ promises }) => promises.includes(entry.check));
    if (violation !== undefined) return { entry, violation, scenario, seeds: seed, report };
  }
  return { entry, violation: null, scenario: null, seeds: entry.seedsMax, report };
}
