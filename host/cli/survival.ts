import type { OutcomeCounts } from "../dut/dut-report.js";
import type { CampaignRun } from "./campaign/campaign-plan.js";
import { EXIT_BROKEN, EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "./exit-codes.js";
import { outcomesText } from "./number-text.js";
import { styled } from "./style.js";

/** What is known of a device or firmware after a campaign on it. */
interface Survival {
  /** States that it did not survive. */
  readonly failing: number;
  readonly interrupted: boolean;
}

/** @param ended of the campaign @param isVacuous what was done proves nothing */
export function exitCodeOfSurvival(failing: number, ended: CampaignRun["ended"], isVacuous: boolean): number {
  if (failing > 0) return EXIT_BROKEN;
  if (ended === "interrupted") return EXIT_INTERRUPTED;
  return isVacuous ? EXIT_VACUOUS : EXIT_HELD;
}

/** The last line for a person. @param vacuous why what was done proves nothing, or null */
export function survivalText(
  { failing, interrupted }: Survival,
  vacuous: string | null,
  colour: boolean,
): string {
  if (failing > 0) return styled("It does not survive.", "bad", colour);
  if (interrupted || vacuous !== null) return styled("Nothing is known.", "doubtful", colour);
  return styled("It survived.", "good", colour);
}

/** @param partly whether not all states that they left were judged */
export function outcomeCountsText(
  { outcomesTried, outcomesPossible, boundedCuts }: OutcomeCounts,
  partly = false,
): string {
  const bounded = partly ? boundedCuts + 1 : boundedCuts;
  return outcomesText({ pairs: outcomesTried, possible: outcomesPossible, bounded });
}
