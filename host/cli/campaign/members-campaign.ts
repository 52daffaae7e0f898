import { replayCommandLine } from "../../campaign/case/replay-command-line.js";
import { CampaignReport } from "../../campaign/campaign-report.js";
import { MEMBER_PROFILES, SINGLE_PROFILES } from "../../campaign/member-campaign.js";
import type { FirstFailure, UnitResult } from "../../campaign/units/work-unit.js";
import { TransitionHits, type CellHits } from "../../campaign/world/transition-hits.js";
import { DriverModule } from "../../mirror/driver-module.js";
import { memberStateName } from "../../mirror/member-names.js";
import { regionStateName } from "../../mirror/region-names.js";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "../exit-codes.js";
import { profile as characteristicsOf } from "../../sdcard-emulator/characteristics.js";
import { readDriverFile } from "../driver-file.js";
import {
  coverageCheck,
  coverageTableText,
  judgedCells,
  type CoverageFacts,
  type JudgedCell,
} from "./coverage-table.js";
import { grouped, outcomesText } from "../number-text.js";
import { RECORD_SCHEMES } from "../policy-rows.js";
import { styledCell } from "../style.js";
import { textTable } from "../text-table.js";
import { promisesOf, type TortureOptions } from "../torture-options.js";
import { brokenText, exitCodeOf, gravest } from "../verdict.js";
import type { CampaignCheck } from "./campaign-check.js";
import type { CampaignPlan, CampaignRun, PlannedUnit } from "./campaign-plan.js";
import { runMoreHistories, type MoreHistories } from "./more-histories.js";
import { shrinkFirsts } from "./shrink-firsts.js";
import { unitsJson, unitsText } from "./units-run.js";
import { worldRanges } from "./world-ranges.js";

/** Worlds of each class of cards at scale 1, and of one unit: a multiple of 3, as every third world has spare cards. */
const WORLDS = 60;

/** What became of one class of cards. */
interface MembersRow {
  readonly profile: string;
  readonly worlds: number;
  readonly report: CampaignReport;
  readonly first: FirstFailure | null;
}

/** What a campaign came to, and what it had to reach. */
interface Tables {
  readonly rows: readonly MembersRow[];
  readonly cells: readonly CellHits[];
  readonly total: CampaignReport;
  readonly missed: readonly CellHits[];
  readonly faults: readonly JudgedCell[];
}

/** Cells that had to be reached, and were not. */
function missingOf({ missed, faults }: Tables): number {
  return missed.length + faults.filter((cell) => cell.missed).length;
}

/** `syncgate torture --members`: histories in which cards come and go. */
export function membersCampaign(options: TortureOptions): CampaignPlan {
  const all = options.scheme === "single" ? SINGLE_PROFILES : MEMBER_PROFILES;
  const profiles = options.profiles === undefined ? all : [options.profiles[0]];
  const worlds = Math.max(1, Math.round(WORLDS * options.scale));
  const ranges = worldRanges(options.seed, worlds, WORLDS);
  const scheduled = options.schedule === undefined ? {} : { schedule: options.schedule };
  const like = { scheme: RECORD_SCHEMES[options.scheme], ...scheduled, ...promisesOf(options) };
  const units: PlannedUnit[] = profiles.flatMap((name) =>
    ranges.map((range) => ({
      title: `${name}, ${range.worlds} worlds`,
      unit: { kind: "members", profile: name, ...range, ...like },
    })),
  );
  const plan: CampaignPlan = {
    units,
    conclude: async (run, pool, terminal) => {
      const driver = new DriverModule(readDriverFile(options.driver)).exports;
      const tables = (more: readonly MoreHistories[], ended = run.ended): Tables => {
        const rows = profiles.flatMap((name, at) => {
          const done = ranges.flatMap(({ worlds: of }, i) => {
            const result = run.results[at * ranges.length + i]!;
            return result === null ? [] : [{ result, worlds: of }];
          });
          done.push(...more.filter((one) => one.profile === name));
          return done.length === 0 ? [] : [rowOf(name, done)];
        });
        const hits = new TransitionHits();
        for (const result of [...run.results, ...more.map((one) => one.result)]) {
          if (result !== null) hits.add(TransitionHits.from(result.hits!));
        }
        const cells = hits.cells(driver);
        const total = new CampaignReport();
        for (const { report } of rows) total.add(report);
        const missed = missedCells(options, ended, cells);
        const faults = judgedCells(total, factsOf(options, profiles, ended));
        return { rows, cells, total, missed, faults };
      };
      const { more, leftOut } = await runMoreHistories(
        {
          profiles,
          like,
          firstSeed: ranges.at(-1)!.firstSeed + ranges.at(-1)!.worlds,
          missing: (sofar) => missingOf(tables(sofar)),
          isOver: run.isOver,
        },
        pool,
        terminal,
      );
      // What the budget left out is demanded no more than a unit that it left out.
      const found = leftOut > 0 ? tables(more, "budget") : tables(more);
      const { rows, cells, total, missed, faults } = found;
      const ids = await shrinkFirsts(rows, pool, terminal, options.promises);
      const hasMissed = missingOf(found) > 0;
      const exitCode = exitCodeOfRun(run, terminal.interrupted.aborted, total, hasMissed);
      return {
        exitCode,
        text: (colour) =>
          `${asText(options, colour, rows, total, cells, ids)}\n${coverageTableText(faults)}${moreText(more, leftOut)}${unitsText(run)}`,
        json: {
          version: 1,
          campaign: "members",
          exitCode,
          ...asJson(rows, cells),
          cellsLeftOut: leftOut,
          coverage: faults,
          units: unitsJson(plan, run),
        },
        checks: [
          ...rows.map((row, at) => checkOf(row, ids[at]!, options.driver)),
          cellsCheck(missed),
          coverageCheck(faults),
        ],
      };
    },
  };
  return plan;
}

function rowOf(name: string, done: readonly { result: UnitResult; worlds: number }[]): MembersRow {
  const report = new CampaignReport();
  for (const { result } of done) report.add(CampaignReport.from(result.report));
  return {
    profile: name,
    worlds: done.reduce((sum, { worlds }) => sum + worlds, 0),
    report,
    first: done.map(({ result }) => result.first ?? null).find((first) => first !== null) ?? null,
  };
}

/** One class of cards, or a few worlds, need not come through every cell; nor do histories without discards. */
function missedCells(
  { profiles, scale, scheme, schedule }: TortureOptions,
  ended: CampaignRun["ended"],
  cells: readonly CellHits[],
): CellHits[] {
  const isWhole =
    profiles === undefined &&
    scale >= 1 &&
    scheme === "serial" &&
    schedule === undefined &&
    ended === "complete";
  return isWhole ? cells.filter((cell) => cell.hits === 0) : [];
}

/** From this scale on also faults that cards meet seldom must be met by every kind of write. */
const SELDOM_SCALE = 10;

function factsOf(
  { profiles: asked, scale, scheme, schedule }: TortureOptions,
  profiles: readonly string[],
  ended: CampaignRun["ended"],
): CoverageFacts {
  const isWhole =
    asked === undefined &&
    scale >= 1 &&
    scheme === "serial" &&
    schedule === undefined &&
    ended === "complete";
  const demanded = isWhole ? (["F0", "F1", "F2", "F3"] as const) : [];
  return {
    membersChange: true,
    lies: false,
    clears: true,
    cards: profiles.map(characteristicsOf),
    demanded: isWhole && scale >= SELDOM_SCALE ? [...demanded, "F5", "F6"] : demanded,
  };
}

function exitCodeOfRun(
  { ended }: CampaignRun,
  isInterrupted: boolean,
  total: CampaignReport,
  hasMissed: boolean,
): number {
  if (ended === "interrupted" || isInterrupted) return EXIT_INTERRUPTED;
  return gravest([exitCodeOf(total, true), hasMissed ? EXIT_VACUOUS : EXIT_HELD]);
}

function checkOf(
  { profile, report }: MembersRow,
  id: string | null,
  driver: string | undefined,
): CampaignCheck {
  return {
    group: "members",
    name: profile,
    passed: report.brokenTotal === 0,
    message: report.brokenTotal === 0 ? "every promise held" : `broken: ${brokenText(report)}`,
    failing:
      id === null
        ? null
        : { id, story: report.violations[0]?.text ?? "", replay: replayCommandLine(id, { driver }) },
  };
}

function cellsCheck(missed: readonly CellHits[]): CampaignCheck {
  const names = missed.map((cell) => `${cell.table} ${stateName(cell)}, event ${cell.event}`);
  return {
    group: "members",
    name: "every cell of both tables is reached",
    passed: missed.length === 0,
    message: missed.length === 0 ? "all that can be" : `not reached: ${names.join("; ")}`,
    failing: null,
  };
}

function asText(
  { scheme, driver }: TortureOptions,
  colour: boolean,
  results: readonly MembersRow[],
  total: CampaignReport,
  cells: readonly CellHits[],
  ids: readonly (string | null)[],
): string {
  const right = true;
  const table = textTable(
    [
      { title: "CARDS" },
      { title: "WORLDS", right },
      { title: "BOOTS", right },
      { title: "LOST", right },
      { title: "CUTS", right },
      { title: "OUTCOMES" },
      { title: "DISTINCT", right },
      { title: "ALONE", right },
      { title: "BROKEN" },
      { title: "RESULT" },
    ],
    results.map(({ profile, worlds, report }) => [
      profile,
      grouped(worlds),
      grouped(report.boots),
      grouped(report.membersLost),
      grouped(report.cuts),
      outcomesText(report),
      grouped(report.distinct),
      grouped(report.loneRecoveries),
      brokenText(report),
      report.brokenTotal > 0 ? styledCell("UNSAFE", "bad", colour) : styledCell("safe", "good", colour),
    ]),
  );
  const transitions = textTable(
    [{ title: "TABLE" }, { title: "STATE" }, { title: "EVENT", right }, { title: "HITS", right }],
    cells.map((cell) => [cell.table, stateName(cell), `${cell.event}`, grouped(cell.hits)]),
  );
  const leftOut =
    scheme === "single"
      ? "Left out: discards in histories in which a member may be rebuilt (a known fault of `single`, DESIGN.md section 9).\n"
      : "";
  const work = `At most ${total.submitsPerCallMax} commands and ${grouped(total.bytesPerCallMax)} bytes in one call of the driver.\n`;
  const told = results.flatMap(({ first }, at) => {
    const id = ids[at] ?? null;
    if (first === null || id === null) return [];
    const replay = replayCommandLine(id, { driver });
    return [`${first.violation.promises.join(" ")}: ${first.violation.text}\n  ${replay}\n`];
  });
  return `${table}\n${transitions}\n${work}${leftOut}${told.join("")}`;
}

function moreText(more: readonly MoreHistories[], leftOut: number): string {
  const worlds = more.reduce((sum, one) => sum + one.worlds, 0);
  const added =
    worlds === 0
      ? ""
      : `Of the worlds ${grouped(worlds)}, of all classes together, were added for cells that the others had not reached.\n`;
  const cells = leftOut === 1 ? "1 cell" : `${leftOut} cells`;
  return leftOut === 0
    ? added
    : `${added}The time budget was used up: ${cells} not reached, for which no further histories were run.\n`;
}

function stateName({ table, state }: CellHits): string {
  return table === "region" ? regionStateName(state) : memberStateName(state);
}

function asJson(results: readonly MembersRow[], cells: readonly CellHits[]): Record<string, unknown> {
  return {
    classes: results.map(({ profile, worlds, report }) => ({
      profile,
      worlds,
      boots: report.boots,
      membersLost: report.membersLost,
      cuts: report.cuts,
      pairs: report.pairs,
      distinct: report.distinct,
      loneRecoveries: report.loneRecoveries,
      broken: report.broken,
      submitsPerCallMax: report.submitsPerCallMax,
      bytesPerCallMax: report.bytesPerCallMax,
    })),
    transitions: cells,
  };
}
