import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { benchBoard, CARD_PAIRS, type BoardRow } from "../bench/board-bench.js";
import { FirmwareFileError, readFirmware } from "../rp2040/index.js";
import { EXIT_HELD } from "./exit-codes.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const DEFAULT = "build/firmware/bench.elf";

/** `syncgate bench board`. @param finish gets the exit code */
export function benchBoardCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description(
      "Writes through the mirror against each card alone, by the same firmware in the same run, CRC on, at 20.8 MHz.\n" +
        "In cycles of the emulated chip: the same on every machine. A pair of cards takes about a quarter of a minute.",
    )
    .argument("[firmware]", "bench.elf of `npm run build:firmware`", DEFAULT)
    .option("--cards <text>", "only pairs of cards whose name contains this")
    .option("--json", "print the rows as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  syncgate bench board\n  syncgate bench board build/firmware/bench.uf2 --cards "quick, steady" --json\n',
    )
    .action((file: string, options: { cards?: string; json?: boolean }) => {
      const pairs = CARD_PAIRS.filter(({ name }) => name.includes(options.cards ?? ""));
      if (pairs.length === 0) {
        const names = CARD_PAIRS.map(({ name }) => `"${name}"`).join(", ");
        throw new UsageError(`--cards ${options.cards} fits none of ${names}`);
      }
      const rows = measured(file, pairs, terminal.progress);
      terminal.progress("");
      terminal.print(options.json === true ? `${JSON.stringify(rows, null, 2)}\n` : boardText(rows));
      finish(EXIT_HELD);
    });
}

/** @throws UsageError for a file that is no firmware, or another one */
function measured(file: string, pairs: typeof CARD_PAIRS, tell: (what: string) => void): BoardRow[] {
  const bytes = bytesOf(file);
  try {
    const firmware = readFirmware(bytes);
    return pairs.flatMap((pair) => benchBoard(firmware, pair, tell));
  } catch (error) {
    if (error instanceof FirmwareFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${(error as Error).message}): npm run build:firmware makes it`,
    );
  }
}

function right(title: string): { title: string; right: true } {
  return { title, right: true };
}

function boardText(rows: readonly BoardRow[]): string {
  const table = textTable(
    [
      { title: "CARDS" },
      { title: "WRITES" },
      right("DEPTH"),
      right("BOTH kB/s"),
      right("A ALONE"),
      right("B ALONE"),
      right("SHARE %"),
      right("CORE %"),
    ],
    rows.map(({ cards, order, depth, both, alone, share, busy }) => [
      cards,
      order === "random" ? "random 4 KiB" : "in order 32 KiB",
      String(depth),
      both.toFixed(0),
      ...alone.map((each) => each.toFixed(0)),
      share.toFixed(1),
      busy.toFixed(0),
    ]),
  );
  return (
    `${table}\nALONE: the mirror without the other card. SHARE: both against the slower one alone. CORE: time that it does not sleep\n` +
    "while both are written. Regions are marked before. 1 kB is 1,000 bytes.\n"
  );
}
