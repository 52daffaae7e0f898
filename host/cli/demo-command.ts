import type { Command } from "commander";
import { Campaign } from "../campaign/campaign.js";
import type { CampaignReport } from "../campaign/campaign-report.js";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { policyTitle } from "../campaign/world/policy-choice.js";
import type { Scenario } from "../campaign/world/scenario.js";
import { TINY } from "../campaign/world/scenario.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_BROKEN, EXIT_CODES_HELP, EXIT_HELD, EXIT_VACUOUS } from "./exit-codes.js";
import { grouped, outcomesText } from "./number-text.js";
import { ROWS_BY_NAME, type PolicyRow } from "./policy-rows.js";
import { styled } from "./style.js";
import type { Terminal } from "./terminal.js";
import { tellCase, type ToldCase } from "./told-case.js";

const HELP = `
Exits with 0 if the corruption shows under the old policy and the new one holds.

Examples:
  syncgate demo
  syncgate demo --json
${EXIT_CODES_HELP}`;

const SEED = 1;
const DISEASE: PolicyRow = ROWS_BY_NAME.get("immediate")!;
const CURE: PolicyRow = ROWS_BY_NAME.get("sync-gated")!;
/** The cure needs epochs: the scenario goes on as long as a few of them take after the last store. */
const LENGTH_US = 200_000;

/** `syncgate demo`. @param finish gets the exit code */
export function demoCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description(
      "Finds the corruption that a RAID-1 bitmap allows, tells it, and shows the cure on the same run.",
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean }) => finish(demo(options.json === true, terminal)));
}

function demo(json: boolean, terminal: Terminal): number {
  const binary = readDriver("rig");
  const arrays = new CleanArrays(binary);
  terminal.progress("searching for a power cut that corrupts, and shrinking it");
  const told = tellCase(binary, arrays, DISEASE, SEED);
  if (told === null) {
    terminal.complain("the rig found no corruption under the policy immediate: it proves nothing\n");
    return EXIT_VACUOUS;
  }
  terminal.progress("the same run under the cure, cut at every moment");
  const cured = cure(told.failing.scenario);
  const report = new Campaign(binary, TINY, arrays).run(cured);
  terminal.print(json ? demoJson(told, report) : demoText(told, report, terminal.colour));
  if (report.brokenTotal > 0) return EXIT_BROKEN;
  return report.vacuous(true).length > 0 ? EXIT_VACUOUS : EXIT_HELD;
}

/** The same threads, cards and timing with the other policy, for long enough that regions become clean. */
function cure(scenario: Scenario): Scenario {
  const boots = scenario.boots.map((boot) => ({ ...boot, end: { ...boot.end, atUs: LENGTH_US } }));
  return { ...scenario, policy: CURE.policy, boots };
}

function demoText(told: ToldCase, report: CampaignReport, colour: boolean): string {
  const { tried, actionsBefore, actionsAfter, story } = told;
  const title = policyTitle(DISEASE.policy);
  const held = report.brokenTotal === 0;
  return `${styled("The corruption", "heading", colour)}
A mirror clears a region's bit as soon as its writes have ended (${title}, as Linux md did in 2.6.13). Random
runs with power cuts: number ${tried} corrupts. Its ${actionsBefore} steps were shrunk to ${actionsAfter}:

${story}

${styled("The cure", "heading", colour)}
The same cards, threads and timing under sync-gated: a bit is cleared only after a sync of the whole device that
began after the region's writes had ended, succeeded, and did not write the region again. The power was cut after each
of the run's ${grouped(report.cuts)} events; outcomes that the cards allow, tried: ${outcomesText(report)}; regions cleared: ${grouped(report.clears)}.
${held ? styled("Every promise held.", "good", colour) : styled("A promise is broken!", "bad", colour)}

Next: npm start compares all policies on more workloads; npx syncgate bugs shows that the rig catches mistakes.
`;
}

function demoJson(told: ToldCase, report: CampaignReport): string {
  const { id, headline, story, tried, actionsBefore, actionsAfter } = told;
  const { cuts, pairs, possible, bounded, distinct, clears, broken } = report;
  const result = {
    version: 1,
    corruption: { id, headline, story, tried, actionsBefore, actionsAfter },
    cure: { policy: CURE.name, cuts, pairs, possible, bounded, distinct, clears, broken },
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
