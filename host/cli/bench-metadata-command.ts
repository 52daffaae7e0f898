import type { Command } from "commander";
import { benchMetadata, type MetadataRow } from "../bench/metadata-bench.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_HELD, EXIT_INTERRUPTED } from "./exit-codes.js";
import { metadataOptions, SCHEMES, TRACES, VARIED, type MetadataTexts } from "./metadata-options.js";
import { metadataJson, metadataText } from "./metadata-text.js";
import { breathe, type Terminal } from "./terminal.js";

const HELP = `
The traces are replayed on two emulated cards, in virtual time: 4096 writes of 4 KiB, one every 8 ms. Before, every
region was written and is clean. Nothing above the mirror has anything to sync. The four settings take a list, and
every combination is measured: that is how the ones to use are chosen.

Examples:
  syncgate bench metadata
  syncgate bench metadata --scheme single --trace rand --marked-max 512,576,640
  syncgate bench metadata --sweep --json
`;

/** `syncgate bench metadata`. @param finish gets the exit code */
export function benchMetadataCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  const { epochMs, markAhead, markedMax, quietMs } = VARIED;
  command
    .description(
      "Metadata writes, marked regions and latencies on the recorded traces, beside other mirrors'.",
    )
    .option("--scheme <list>", "schemes of the bitmap records", SCHEMES.join(","))
    .option("--trace <list>", "traces", TRACES.join(","))
    .option("--profile <name>", "class of both cards", "mlc")
    .option("--epoch-ms <list>", `shortest time between two sync epochs (usual: ${epochMs.usual})`)
    .option("--mark-ahead <list>", `regions marked ahead of a sequential stream (usual: ${markAhead.usual})`)
    .option("--marked-max <list>", `soft cap on marked regions, 0 for none (usual: ${markedMax.usual})`)
    .option("--quiet-ms <list>", `quiet after which marks are cleared on their own (usual: ${quietMs.usual})`)
    .option("--writes <number>", "only the first writes of each trace; then no comparison")
    .option("--sweep", "several values of each setting that is not given")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (texts: MetadataTexts) => finish(await run(texts, terminal)));
}

async function run(texts: MetadataTexts, terminal: Terminal): Promise<number> {
  const options = metadataOptions(texts);
  const rows: MetadataRow[] = [];
  const total = options.settings.length * options.traces.length;
  terminal.progress("making a clean array");
  for (const row of benchMetadata(readDriver("production"), options)) {
    rows.push(row);
    terminal.progress(`measured ${rows.length} of ${total}`);
    await breathe();
    if (terminal.interrupted.aborted) break;
  }
  terminal.print(
    texts.json === true ? metadataJson(options, rows) : metadataText(options, rows, terminal.colour),
  );
  return rows.length < total ? EXIT_INTERRUPTED : EXIT_HELD;
}
