import { becomesClean } from "../../campaign/world/policy-choice.js";
import { grouped, outcomesText, seconds, volume } from "../number-text.js";
import { styled, styledCell, type Meaning } from "../style.js";
import { textTable, type Cell, type Column } from "../text-table.js";
import type { Verdict } from "../verdict.js";
import { uncaught, type JudgedCell } from "./matrix-cells.js";
import { cellFigures } from "./matrix-figures.js";

const MEANINGS: Readonly<Record<Verdict, Meaning>> = { safe: "good", UNSAFE: "bad", vacuous: "doubtful" };

const COLUMNS: readonly Column[] = [
  { title: "POLICY" },
  { title: "BROKEN/M", right: true },
  { title: "CUTS", right: true },
  { title: "OUTCOMES" },
  { title: "META/1k", right: true },
  { title: "p50 ms", right: true },
  { title: "p99 ms", right: true },
  { title: "MAX ms", right: true },
  { title: "STALLS", right: true },
  { title: "RESYNC p50", right: true },
  { title: "MAX", right: true },
  { title: "RESULT" },
];

const NOTES = `\
BROKEN/M    cuts after which some outcome broke a promise, per million cuts: what was measured on CUTS, scaled up. With
            0 of n cuts broken, a rate above 3 / n would have shown in 19 of 20 runs
OUTCOMES    what the cuts may leave on the two cards: recovered and judged, of all; bounded: a covering set was tried
META/1k     writes of metadata to both cards, per 1000 writes of data; the same workload, not cut
p50 ... MAX from the driver's acceptance of a write to its answer, virtual time; the same workload, not cut
STALLS      times that a thread waited for a page that was being written; the same workload, not cut
RESYNC      copied after a cut: half of the recoveries copy no more than p50, none more than MAX
RESULT      not caught: unsafe, but nothing broke in this cell; (F4): no driver can keep its promises on such cards
`;

/** The matrix for a person: a table for each class of card, and the rates side by side. */
export function matrixText(cells: readonly JudgedCell[], colour: boolean): string {
  const profiles = [...new Set(cells.map(({ profile }) => profile))];
  const parts = profiles.map((profile) => {
    const own = cells.filter((cell) => cell.profile === profile);
    const rows = own.map((cell) => cellRow(cell, colour));
    return `${styled(`Two cards of the class ${profile.name}`, "heading", colour)}\n${textTable(COLUMNS, rows)}`;
  });
  return [...parts, NOTES, ratesText(cells), tooLittleText(cells), againstTheory(cells)]
    .filter((part) => part !== "")
    .join("\n");
}

function cellRow(cell: JudgedCell, colour: boolean): (string | Cell)[] {
  const { policy, report } = cell;
  const { brokenCutsPerMillion, metadataPerThousand, latencyUs, resyncSectors, stalls } = cellFigures(cell);
  return [
    policy.title,
    grouped(brokenCutsPerMillion),
    grouped(report.cuts),
    outcomesText(report),
    grouped(metadataPerThousand),
    ...[latencyUs.p50, latencyUs.p99, latencyUs.max].map(ms),
    grouped(stalls),
    volume(resyncSectors.p50),
    volume(resyncSectors.max),
    resultCell(cell, colour),
  ];
}

function resultCell({ policy, profile, verdict }: JudgedCell, colour: boolean): Cell {
  if (profile.lies) return styledCell(`${verdict} (F4)`, MEANINGS[verdict], colour);
  if (verdict === "safe" && !policy.holds) return styledCell("not caught", "doubtful", colour);
  return styledCell(verdict, MEANINGS[verdict], colour);
}

/** The rates alone, classes of cards as columns; a letter each, or the lines would be too long. */
function ratesText(cells: readonly JudgedCell[]): string {
  const profiles = [...new Set(cells.map(({ profile }) => profile))];
  const policies = [...new Set(cells.map(({ policy }) => policy))];
  const table = textTable(
    [{ title: "BROKEN/M" }, ...profiles.map((_, index) => ({ title: letter(index), right: true }))],
    policies.map((policy) => [
      policy.title,
      ...profiles.map((profile) => {
        const cell = cells.find((candidate) => candidate.policy === policy && candidate.profile === profile);
        return cell === undefined ? "" : grouped(cellFigures(cell).brokenCutsPerMillion);
      }),
    ]),
  );
  const names = profiles.map(({ name }, index) => `${letter(index)} ${name}`).join(", ");
  const cuts = cells.map(({ report }) => report.cuts);
  const [least, most] = [Math.min(...cuts), Math.max(...cuts)].map(grouped);
  return `All classes side by side, of ${least === most ? least : `${least} to ${most}`} cuts each:\n${table}${names}\n`;
}

function tooLittleText(cells: readonly JudgedCell[]): string {
  return cells
    .filter(({ tooLittle }) => tooLittle.length > 0)
    .map(
      ({ policy, profile, tooLittle }) =>
        `${policy.title} on ${profile.name} judged too little: ${tooLittle.join(", ")}\n`,
    )
    .join("");
}

function againstTheory(cells: readonly JudgedCell[]): string {
  const broken = cells.filter(({ policy, profile, verdict }) => {
    return policy.holds && !profile.lies && verdict === "UNSAFE";
  });
  const lines = broken.map(
    ({ policy, profile, report }) =>
      `${policy.title} must hold on ${profile.name}, and broke: ${report.violations[0]?.text ?? ""}\n`,
  );
  for (const policy of uncaught(cells)) lines.push(`${policy.title} is unsafe, and was not caught here.\n`);
  for (const policy of new Set(cells.map((cell) => cell.policy))) {
    const isLucky = !policy.holds && cells.every((cell) => cell.policy !== policy || cell.verdict === "safe");
    if (isLucky && !uncaught(cells).includes(policy)) {
      lines.push(
        `${policy.title} waits longer than write-back lags in this workload, so nothing broke; nothing keeps write-back from lagging longer.\n`,
      );
    }
  }
  return lines.join("");
}

/** The last line: the only one that differs between two runs. */
export function matrixEnd(
  { cells, units }: { readonly cells: number; readonly units: number },
  seed: number,
  scale: number,
  elapsedMs: number,
): string {
  return `${grouped(cells)} cells of ${grouped(units)} (seed ${seed}, scale ${scale}, ${seconds(elapsedMs)}).\n`;
}

/** A result for a program; two runs with one seed print the same. */
export function cellJson(cell: JudgedCell): Record<string, unknown> {
  const { policy, profile, report, uncut, verdict, tooLittle, exitCode } = cell;
  const { cuts, brokenCuts, pairs, brokenPairs, possible, bounded, distinct, broken } = report;
  return {
    policy: policy.name,
    profile: profile.name,
    expected: policy.holds && !profile.lies ? "safe" : "may break",
    result: verdict,
    clears: becomesClean(policy.policy),
    tooLittle,
    exitCode,
    cuts,
    brokenCuts,
    outcomes: { judged: pairs, broken: brokenPairs, possible, boundedCuts: bounded, distinct },
    broken,
    ...cellFigures(cell),
    uncutLengthUs: uncut.map(({ lengthUs }) => lengthUs),
  };
}

function ms(us: number): string {
  return (us / 1000).toFixed(1);
}

/** Of a column: A, B, ... */
function letter(index: number): string {
  return String.fromCodePoint(65 + index);
}
