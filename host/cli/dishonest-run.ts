import { encodeCase } from "../campaign/case/case-id.js";
import { caseOf } from "../campaign/case/failing-case.js";
import { shrinkCase } from "../campaign/case/shrink.js";
import {
  DISHONEST_CLASSES,
  VIOLATIONS_MAX,
  runDishonestCampaign,
  type DishonestCampaignResult,
  type DishonestClass,
} from "../campaign/dishonest-campaign.js";
import { PROMISES } from "../campaign/oracle/violation.js";
import type { CleanArrays } from "../campaign/world/clean-arrays.js";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_TRAPPED, EXIT_VACUOUS } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { breathe, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import { brokenText, exitCodeOf, gravest } from "./verdict.js";

export interface DishonestRunOptions {
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  readonly seed: number;
  /** Multiple of WORLDS for each row. */
  readonly scale: number;
  /** One class of dishonest cards, or all of them. */
  readonly profile: string | undefined;
  /** Whether the first case of each row is shrunk and named. */
  readonly cases: boolean;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** Worlds of each row, at scale 1: enough for the rarest lie, a misdirected write, to be met some times. */
const WORLDS = 40;

/** A row that was run, and the smallest case of what it broke first. */
interface DishonestRow extends DishonestCampaignResult {
  readonly isHonest: boolean;
  readonly caseId: string | null;
}

/**
 * `syncgate torture --dishonest`: counts what cards of the fault level F4 break, and runs honest ones of the same classes
 * beside them, which must break nothing. @returns the exit code
 */
export async function runDishonest(options: DishonestRunOptions): Promise<number> {
  const { terminal, profile } = options;
  const classes = DISHONEST_CLASSES.filter((known) => profile === undefined || known.profile === profile);
  const rows: DishonestRow[] = [];
  for (const profiles of pairsOf(classes)) {
    await breathe();
    if (terminal.interrupted.aborted) break;
    rows.push(runRow(profiles, options));
  }
  terminal.progress("");
  const exitCode = terminal.interrupted.aborted ? EXIT_INTERRUPTED : exitCodeOfRows(rows);
  if (options.json) terminal.print(`${JSON.stringify(asJson(exitCode, rows), null, 2)}\n`);
  else terminal.print(asText(classes, rows));
  return exitCode;
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

function runRow(profiles: readonly [string, string], options: DishonestRunOptions): DishonestRow {
  const { binary, arrays, seed, scale, terminal, cases } = options;
  const worlds = Math.max(1, Math.round(WORLDS * scale));
  const result = runDishonestCampaign({
    binary,
    arrays,
    profiles,
    worlds,
    firstSeed: seed * 100_000 + 1,
    onProgress: (done) => terminal.progress(`${profiles.join(", ")}: ${done}/${worlds} worlds`),
  });
  const { first } = result;
  let caseId: string | null = null;
  if (cases && first !== null) {
    terminal.progress(`${profiles.join(", ")}: shrinking a case`);
    caseId = encodeCase(shrinkCase(binary, caseOf(first.scenario, first.violation)).failing);
  }
  return { ...result, isHonest: isHonest(profiles), caseId };
}

function isHonest(profiles: readonly [string, string]): boolean {
  return !DISHONEST_CLASSES.some(({ profile }) => profiles.includes(profile));
}

/**
 * What lying cards break is what was asked for, and no failure; that nothing lied is one. An honest row must hold, and
 * the driver must never stop itself, whatever cards say.
 */
function exitCodeOfRows(rows: readonly DishonestRow[]): number {
  return gravest(
    rows.map(({ isHonest: holds, report }) => {
      if (holds) return exitCodeOf(report, true);
      if (report.broken.trap > 0) return EXIT_TRAPPED;
      return report.lies === 0 ? EXIT_VACUOUS : EXIT_HELD;
    }),
  );
}

function asText(classes: readonly DishonestClass[], rows: readonly DishonestRow[]): string {
  const right = true;
  const table = textTable(
    [
      { title: "CLASS" },
      { title: "OTHER CARD" },
      { title: "WORLDS", right },
      { title: "CUTS", right },
      { title: "OUTCOMES", right },
      { title: "LIES", right },
      { title: "WORLDS BROKEN", right },
      { title: "BROKEN" },
    ],
    rows.map(({ profiles: [a, b], worlds, worldsBroken, report }) => [
      a,
      b === a ? "the same" : b,
      grouped(worlds),
      grouped(report.cuts),
      grouped(report.pairs),
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

function notesOf({ profiles, isHonest: holds, report, first, caseId }: DishonestRow): string[] {
  const name = profiles.join(", ");
  if (!holds && report.lies === 0) return [`${name} proves nothing: no card lied\n`];
  const vacuous = holds && report.brokenTotal === 0 ? report.vacuous(true) : [];
  if (vacuous.length > 0) return [`${name} proves nothing: ${vacuous.join(", ")}\n`];
  if (first === null) return [];
  const replay = caseId === null ? "" : `  npx syncgate replay ${caseId}\n`;
  return [`${name}: ${first.violation.promises.join(" ")}, ${first.violation.text}\n${replay}`];
}

function asJson(exitCode: number, rows: readonly DishonestRow[]): Record<string, unknown> {
  return {
    version: 1,
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
