import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { REGION_SHIFT_MAX, REGIONS_MAX, SECTOR_BYTES } from "../../assembly/layout.js";
import { exportC, regionsOf } from "../export-c/index.js";
import { ARM_COMPILER, compiledSize, hasArmCompiler, type CompiledSize } from "../export-c/compiled-size.js";
import { parseByteSize } from "./byte-size.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import type { Terminal } from "./terminal.js";
import { UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked for, as texts. */
interface ExportTexts {
  readonly out: string;
  readonly spi?: boolean;
  readonly regions?: string;
  readonly cardSize?: string;
  readonly regionSize?: string;
  readonly boundsChecks: boolean;
  readonly json?: boolean;
}

const SOURCE = "syncgate.c";
const HEADER = "syncgate.h";

const HELP = `
Memory goes by the regions of the largest array that is used: give their number, or the size of the cards and of the
regions. The header says all that can be changed by -D when it is compiled. Sizes are printed for a Cortex-M0+ where
arm-none-eabi-gcc is installed. docs/firmware.md tells how to use what comes out.

Examples:
  syncgate export c --out src/syncgate
  syncgate export c --out src/syncgate --spi --card-size 32GiB --region-size 4MiB
  syncgate export c --out src/syncgate --regions 1920 --no-bounds-checks
`;

/** `syncgate export`. @param finish gets the exit code */
export function exportCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command.description("Writes the driver in another language.").addCommand(
    new Command("c")
      .summary("one C99 file and its header, without a library")
      .description(`Writes the driver of this package as ${SOURCE} and ${HEADER}.`)
      .requiredOption("--out <folder>", "where they are written; what has their names there is replaced")
      .option("--spi", "with the SPI driver for both SD cards")
      .option(
        "--regions <number>",
        `regions of the largest array, 1 to ${REGIONS_MAX} (default: ${REGIONS_MAX})`,
      )
      .option("--card-size <size>", "size of the smaller card, such as 32GiB or 8GiB; with --region-size")
      .option("--region-size <size>", "size of a region, a power of two, such as 4MiB; with --card-size")
      .option("--no-bounds-checks", "check only whole ranges of memory, not every access")
      .option("--json", "print what was written as JSON")
      .addHelpText("after", HELP)
      .action((texts: ExportTexts) => {
        exportTo(texts, terminal);
        finish(EXIT_HELD);
      }),
  );
}

function exportTo(texts: ExportTexts, terminal: Terminal): void {
  const regions = regionsAsked(texts);
  const { source, header, memoryBytes } = exportC({
    spi: texts.spi === true,
    regions,
    boundsChecks: texts.boundsChecks,
  });
  const files = [
    { name: SOURCE, text: source },
    { name: HEADER, text: header },
  ];
  try {
    mkdirSync(texts.out, { recursive: true });
    for (const { name, text } of files) writeFileSync(path.join(texts.out, name), text);
  } catch (error) {
    throw new UsageError(`--out is "${texts.out}": ${(error as Error).message}`);
  }
  const result: Exported = {
    version: 1,
    files: files.map(({ name, text }) => ({
      file: path.join(texts.out, name),
      bytes: Buffer.byteLength(text),
    })),
    regions,
    memoryBytes,
    compiled: compiledWhereThereIsACompiler(texts),
  };
  terminal.print(texts.json === true ? `${JSON.stringify(result, null, 2)}\n` : exportedText(result));
}

/** What was written, for people and for programs. */
interface Exported {
  readonly version: 1;
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
  readonly regions: number;
  readonly memoryBytes: number;
  /** For a Cortex-M0+ with -Os; null without a compiler. */
  readonly compiled: CompiledSize | null;
}

function compiledWhereThereIsACompiler({ out, boundsChecks }: ExportTexts): CompiledSize | null {
  if (!hasArmCompiler()) return null;
  return compiledSize(out, { core: "cortex-m0plus", optimisation: "-Os", boundsChecks });
}

/** @throws UsageError for half a size, or one that no array has */
function regionsAsked({ regions, cardSize, regionSize }: ExportTexts): number {
  if (regions !== undefined && (cardSize ?? regionSize) !== undefined)
    throw new UsageError("give --regions, or --card-size and --region-size, not both");
  if (regions !== undefined) return wholeNumberIn("--regions", regions, 1, REGIONS_MAX);
  if (cardSize === undefined && regionSize === undefined) return REGIONS_MAX;
  if (cardSize === undefined || regionSize === undefined)
    throw new UsageError("--card-size and --region-size go together: give both");
  const region = sizeOf("--region-size", regionSize);
  const shift = Math.log2(region / SECTOR_BYTES);
  if (!Number.isInteger(shift) || shift < 0 || shift > REGION_SHIFT_MAX)
    throw new UsageError(`--region-size is "${regionSize}": give a power of two from 512 to 16MiB`);
  const card = sizeOf("--card-size", cardSize);
  if (card < region) throw new UsageError(`--card-size is "${cardSize}": it is smaller than one region`);
  return regionsOf(card, region);
}

function sizeOf(option: string, text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw new UsageError(`${option} is "${text}": give a size such as 4MiB`);
  return bytes;
}

function exportedText({ files, regions, memoryBytes, compiled }: Exported): string {
  const written = files.map(({ file, bytes }) => `wrote ${file}, ${grouped(bytes)} bytes\n`).join("");
  const memory = `memory for ${grouped(regions)} regions: ${grouped(memoryBytes)} bytes, all static\n`;
  if (compiled === null)
    return `${written}${memory}sizes of the code: not known, ${ARM_COMPILER} is not installed\n`;
  const { text, data, bss } = compiled;
  const numbers = [text, data, bss].map(grouped);
  return (
    `${written}${memory}compiled for a Cortex-M0+ with -Os: ` +
    `${numbers[0]} bytes of code and constants, ${numbers[1]} of data, ${numbers[2]} of zeros\n`
  );
}
