/** The erase sequence (SD Physical Layer Simplified Specification, 4.3.5). */
import { sectorOf } from "../argument-rules.js";
import { rule, type CommandRule } from "../command-rule.js";
import { R1_ERASE_SEQUENCE } from "../r1.js";
import { CLASS_ERASE } from "../registers/csd.js";
import { STATUS_ERASE_PARAMETER, STATUS_SKIP_OR_LOCK_FAILED } from "../status-bits.js";

export const ERASE: readonly CommandRule[] = [
  rule({
    // The first sector of the range (4.3.5).
    index: 32,
    name: "ERASE_WR_BLK_START",
    response: "R1",
    commandClass: CLASS_ERASE,
    keepsErase: true,
    argument: "erase",
    run: (parts, argument) => {
      parts.erase.setFirst(sectorOf(parts, argument));
      return 0;
    },
  }),
  rule({
    // The last one, which belongs to it (4.3.5).
    index: 33,
    name: "ERASE_WR_BLK_END",
    response: "R1",
    commandClass: CLASS_ERASE,
    keepsErase: true,
    argument: "erase",
    run: (parts, argument) => {
      if (!parts.erase.begun) return R1_ERASE_SEQUENCE;
      parts.erase.setLast(sectorOf(parts, argument));
      return 0;
    },
  }),
  rule({
    // Busy until the range is erased; protected groups stay (4.3.5, 7.2.5).
    index: 38,
    name: "ERASE",
    response: "R1b",
    commandClass: CLASS_ERASE,
    keepsErase: true,
    run: ({ erase, medium, protection, status }) => {
      const { complete, firstSector, lastSector } = erase;
      erase.clear();
      if (!complete) return R1_ERASE_SEQUENCE;
      if (lastSector < firstSector) {
        status.raise(STATUS_ERASE_PARAMETER);
        return 0;
      }
      const runs = protection.unprotectedRuns(firstSector, lastSector + 1);
      const erased = runs.reduce((sum, [from, end]) => sum + end - from, 0);
      if (erased <= lastSector - firstSector) status.raise(STATUS_SKIP_OR_LOCK_FAILED);
      medium.erase(runs);
      return 0;
    },
  }),
];
