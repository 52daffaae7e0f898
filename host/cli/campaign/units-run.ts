import type { CampaignPlan, CampaignRun } from "./campaign-plan.js";

/** Which units were run: a program, or a person who set a budget, should know. */
export function unitsJson<Result>(
  { units }: CampaignPlan<Result>,
  { results, ended }: CampaignRun<Result>,
): Record<string, unknown> {
  const notRun = units.flatMap(({ title }, index) => (results[index] === null ? [{ index, title }] : []));
  return { total: units.length, done: units.length - notRun.length, ended, notRun };
}

/** "" for a whole campaign, else how much of it was run, a line. */
export function unitsText<Result>({ results, ended }: CampaignRun<Result>): string {
  const done = results.filter((result) => result !== null).length;
  if (done === results.length) return "";
  const why = ended === "budget" ? "The time budget was used up" : "Interrupted";
  const share = ((100 * done) / results.length).toFixed(1);
  return `${why}: what had begun was finished, the rest is missing.\n${done} of ${results.length} units of the campaign were run (${share} %).\n`;
}
