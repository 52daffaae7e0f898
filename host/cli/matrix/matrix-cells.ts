import { CampaignReport } from "../../campaign/campaign-report.js";
import type { UncutRun } from "../../campaign/matrix/uncut-run.js";
import type { MatrixUnit, UnitResult } from "../../campaign/units/work-unit.js";
import { becomesClean } from "../../campaign/world/policy-choice.js";
import type { PlannedUnit } from "../campaign/campaign-plan.js";
import { partsOf, PARTS_STRIDE } from "../campaign/policy-units.js";
import { EXIT_HELD, EXIT_VACUOUS } from "../exit-codes.js";
import type { PolicyRow } from "../policy-rows.js";
import { exitCodeOf, gravest, verdictOf, type Verdict } from "../verdict.js";
import type { MatrixOptions } from "./matrix-options.js";
import { mustBeCaught } from "./matrix-policies.js";
import type { MatrixProfile } from "./matrix-profiles.js";

/** A cell as it came out. */
export interface JudgedCell {
  readonly policy: PolicyRow;
  readonly profile: MatrixProfile;
  readonly report: CampaignReport;
  /** One for each part of the cell. */
  readonly uncut: readonly UncutRun[];
  readonly verdict: Verdict;
  /** Why it judged too little; empty if it did not. */
  readonly tooLittle: readonly string[];
  readonly exitCode: number;
}

/** Moments at which a cell is cut, at scale 1. */
export const CUTS = 250;
/** A cell of which less of the moments were cut has judged too little. */
const CUTS_MIN_SHARE = 0.5;

/** The cells, policy by policy, class by class, each in parts. */
export function matrixUnits(options: MatrixOptions): PlannedUnit[] {
  const { policies, profiles, workload, seed, scale } = options;
  return policies.flatMap((row) =>
    profiles.flatMap(({ name, card }) =>
      partsOf(scale).map((share, part): PlannedUnit => {
        const { policy, settings } = row;
        const unit: MatrixUnit = {
          kind: "matrix",
          policy,
          ...(settings === undefined ? {} : { settings }),
          workload,
          classes: [card, card],
          seed: seed * PARTS_STRIDE + part,
          budget: Math.max(1, Math.round(CUTS * share)),
        };
        return { title: `${row.title} on ${name}`, unit };
      }),
    ),
  );
}

/** The cells that the units of `matrixUnits` came to; a cell of which a part is missing is left out. */
export function judgedCells(
  { policies, profiles, scale }: MatrixOptions,
  results: readonly (UnitResult | null)[],
): JudgedCell[] {
  const parts = partsOf(scale).length;
  const cuts = Math.round(CUTS * scale);
  return policies.flatMap((policy, row) =>
    profiles.flatMap((profile, column) => {
      const at = (row * profiles.length + column) * parts;
      const own = results.slice(at, at + parts);
      const done = own.filter((result) => result !== null);
      return done.length === parts ? [judgedCell(policy, profile, done, cuts)] : [];
    }),
  );
}

function judgedCell(
  policy: PolicyRow,
  profile: MatrixProfile,
  done: readonly UnitResult[],
  cutsAsked: number,
): JudgedCell {
  const report = new CampaignReport();
  for (const result of done) report.add(CampaignReport.from(result.report));
  const uncut = done.map((result) => result.uncut!);
  const clears = becomesClean(policy.policy);
  const tooLittle = report.vacuous(clears);
  if (report.cuts < cutsAsked * CUTS_MIN_SHARE) tooLittle.push(`${report.cuts} cuts of ${cutsAsked}`);
  if (uncut.some(({ writes }) => writes === 0)) tooLittle.push("no write was timed");
  return {
    policy,
    profile,
    report,
    uncut,
    verdict: verdictOf(report, clears),
    tooLittle,
    exitCode: codeOf(policy, profile, report, tooLittle),
  };
}

/** What theory says breaks, or lies, is in the matrix to be measured: only what must hold can fail it. */
function codeOf(
  { holds, policy }: PolicyRow,
  { lies }: MatrixProfile,
  report: CampaignReport,
  tooLittle: readonly string[],
): number {
  const code = holds && !lies ? exitCodeOf(report, becomesClean(policy)) : EXIT_HELD;
  return code === EXIT_HELD && tooLittle.length > 0 ? EXIT_VACUOUS : code;
}

/** Unsafe policies that were caught on no class of card, though this workload must catch them. */
export function uncaught(cells: readonly JudgedCell[]): PolicyRow[] {
  const rows = [...new Set(cells.map(({ policy }) => policy))].filter(mustBeCaught);
  return rows.filter((row) =>
    cells.every(({ policy, report }) => policy !== row || report.brokenTotal === 0),
  );
}

/** @param whole whether every policy met every class: then what is unsafe must have been caught */
export function matrixExitCode(cells: readonly JudgedCell[], whole: boolean): number {
  if (cells.length === 0) return EXIT_VACUOUS;
  const code = gravest(cells.map(({ exitCode }) => exitCode));
  return code === EXIT_HELD && whole && uncaught(cells).length > 0 ? EXIT_VACUOUS : code;
}
