import { BUGS_PER_PROMISE, CHECKED_ALONE, weakChecks } from "../campaign/bugs/alone-table.js";
import type { TrialResult } from "../campaign/bugs/bug-trial.js";
import { HIDDEN_BUGS } from "../campaign/bugs/hidden-bugs.js";
import type { SeededBug } from "../campaign/bugs/seeded-bug.js";
import { SEEDED_BUGS } from "../campaign/bugs/seeded-bugs.js";
import { isSmall, SIZE_GOAL } from "../campaign/case/case-size.js";
import { grouped, outcomesText, seconds } from "./number-text.js";
import { styledCell } from "./style.js";
import { textTable, type Cell } from "./text-table.js";

/** The hunts of bugs with the check that each one's entry names, a line for each. */
export function bugsText(
  entries: readonly SeededBug[],
  results: readonly TrialResult[],
  elapsedMs: number,
  { colour }: { colour: boolean },
): string {
  const killed = results.filter(({ world }) => world !== null).length;
  const shrinks = results.some(({ shrunk }) => shrunk !== null);
  const table = textTable(
    [
      { title: "SEEDED BUG" },
      { title: "CHECK" },
      { title: "PROFILE" },
      { title: "WORLD", right: true },
      { title: "TRIED", right: true },
      { title: "OUTCOMES" },
      { title: "DISTINCT", right: true },
      ...(shrinks
        ? [
            { title: "OPERATIONS", right: true },
            { title: "CUTS", right: true },
          ]
        : []),
      { title: "RESULT" },
      { title: "MISTAKE" },
    ],
    results.map((result) => {
      const { profile, mistake } = entries.find(({ name }) => name === result.bug)!;
      const size = [result.shrunk?.operations ?? "-", result.shrunk?.cuts ?? "-"].map(String);
      return [
        result.bug,
        result.promise,
        profile,
        worldText(result),
        grouped(result.worlds),
        outcomesText(result),
        grouped(result.distinct),
        ...(shrinks ? size : []),
        resultCell(result, colour),
        mistake,
      ];
    }),
  );
  const hidden = textTable(
    [{ title: "NOT TRIED" }, { title: "SHOWN" }, { title: "WHY NO CAMPAIGN SHOWS IT" }],
    HIDDEN_BUGS.map(({ name, verdict, reason }) => [name, verdict, reason]),
  );
  const summary = `Killed ${killed} of ${results.length} that must be. Each check was alone; ${seconds(elapsedMs)}.`;
  return `${table}\n${summary}\n${shrinks ? sizesText(results) : ""}\n${hidden}`;
}

/** The check of each promise against each bug: the world in which it catches it alone. */
export function aloneText(
  entries: readonly SeededBug[],
  results: readonly TrialResult[],
  colour: boolean,
): string {
  const table = textTable(
    [{ title: "SEEDED BUG" }, ...CHECKED_ALONE.map((title) => ({ title, right: true }))],
    [
      ...entries.map(({ name, check }) => [
        name,
        ...CHECKED_ALONE.map((promise): string | Cell => {
          const result = results.find((each) => each.bug === name && each.promise === promise);
          if (result === undefined) return "?";
          if (result.world !== null) return String(result.world);
          return promise === check ? styledCell("ALIVE", "bad", colour) : "-";
        }),
      ]),
      ["caught", ...CHECKED_ALONE.map((promise) => String(caught(results, promise)))],
    ],
  );
  const weak = weakChecks(results);
  const isWhole = entries.length === SEEDED_BUGS.length;
  const verdict =
    weak.length === 0
      ? `Each check catches ${BUGS_PER_PROMISE} or more bugs alone.\n`
      : `Fewer than ${BUGS_PER_PROMISE} bugs are caught alone by the check of ${weak.join(", ")}.\n`;
  return `${table}\nSeed of a world in which the check of the promise catches the bug with all other checks off; -: in none tried.\n${isWhole ? verdict : ""}`;
}

function caught(results: readonly TrialResult[], promise: string): number {
  return results.filter((result) => result.promise === promise && result.world !== null).length;
}

function sizesText(results: readonly TrialResult[]): string {
  const cases = results.flatMap(({ shrunk }) => (shrunk === null ? [] : [shrunk]));
  const small = cases.filter(isSmall).length;
  return `Shrunk to ${SIZE_GOAL.operations} operations and ${SIZE_GOAL.cuts} cuts at most: ${small} of ${cases.length}.\n`;
}

function worldText({ world }: TrialResult): string {
  return world === null ? "-" : String(world);
}

function resultCell({ world }: TrialResult, colour: boolean): Cell {
  return world === null ? styledCell("ALIVE", "bad", colour) : styledCell("killed", "good", colour);
}

export function bugsJson(entries: readonly SeededBug[], results: readonly TrialResult[]): string {
  const bugs = results.map(({ bug, promise, world, text, worlds, cuts, pairs, distinct, shrunk }) => {
    const { mistake, profile } = entries.find(({ name }) => name === bug)!;
    const killed = world !== null;
    const hunt = { world, worlds, cuts, pairs, distinct, shrunk };
    return { name: bug, mistake, check: promise, profile, killed, text, ...hunt };
  });
  const notTried = HIDDEN_BUGS.map(({ name, verdict, reason }) => ({ name, verdict, reason }));
  return `${JSON.stringify({ version: 1, bugs, notTried }, null, 2)}\n`;
}

export function aloneJson(entries: readonly SeededBug[], results: readonly TrialResult[]): string {
  const bugs = entries.map(({ name, check }) => {
    const own = results.filter(({ bug }) => bug === name);
    const alone = Object.fromEntries(own.map(({ promise, world }) => [promise, world]));
    return { name, check, alone };
  });
  const caughtAlone = Object.fromEntries(CHECKED_ALONE.map((promise) => [promise, caught(results, promise)]));
  return `${JSON.stringify({ version: 1, bugs, caughtAlone }, null, 2)}\n`;
}
