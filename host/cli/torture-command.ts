import { Command } from "commander";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { mailWorkload } from "../campaign/workload/mail-workload.js";
import { FAMILY_TITLES, WORKLOADS } from "../campaign/workload/workloads.js";
import { readDriver } from "../mirror/driver-binary.js";
import { PROFILES } from "../sdcard-emulator/characteristics.js";
import { comparisonJson, comparisonText, type Comparison } from "./comparison-report.js";
import { compare, exitCodeOfRows } from "./comparison.js";
import { EXIT_CODES_HELP, EXIT_INTERRUPTED } from "./exit-codes.js";
import {
  FINGERPRINTS,
  FINGERPRINT_ROWS,
  HOLE_ROWS,
  POLICY_ROWS,
  RECORD_SCHEMES,
  ROWS_BY_NAME,
  type PolicyRow,
} from "./policy-rows.js";
import type { RowRunOptions } from "./row-run.js";
import { addDutOptions, dutOptions, type DutTexts } from "./dut-options.js";
import { runDut } from "./dut-run.js";
import { runDishonest } from "./dishonest-run.js";
import { runMembers } from "./members-run.js";
import { breathe, type Terminal } from "./terminal.js";
import { tellCase, type ToldCase } from "./told-case.js";
import {
  DISHONEST_NAMES,
  HOLE_NAMES,
  dutRunSetting,
  tortureOptions,
  type TortureOptions,
  type TortureTexts,
} from "./torture-options.js";

const HELP = `
Without --policy every policy is compared, and the exit code says whether all did what theory says of them.
With --policy it says whether those policies hold.

Policies:  ${[...ROWS_BY_NAME.keys()].join(", ")}
Workloads: ${WORKLOADS.map(({ name, title }) => `${name.padEnd(11)}${title}`).join("\n           ")}
Also, by --workload only (docs/workloads.md):
           ${FAMILY_TITLES.map(([form, title]) => `${form}: ${title}`).join("\n           ")}
Profiles:  ${Object.keys(PROFILES).join(", ")}

Examples:
  syncgate torture                                     the whole comparison, under a minute
  syncgate torture --policy sync-gated --scale 20      twenty times the work on one policy
  syncgate torture --policy immediate --workload fat   a real file system on md's old policy
  syncgate torture --members --scale 10                cards that fail, return stale, are swapped and replaced
  syncgate torture --policy sync-gated --scheme single --profile open-block   records on one card: caught where F3 reaches them
  syncgate torture --dishonest                         cards that lie: counts what they break, each class for itself
  syncgate torture --dishonest --profile rollback      one class of them: ${DISHONEST_NAMES.join(", ")}
  syncgate torture --policy sync-gated --hole forgotten --profile mlc,tlc-cached --json
  syncgate torture --policy sync-gated --hole forgotten --fingerprint crc16
  syncgate torture --dut nbd --run "./store {socket} {ops}" --ops 8 --check "./store check {image} {marks}"
  syncgate torture --dut log --log writes.log --check "fsck.ext4 -fn {image}" --profile tlc-cached
${EXIT_CODES_HELP}`;

/** `syncgate torture`. @param finish gets the exit code */
export function tortureCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command("torture")
    .summary("cut the power at every moment, and compare the clearing policies")
    .description(
      "Runs workloads on two emulated cards, cuts the power, and judges what recovery makes of it.",
    )
    .option("--policy <names>", "judge these policies only, separated by commas")
    .option("--workload <names>", "run these workloads only")
    .option("--hole <names>", `open the mail's holes: ${HOLE_NAMES.join(", ")}`)
    .option(
      "--fingerprint <name>",
      `what cards say of what they accepted: ${Object.keys(FINGERPRINTS).join(", ")}`,
    )
    .option("--profile <a,b>", "class of card A and card B, instead of each workload's own")
    .option(
      "--scheme <name>",
      `where bitmap records go: ${Object.keys(RECORD_SCHEMES).join(", ")}; for a policy or --members`,
    )
    .option("--seed <number>", "another seed, another run; the same seed, the same table", "1")
    .option("--scale <factor>", "multiply the number of cuts", "1")
    .option("--members", "lose cards, bring them back, replace them: histories of members under sync-gated")
    .option(
      "--dishonest",
      "count what lying cards break (F4), where no driver can win: exit code 0 if they lied",
    )
    .option("--no-cases", "do not shrink and tell a case of each policy that broke a promise")
    .option("--json", "print the result as JSON");
  return addDutOptions(command)
    .addHelpText("after", HELP)
    .action(async (texts: TortureTexts & DutTexts) => {
      const dut = dutOptions(texts);
      if (dut === null) finish(await torture(tortureOptions(texts), terminal));
      else finish(await runDut(dut, { ...dutRunSetting(texts), terminal }));
    });
}

async function torture(options: TortureOptions, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const binary = readDriver("rig");
  const { workloads, seed, scale, profiles } = options;
  const run: RowRunOptions = { binary, arrays: new CleanArrays(binary), seed, scale, profiles, terminal };
  if (options.members) {
    const profile = profiles?.[0];
    const { json, scheme } = options;
    return runMembers({ binary, arrays: run.arrays, seed, scale, profile, scheme, json, terminal });
  }
  if (options.dishonest) {
    const { cases, json } = options;
    const profile = profiles?.[0];
    return runDishonest({ binary, arrays: run.arrays, seed, scale, profile, cases, json, terminal });
  }
  const whole = options.rows === null;
  const rows = await compare(options.rows ?? [...POLICY_ROWS, ...FINGERPRINT_ROWS], workloads, whole, run);
  const holes = whole
    ? await compare(HOLE_ROWS, [mailWorkload], true, { ...run, scale: Math.max(1, scale) })
    : [];
  const cases = await tellCases(
    [...rows, ...holes].filter(({ verdict }) => options.cases && verdict === "UNSAFE").map(({ row }) => row),
    run,
  );
  terminal.progress("");
  const interrupted = terminal.interrupted.aborted;
  const exitCode = interrupted ? EXIT_INTERRUPTED : exitCodeOfRows([...rows, ...holes]);
  const comparison: Comparison = { rows, holes, cases, workloads, whole, seed, scale, exitCode, interrupted };
  if (options.json) terminal.print(`${JSON.stringify(comparisonJson(comparison), null, 2)}\n`);
  else terminal.print(comparisonText(comparison, terminal.colour, performance.now() - startedMs));
  return exitCode;
}

/** One shrunk case of each. */
async function tellCases(rows: readonly PolicyRow[], run: RowRunOptions): Promise<Map<PolicyRow, ToldCase>> {
  const { terminal, binary, arrays, seed } = run;
  const cases = new Map<PolicyRow, ToldCase>();
  for (const row of rows) {
    terminal.progress(`${row.title}: shrinking a case`);
    await breathe();
    if (terminal.interrupted.aborted) break;
    const told = tellCase(binary, arrays, row, seed);
    if (told !== null) cases.set(row, told);
  }
  return cases;
}
