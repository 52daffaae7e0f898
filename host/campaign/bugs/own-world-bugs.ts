import * as layout from "../../../assembly/layout.js";
import type { SeededBug } from "./seeded-bug.js";
import { generateBadSectorsScenario } from "../world/bad-sectors-scenario.js";
import { generateFirstRecordsScenario, TWO_BITMAP_SECTORS } from "../world/first-records-scenario.js";
import { generateLostCacheScenario } from "../world/lost-cache-scenario.js";
import { generateRestlessBufferScenario } from "../world/restless-buffer-scenario.js";
import { generateResyncReadsScenario } from "../world/resync-reads-scenario.js";
import { generateTornRecordsScenario } from "../world/torn-records-scenario.js";

/** Bugs that random worlds show seldom or never: each has worlds of its own, or settings. */
export const OWN_WORLD_BUGS: readonly SeededBug[] = [
  {
    bug: layout.BUG_HARD_CAP,
    name: "hard-cap",
    mistake: "new marks wait while there are too many, also for a sync that waits for the writes behind them",
    check: "P7",
    profile: "mlc",
    seedsMax: 20,
    settings: { more: [[layout.OPTION_MARKED_MAX, 2]] },
  },
  {
    bug: layout.BUG_FIRST_WRITE_UNZEROED,
    name: "first-write-unzeroed",
    mistake: "the rest of a region that is first written in part keeps what lay there before the format",
    check: "P4",
    profile: "mlc",
    seedsMax: 20,
    settings: { empty: 1 },
  },
  {
    bug: layout.BUG_SLOTS_FORMATTED_EQUAL,
    name: "slots-formatted-equal",
    mistake:
      "a format leaves one valid record, not two: destroyed beside others on both cards, nothing says what was never written",
    check: "P4",
    profile: "collateral",
    seedsMax: 20,
    generate: generateFirstRecordsScenario,
    geometry: TWO_BITMAP_SECTORS,
  },
  {
    bug: layout.BUG_REINITIALISATION_UNNOTICED,
    name: "reinitialisation-unnoticed",
    mistake: "a card that lost its cache stays a member: a flush, or a clear, covers what it no longer has",
    check: "P1",
    profile: "tlc-cached",
    seedsMax: 60,
    generate: generateLostCacheScenario,
  },
  {
    bug: layout.BUG_ANSWER_BEFORE_FLUSH,
    name: "answer-before-flush",
    mistake: "a read that was written back is answered before both cards are flushed",
    check: "P3",
    profile: "tlc-cached",
    seedsMax: 120,
    generate: generateResyncReadsScenario,
  },
  {
    bug: layout.BUG_NO_FLUSH_AFTER_COPY,
    name: "no-flush-after-copy",
    mistake:
      "what resync copied is read without a write-back before it is flushed: the copy is lost, and then the source",
    check: "P3",
    profile: "tlc-cached",
    seedsMax: 120,
    generate: generateResyncReadsScenario,
  },
  {
    bug: layout.BUG_REPAIR_WITHOUT_MARK,
    name: "repair-without-mark",
    mistake: "a sector that one card could not read is mended in a region that no record marks",
    check: "P6",
    profile: "mlc",
    seedsMax: 20,
    generate: generateBadSectorsScenario,
  },
  {
    bug: layout.BUG_LACKING_RECORD_NOT_WRITTEN,
    name: "lacking-record-not-written",
    mistake:
      "recovery writes the next record over the only valid one of a card: torn by two cuts in a row, and booted alone, it shows what was discarded",
    check: "P2",
    profile: "mlc",
    seedsMax: 60,
    generate: generateTornRecordsScenario,
  },
  {
    bug: layout.BUG_REWRITE_FROM_CALLERS_BUFFER,
    name: "rewrite-from-callers-buffer",
    mistake:
      "after two cards took different bytes both get the buffer again, which goes on changing: a sound card is given up",
    check: "P5",
    profile: "mlc",
    seedsMax: 20,
    settings: { more: [[layout.OPTION_FINGERPRINT, layout.FINGERPRINT_CRC32C]] },
    generate: generateRestlessBufferScenario,
  },
];
