import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import {
  FAULT_LEVELS,
  WRITE_KINDS,
  type FaultLevel,
} from "../../../host/campaign/coverage/fault-coverage.js";
import {
  coverageCheck,
  coverageTableText,
  judgedCells,
  type CoverageFacts,
} from "../../../host/cli/campaign/coverage-table.js";
import { profile } from "../../../host/sdcard-emulator/characteristics.js";
import { run } from "../captured-terminal.js";

const CUTS: readonly FaultLevel[] = ["F0", "F1", "F2", "F3"];
const FACTS: CoverageFacts = {
  membersChange: true,
  lies: false,
  clears: true,
  cards: [profile("collateral"), profile("tlc-cached")],
  demanded: CUTS,
};

function reportWith(cells: readonly (readonly [FaultLevel, (typeof WRITE_KINDS)[number]])[]): CampaignReport {
  const report = new CampaignReport();
  for (const [level, kind] of cells) report.coverage.note(level, kind);
  return report;
}

describe("the table of faults by kind of write", () => {
  const all = FAULT_LEVELS.flatMap((level) => WRITE_KINDS.map((kind) => [level, kind] as const));

  it("misses each demanded cell that is zero and not impossible, and no other", () => {
    for (const [level, kind] of all) {
      const cells = judgedCells(
        reportWith(all.filter((cell) => cell[0] !== level || cell[1] !== kind)),
        FACTS,
      );
      const missed = cells.filter((cell) => cell.missed).map((cell) => `${cell.level} ${cell.kind}`);
      const isImpossible = level === "F3" && ["mark", "clear", "superblock"].includes(kind);
      expect(missed).toEqual(CUTS.includes(level) && !isImpossible ? [`${level} ${kind}`] : []);
      expect(coverageCheck(cells).passed).toBe(missed.length === 0);
      if (missed.length > 0) {
        expect(coverageTableText(cells)).toContain(`Not reached, and not impossible: ${missed[0]}`);
      }
    }
  });

  it("has a written reason for every cell that is called impossible", () => {
    const facts = { ...FACTS, membersChange: false, clears: false, cards: [profile("slc")] };
    const cells = judgedCells(new CampaignReport(), facts);
    const impossible = cells.filter((cell) => cell.impossible !== null);
    expect(impossible.length).toBeGreaterThan(20);
    for (const { impossible: reason } of impossible) expect(reason!.length).toBeGreaterThan(15);
    expect(cells.find(({ level, kind }) => level === "F0" && kind === "data")!.impossible).toBeNull();
  });

  it("is filled by a campaign of members and by one of lies, and printed", async () => {
    interface Covered {
      coverage: { level: string; kind: string; hits: number }[];
    }
    const members = await run(["torture", "--members", "--scale", "0.2", "--json"]);
    const hits = (level: string, kind: string, { coverage }: Covered): number =>
      coverage.find((cell) => cell.level === level && cell.kind === kind)!.hits;
    const found = JSON.parse(members.out) as Covered;
    for (const kind of ["data", "mark", "clear", "superblock", "rebuild"]) {
      expect(hits("F1", kind, found)).toBeGreaterThan(0);
    }
    expect(hits("F3", "data", found)).toBeGreaterThan(0);
    expect(hits("F5", "data", found)).toBeGreaterThan(0);
    expect(hits("F4", "data", found)).toBe(0);
    const lies = await run([
      "torture",
      "--dishonest",
      "--profile",
      "rollback",
      "--scale",
      "0.05",
      "--no-cases",
    ]);
    expect(lies.out).toMatch(/^LEVEL +DATA +MARK +CLEAR +SUPERBLOCK +RESYNC +REBUILD$/m);
    expect(lies.out).toMatch(/^F4 +[1-9]/m);
  });
});
