import { readFileSync } from "node:fs";
import { Command } from "commander";
import {
  ChipTime,
  FirmwareError,
  FirmwareFileError,
  PoweredBoard,
  readFirmware,
  type Board,
  type FirmwareImage,
} from "../rp2040/index.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { profile } from "../sdcard-emulator/characteristics.js";
import { POWER_SHARED } from "../sdcard-emulator/power-topology.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import { EXIT_BROKEN, EXIT_HANG, EXIT_HELD, EXIT_TRAPPED } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { UsageError, wholeNumberIn } from "./usage-error.js";

const SECTOR_BYTES = 512;
/** Of an SDHC card's size: 512 KiB (SD Physical Layer Simplified Specification, 5.3.3). */
const CARD_STEP = 1024;
const BLANK_SECTORS = 16 * CARD_STEP;
const CHIP_SELECTS = ["17", "9"];

interface RunFlags {
  cardA?: string;
  cardB?: string;
  csA: string;
  csB: string;
  profile: string;
  seed: string;
  cutAt: string[];
  pass: string;
  fail: string;
  maxCycles: string;
  lenient?: boolean;
}

const HELP = `
The cards are on SPI0 and SPI1. Without an image they are blank, 8 MiB; image files are read, and not changed.

Examples:
  syncgate firmware run build/firmware/card-check.uf2
  syncgate firmware run my.elf --card-a a.img --card-b b.img --cut-at 3000000 --cut-at 1500000

Exit codes: 0 passed, 1 failed, 2 usage, 3 the firmware did what the chip would not forgive, 4 no verdict: the limit of
            cycles, or a sleep that nothing ends.
`;

/** `syncgate firmware`. @param finish gets the exit code */
export function firmwareCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("firmware")
    .description("Firmware for the RP2040 on an emulated board with two SD cards.")
    .addCommand(
      new Command("run")
        .description("Runs an ELF, UF2 or BIN file until its UART gives a verdict.")
        .argument("<file>", "the firmware")
        .option("--card-a <image>", "contents of the card on SPI0")
        .option("--card-b <image>", "contents of the card on SPI1")
        .option("--cs-a <gpio>", "chip select of the card on SPI0", CHIP_SELECTS[0])
        .option("--cs-b <gpio>", "chip select of the card on SPI1", CHIP_SELECTS[1])
        .option("--profile <name>", "class of both cards", "mlc")
        .option("--seed <number>", "of the cards' times and of what a cut leaves", "1")
        .option(
          "--cut-at <cycle>",
          "cut the power of chip and cards so many cycles after the boot, and boot again; once for each time it is given",
          (cycle: string, before: string[]) => [...before, cycle],
          [] as string[],
        )
        .option("--pass <regex>", "what the UART says when all is well", "PASS")
        .option("--fail <regex>", "what it says when not", "FAIL[^\\n]*")
        .option("--max-cycles <number>", "of the last boot", "1000000000")
        .option("--lenient", "let pass what strict mode stops at")
        .addHelpText("after", HELP)
        .action((file: string, flags: RunFlags) => finish(runFirmware(file, flags, terminal))),
    );
}

function runFirmware(file: string, flags: RunFlags, terminal: Terminal): number {
  const cuts = flags.cutAt.map((cycle) => wholeNumberIn("--cut-at", cycle, 0, Number.MAX_SAFE_INTEGER));
  const maxCycles = wholeNumberIn("--max-cycles", flags.maxCycles, 1, Number.MAX_SAFE_INTEGER);
  const pass = pattern("--pass", flags.pass);
  const fail = pattern("--fail", flags.fail);
  const bench = newBench(file, flags);
  const prng = new Prng(wholeNumberIn("--seed", flags.seed, 0, 0xffffffff));
  let board: Board | null = null;
  try {
    for (const cycle of cuts) {
      board = bench.powerOn();
      board.run({ untilCycle: cycle });
      terminal.print(`${board.uart}--- power cut at cycle ${board.cycle} ---\n`);
      bench.cut({
        topology: POWER_SHARED,
        chooseOutcome: (card) => card.crashSpace().map((axis) => prng.next() % axis.options.length),
      });
    }
    board = bench.powerOn();
    const end = board.run({ untilCycle: maxCycles, untilUart: new RegExp(`${pass.source}|${fail.source}`) });
    terminal.print(`${board.uart}${board.uart.endsWith("\n") ? "" : "\n"}`);
    if (end === "uart") return fail.test(board.uart) ? EXIT_BROKEN : EXIT_HELD;
    const why =
      end === "asleep" ? "the chip sleeps and nothing can wake it" : `${maxCycles} cycles have passed`;
    terminal.complain(`error: no verdict: ${why}\n`);
    return EXIT_HANG;
  } catch (error) {
    if (!(error instanceof FirmwareError)) throw error;
    terminal.print(board?.uart ?? "");
    terminal.complain(`error: ${error.message}\n`);
    return EXIT_TRAPPED;
  }
}

function newBench(file: string, flags: RunFlags): PoweredBoard {
  const time = new ChipTime();
  const contents = new SectorContents();
  const seed = wholeNumberIn("--seed", flags.seed, 0, 0xffffffff);
  const cardOf = (image: string | undefined, slot: number): SpiCard =>
    new SpiCard({
      time,
      contents,
      media: mediaOf(image, contents),
      characteristics: characteristics(flags.profile),
      seed: seed + slot,
    });
  const cards = [cardOf(flags.cardA, 0), cardOf(flags.cardB, 1)] as const;
  const pins = [
    wholeNumberIn("--cs-a", flags.csA, 0, 29),
    wholeNumberIn("--cs-b", flags.csB, 0, 29),
  ] as const;
  return new PoweredBoard({
    firmware: firmwareOf(file),
    time,
    cards,
    wiring: [
      { device: cards[0], bus: 0, chipSelectPin: pins[0] },
      { device: cards[1], bus: 1, chipSelectPin: pins[1] },
    ],
    strict: flags.lenient !== true,
  });
}

function firmwareOf(file: string): FirmwareImage {
  try {
    return readFirmware(bytesOf(file));
  } catch (error) {
    if (error instanceof FirmwareFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

function mediaOf(image: string | undefined, contents: SectorContents): CardImage {
  if (image === undefined) return new CardImage(BLANK_SECTORS);
  const bytes = bytesOf(image);
  const sectors = bytes.length / SECTOR_BYTES;
  if (sectors === 0 || sectors % CARD_STEP !== 0) {
    throw new UsageError(`${image} has ${bytes.length} bytes: a card has a multiple of 512 KiB`);
  }
  const media = new CardImage(sectors);
  for (let sector = 0; sector < sectors; sector++) {
    media.set(sector, contents.internSector(bytes, sector * SECTOR_BYTES));
  }
  return media;
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function characteristics(name: string): ReturnType<typeof profile> {
  try {
    return profile(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function pattern(option: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`${option} is no regular expression: ${(error as Error).message}`);
  }
}
