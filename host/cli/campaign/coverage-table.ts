import type { CampaignReport } from "../../campaign/campaign-report.js";
import {
  FAULT_LEVELS,
  WRITE_KINDS,
  type CoverageCell,
  type FaultLevel,
  type WriteKind,
} from "../../campaign/coverage/fault-coverage.js";
import type { CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import { large } from "../number-text.js";
import { textTable } from "../text-table.js";
import type { CampaignCheck } from "./campaign-check.js";

/** What a campaign can reach. */
export interface CoverageFacts {
  /** Whether cards fail, leave and come. */
  readonly membersChange: boolean;
  readonly lies: boolean;
  /** Whether any of its policies clears. */
  readonly clears: boolean;
  /** Classes of cards in it. */
  readonly cards: readonly CardCharacteristics[];
  /** Levels whose cells must all be reached, unless they are impossible: by how much of the campaign was run. */
  readonly demanded: readonly FaultLevel[];
}

export interface JudgedCell extends CoverageCell {
  /** Why this campaign cannot reach the cell; null if it can. */
  readonly impossible: string | null;
  /** Reached it must be, and was not. */
  readonly missed: boolean;
}

/** Every cell of the table, with what is impossible in this campaign. A cell that was reached is never called impossible. */
export function judgedCells({ coverage }: CampaignReport, facts: CoverageFacts): JudgedCell[] {
  return coverage.cells().map((cell) => {
    const impossible = cell.hits > 0 ? null : impossibleBecause(cell.level, cell.kind, facts);
    const missed = cell.hits === 0 && impossible === null && facts.demanded.includes(cell.level);
    return { ...cell, impossible, missed };
  });
}

const METADATA: readonly WriteKind[] = ["mark", "clear", "superblock"];

function impossibleBecause(level: FaultLevel, kind: WriteKind, facts: CoverageFacts): string | null {
  const { membersChange, lies, clears, cards } = facts;
  if (level === "F4" && !lies) return "these cards do not lie: see --dishonest";
  if ((level === "F5" || level === "F6") && !membersChange) return "no card fails here: see --members";
  if (level === "F3" && !cards.some(({ collateral }) => collateral)) {
    return "a cut of these cards destroys nothing that is durable: see --profile collateral, open-block";
  }
  if (level === "F3" && METADATA.includes(kind)) {
    return "each copy of metadata has erase blocks of its own, so its interrupted program finds no other sector there";
  }
  if (kind === "rebuild" && !membersChange)
    return "both cards stay members, so none is rebuilt: see --members";
  if (kind === "superblock" && !membersChange) {
    return "superblocks are written by a format and when members change: see --members";
  }
  if (kind === "clear" && !clears) return "the policy never clears";
  if (level === "F1" && METADATA.includes(kind) && cards.every(({ atomicSector }) => atomicSector)) {
    return "a record is one sector, and the sectors of these cards land whole or not at all";
  }
  if (level === "F2" && cards.every(({ cache, settleUs }) => cache === "none" && settleUs === 0)) {
    return "these cards keep what they have answered";
  }
  return null;
}

/** The table for a person: "-" for what is impossible, "0 !" for what is missing; then the reasons. */
export function coverageTableText(cells: readonly JudgedCell[]): string {
  const table = textTable(
    [{ title: "LEVEL" }, ...WRITE_KINDS.map((kind) => ({ title: kind.toUpperCase(), right: true }))],
    FAULT_LEVELS.map((level) => [
      level,
      ...cells
        .filter((cell) => cell.level === level)
        .map(({ hits, impossible, missed }) => {
          if (impossible !== null) return "-";
          return missed ? "0 !" : large(hits);
        }),
    ]),
  );
  const reasons = [...new Set(cells.flatMap(({ impossible }) => impossible ?? []))].map((reason) => {
    const names = cells.filter(({ impossible }) => impossible === reason);
    return `  ${namesOf(names)}: ${reason}\n`;
  });
  const missed = cells.filter((cell) => cell.missed);
  const complaint = missed.length === 0 ? "" : `Not reached, and not impossible: ${namesOf(missed)}\n`;
  const why = reasons.length === 0 ? "" : `- cannot be in this campaign:\n${reasons.join("")}`;
  return `${HEADING}${table}${why}${complaint}`;
}

const HEADING = `\
Faults met by kind of write (F0: old or new; F1: torn or shorn; F2: lost from a cache, or after the answer; F3: a durable
sector destroyed beside it; F4: an older version came back; F5: the card was struck meanwhile; F6: the card failed it):
`;

function namesOf(cells: readonly JudgedCell[]): string {
  const levels = FAULT_LEVELS.filter((level) => cells.some((cell) => cell.level === level));
  return levels
    .map((level) => {
      const kinds = cells.filter((cell) => cell.level === level).map(({ kind }) => kind);
      return `${level} ${kinds.length === WRITE_KINDS.length ? "all" : kinds.join(", ")}`;
    })
    .join("; ");
}

export function coverageCheck(cells: readonly JudgedCell[]): CampaignCheck {
  const missed = cells.filter((cell) => cell.missed);
  return {
    group: "coverage",
    name: "every kind of write meets every fault that it can",
    passed: missed.length === 0,
    message: missed.length === 0 ? "no cell is missing" : `not reached: ${namesOf(missed)}`,
    failing: null,
  };
}
