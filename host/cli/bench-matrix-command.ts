import type { Command } from "commander";
import { paceOf } from "../campaign/matrix/matrix-cell.js";
import { runUnits } from "./campaign/run-plan.js";
import { TaskPool } from "./campaign/task-pool.js";
import { EXIT_CODES_HELP, EXIT_INTERRUPTED } from "./exit-codes.js";
import { judgedCells, matrixExitCode, matrixUnits } from "./matrix/matrix-cells.js";
import {
  MATRIX_WORKLOAD,
  matrixOptions,
  type MatrixOptions,
  type MatrixTexts,
} from "./matrix/matrix-options.js";
import { MATRIX_POLICIES } from "./matrix/matrix-policies.js";
import { MATRIX_PROFILES, matrixProfileNames } from "./matrix/matrix-profiles.js";
import { cellJson, matrixEnd, matrixText } from "./matrix/matrix-text.js";
import { ROWS_BY_NAME } from "./policy-rows.js";
import type { Terminal } from "./terminal.js";

const HELP = `
Each cell runs one workload on two cards of one class, under one policy, twice: without a cut for metadata and latency, and
cut at moments spread over the same run for what it breaks and copies. Times are virtual: the same on every machine.

Policies: ${[...ROWS_BY_NAME.keys()].join(", ")};
          cooldown:MS and cooldown+flush:MS wait so long; NAME/crc16 and NAME/crc32c have the transfer fingerprint on
Classes:  ${matrixProfileNames().join(", ")}, or the path of a profile's file

Examples:
  syncgate bench matrix                                     every policy on every class, under two minutes on two cores
  syncgate bench matrix --policy cooldown+flush:100,sync-gated --profile mlc,consumer-tlc --scale 20
  syncgate bench matrix --workload random:blocks=128 --json
${EXIT_CODES_HELP}`;

/** `syncgate bench matrix`. @param finish gets the exit code */
export function benchMatrixCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description("Measures every clearing policy on every class of card: what it breaks, and what it costs.")
    .option("--policy <names>", `policies, separated by commas; default: ${MATRIX_POLICIES.join(", ")}`)
    .option("--profile <names>", `classes of cards; default: ${MATRIX_PROFILES.join(", ")}`)
    .option("--workload <name>", "what is run in each cell: a synthetic workload or a file", MATRIX_WORKLOAD)
    .option("--seed <number>", "another seed, another run; the same seed, the same matrix", "1")
    .option("--scale <factor>", "multiply the number of cuts", "1")
    .option("--workers <number>", "threads to run on, changing no result; default: one for each core")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (texts: MatrixTexts) => {
      finish(await run(matrixOptions(texts), texts.json === true, terminal));
    });
}

async function run(options: MatrixOptions, json: boolean, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const units = matrixUnits(options);
  const pool = new TaskPool(options.workers);
  try {
    const { results, ended } = await runUnits(units, pool, terminal);
    const cells = judgedCells(options, results);
    const exitCode = ended === "interrupted" ? EXIT_INTERRUPTED : matrixExitCode(cells, options.whole);
    const { seed, scale, workload, policies, profiles } = options;
    if (json) {
      const paces = profiles.map(({ name, card }) => [name, paceOf([card, card])] as const);
      const result = {
        version: 1,
        seed,
        scale,
        workload,
        exitCode,
        interrupted: ended === "interrupted",
        slowedDown: Object.fromEntries(paces.filter(([, pace]) => pace > 1)),
        cells: cells.map(cellJson),
      };
      terminal.print(`${JSON.stringify(result, null, 2)}\n`);
    } else {
      const count = { cells: cells.length, units: policies.length * profiles.length };
      const elapsedMs = performance.now() - startedMs;
      terminal.print(
        `Workload: ${workload}\n${slowedText(options)}\n${cells.length === 0 ? "" : matrixText(cells, terminal.colour)}` +
          matrixEnd(count, seed, scale, elapsedMs),
      );
    }
    return exitCode;
  } finally {
    await pool.close();
  }
}

function slowedText({ profiles }: MatrixOptions): string {
  return profiles
    .map(({ name, card }) => ({ name, pace: paceOf([card, card]) }))
    .filter(({ pace }) => pace > 1)
    .map(({ name, pace }) => `On ${name} its requests come ${pace} times slower, or they would pile up.\n`)
    .join("");
}
