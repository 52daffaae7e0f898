import { replayCommandLine } from "../../campaign/case/replay-command-line.js";
import { CampaignReport } from "../../campaign/campaign-report.js";
import { DISHONEST_CLASSES, VIOLATIONS_MAX, type DishonestClass } from "../../campaign/dishonest-campaign.js";
import { PROMISES } from "../../campaign/oracle/violation.js";
import type { FirstFailure, UnitResult } from "../../campaign/units/work-unit.js";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_TRAPPED, EXIT_VACUOUS } from "../exit-codes.js";
import { profile as characteristicsOf } from "../../sdcard-emulator/characteristics.js";
import { coverageTableText, judgedCells } from "./coverage-table.js";
import { grouped, outcomesText } from "../number-text.js";
import { textTable } from "../text-table.js";
import { promisesOf, type TortureOptions } from "../torture-options.js";
import { brokenText, exitCodeOf, gravest } from "../verdict.js";
import type { CampaignCheck } from "./campaign-check.js";
import type { CampaignPlan, PlannedUnit } from "./campaign-plan.js";
import { shrinkFirsts } from "./shrink-firsts.js";
import { unitsJson, unitsText } from "./units-run.js";
import { worldRanges } from "./world-ranges.js";

/** Worlds of each row at scale 1, and of one unit: enough for the rarest lie, a misdirected write, to be met some times. */
const WORLDS = 40;

/** What became of one pair of cards, and the smallest case of what it broke first. */
interface DishonestRow {
  readonly profiles: readonly [string, string];
  readonly worlds: number;
  readonly worldsBroken: number;
  readonly report: CampaignReport;
  readonly first: FirstFailure | null;
  readonly isHonest: boolean;
}
interface ToldRow extends DishonestRow {
  readonly caseId: string | null;
  /** The command that shows the case again; "" without one. */
  readonly replay: string;
}

/**
 * `syncgate torture --dishonest`: counts what cards of the fault level F4 break, and runs honest ones of the same classes
 * beside them, which must break nothing.
 */
export function dishonestCampaign(options: TortureOptions): CampaignPlan {
  const asked = options.profiles?.[0];
  const classes = DISHONEST_CLASSES.filter((known) => asked === undefined || known.profile === asked);
  const pairs = pairsOf(classes);
  const cards = pairs.flat().map(characteristicsOf);
  const ranges = worldRanges(options.seed, Math.max(1, Math.round(WORLDS * options.scale)), WORLDS);
  const scheduled = options.schedule === undefined ? {} : { schedule: options.schedule };
  const units: PlannedUnit[] = pairs.flatMap((profiles) =>
    ranges.map((range) => ({
      title: `${profiles.join(", ")}: ${range.worlds} worlds`,
      unit: { kind: "dishonest", profiles, ...range, ...scheduled, ...promisesOf(options) },
    })),
  );
  const plan: CampaignPlan = {
    units,
    conclude: async (run, pool, terminal) => {
      const found = pairs.flatMap((profiles, at) => {
        const done = ranges.flatMap(({ worlds }, i) => {
          const result = run.results[at * ranges.length + i]!;
          return result === null ? [] : [{ result, worlds }];
        });
        return done.length === 0 ? [] : [rowOf(profiles, done)];
      });
      const ids = options.cases
        ? await shrinkFirsts(found, pool, terminal, options.promises)
        : found.map(() => null);
      const rows = found.map((row, at) => {
        const caseId = ids[at]!;
        const replay = caseId === null ? "" : replayCommandLine(caseId, { driver: options.driver });
        return { ...row, caseId, replay };
      });
      const interrupted = run.ended === "interrupted" || terminal.interrupted.aborted;
      const exitCode = interrupted ? EXIT_INTERRUPTED : gravest(rows.map(exitCodeOfRow));
      const total = new CampaignReport();
      for (const { report } of rows) total.add(report);
      const faults = judgedCells(total, {
        membersChange: true,
        lies: true,
        clears: true,
        cards,
        demanded: [],
      });
      return {
        exitCode,
        text: () => `${asText(classes, rows)}\n${coverageTableText(faults)}${unitsText(run)}`,
        json: { ...asJson(exitCode, rows), coverage: faults, units: unitsJson(plan, run) },
        checks: rows.map(checkOf),
      };
    },
  };
  return plan;
}

/** Honest cards first, as the measure of the others; then two of each class, then one beside an honest card. */
function pairsOf(classes: readonly DishonestClass[]): (readonly [string, string])[] {
  const honest = [...new Set(classes.map((known) => known.honest))];
  return [
    ...honest.map((name) => [name, name] as const),
    ...classes.flatMap(({ profile, honest: partner }) => [
      [profile, profile] as const,
      [profile, partner] as const,
    ]),
  ];
}

function rowOf(
  profiles: readonly [string, string],
  done: readonly { result: UnitResult; worlds: number }[],
): DishonestRow {
  const report = new CampaignReport();
  for (const { result } of done) report.add(CampaignReport.from(result.report));
  return {
    profiles,
    worlds: done.reduce((sum, { worlds }) => sum + worlds, 0),
    worldsBroken: done.reduce((sum, { result }) => sum + result.worldsBroken!, 0),
    report,
    first: done.map(({ result }) => result.first ?? null).find((first) => first !== null) ?? null,
    isHonest: isHonest(profiles),
  };
}

function isHonest(profiles: readonly [string, string]): boolean {
  return !DISHONEST_CLASSES.some(({ profile }) => profiles.includes(profile));
}

/**
 * What lying cards break is what was asked for, and no failure; that nothing lied is one. An honest row must hold, and
 * the driver must never stop itself, whatever cards say.
 */
function exitCodeOfRow({ isHonest: holds, report }: DishonestRow): number {
  if (holds) return exitCodeOf(report, true);
  if (report.broken.trap > 0) return EXIT_TRAPPED;
  return report.lies === 0 ? EXIT_VACUOUS : EXIT_HELD;
}

function checkOf(row: ToldRow): CampaignCheck {
  const { profiles, report, caseId, replay, first } = row;
  return {
    group: "dishonest",
    name: profiles.join(", "),
    passed: exitCodeOfRow(row) === EXIT_HELD,
    message: `${report.lies} lies, broken: ${brokenText(report)}`,
    failing: caseId === null ? null : { id: caseId, story: first?.violation.text ?? "", replay },
  };
}

function asText(classes: readonly DishonestClass[], rows: readonly ToldRow[]): string {
  const right = true;
  const table = textTable(
    [
      { title: "CLASS" },
      { title: "OTHER CARD" },
      { title: "WORLDS", right },
      { title: "CUTS", right },
      { title: "OUTCOMES" },
      { title: "LIES", right },
      { title: "WORLDS BROKEN", right },
      { title: "BROKEN" },
    ],
    rows.map(({ profiles: [a, b], worlds, worldsBroken, report }) => [
      a,
      b === a ? "the same" : b,
      grouped(worlds),
      grouped(report.cuts),
      outcomesText(report),
      grouped(report.lies),
      grouped(worldsBroken),
      brokenText(report),
    ]),
  );
  const lies = classes.map(({ profile, lie }) => `  ${profile.padEnd(15)}${lie}\n`).join("");
  const notes = rows.flatMap((row) => notesOf(row));
  return `${table}
No driver can win on a card that lies (fault level F4): broken promises are counted here and are no failure of the run.
The honest rows come first and must break nothing. A world ends after ${VIOLATIONS_MAX} violations. What the classes do:
${lies}${notes.length > 0 ? `\n${notes.join("")}` : ""}`;
}

function notesOf({ profiles, isHonest: holds, report, first, replay }: ToldRow): string[] {
  const name = profiles.join(", ");
  if (!holds && report.lies === 0) return [`${name} proves nothing: no card lied\n`];
  const vacuous = holds && report.brokenTotal === 0 ? report.vacuous(true) : [];
  if (vacuous.length > 0) return [`${name} proves nothing: ${vacuous.join(", ")}\n`];
  if (first === null) return [];
  const again = replay === "" ? "" : `  ${replay}\n`;
  return [`${name}: ${first.violation.promises.join(" ")}, ${first.violation.text}\n${again}`];
}

function asJson(exitCode: number, rows: readonly ToldRow[]): Record<string, unknown> {
  return {
    version: 1,
    campaign: "dishonest",
    exitCode,
    rows: rows.map(({ profiles, isHonest: honest, worlds, worldsBroken, report, caseId }) => ({
      profiles,
      honest,
      worlds,
      worldsBroken,
      cuts: report.cuts,
      pairs: report.pairs,
      lies: report.lies,
      membersLost: report.membersLost,
      broken: Object.fromEntries(PROMISES.map((promise) => [promise, report.broken[promise]])),
      case: caseId,
    })),
  };
}
