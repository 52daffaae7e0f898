import type { Command } from "commander";
import { newestOptions } from "../../dut/crash-state.js";
import {
  ChipTime,
  FirmwareError,
  hasSecondStage,
  PoweredBoard,
  VerdictPatterns,
  WatchedCard,
  type Board,
  type BoardCard,
  type BoardVerdict,
  type BusNote,
  type FirmwareImage,
  type RunEnd,
  type RunLimits,
} from "../../rp2040/index.js";
import { POWER_ONE, POWER_SHARED, POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { Prng } from "../../sdcard-emulator/prng.js";
import { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { EXIT_BROKEN, EXIT_HANG, EXIT_HELD, EXIT_TRAPPED } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { UsageError, wholeNumberIn } from "../usage-error.js";
import { boardCards, putAway, type BoardCardFile } from "./board-cards.js";
import { BoardTrace, cycleWindow } from "./board-trace.js";
import {
  cutAfterUart,
  cutPower,
  cutsAt,
  regularExpression,
  type CutPower,
  type PlannedCut,
} from "./cut-plan.js";
import { firmwareOfFile } from "./firmware-file.js";
import { UartScript } from "./uart-script.js";

/** GPIOs of the chip selects, unless others are given. */
export const CHIP_SELECTS = ["17", "9"] as const;
export const MAX_CYCLES = "1000000000";
export const SIZE_DEFAULT = "8MiB";
export const PASS_DEFAULT = "PASS";
export const FAIL_DEFAULT = "FAIL";
const PIN_MAX = 29;

interface RunFlags {
  cardA?: string;
  cardB?: string;
  size: string;
  csA: string;
  csB: string;
  profile?: string;
  seed: string;
  cuts: PlannedCut[];
  power?: string;
  first?: string;
  uartScript?: string;
  pass: string;
  fail: string;
  maxCycles: string;
  writeBack?: boolean;
  out?: string;
  trace?: string;
  traceInstructions?: string;
  lenient?: boolean;
}

const HELP = `
The cards are on SPI0 and SPI1. Without an image they are blank; an image is raw, or a card of "syncgate card create".
Files are read and not changed, but for --write-back, which replaces each as a whole when the run has ended.

A UART script has a line for each that is typed, in order; lines that begin with # are comments:
  at 90000000: status
  after "flushed 4" +5000: remove 1

Examples:
  syncgate firmware run build/firmware/card-check.uf2
  syncgate firmware run my.elf --card-a a.img --card-b b.img --cut-at 3000000,1500000 --write-back
  syncgate firmware run my.uf2 --cut-after-uart "kept 3+5000" --power skew:200 --trace my.trace

Exit codes: 0 passed, 1 failed, 2 usage, 3 the firmware did what the chip would not forgive, 4 no verdict: the limit of
            cycles, a sleep that nothing ends, or a line of the script that was not typed.
`;

/** `syncgate firmware run`. @param finish gets the exit code */
export function firmwareRunCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  const cuts: PlannedCut[] = [];
  command
    .description("Runs an ELF, UF2 or BIN file until its UART gives a verdict.")
    .argument("<file>", "the firmware")
    .option("--card-a <image>", "contents of the card on SPI0")
    .option("--card-b <image>", "contents of the card on SPI1")
    .option("--size <bytes>", "of a blank card", SIZE_DEFAULT)
    .option("--cs-a <gpio>", "chip select of the card on SPI0", CHIP_SELECTS[0])
    .option("--cs-b <gpio>", "chip select of the card on SPI1", CHIP_SELECTS[1])
    .option(
      "--profile <name>",
      "class of both cards, by name or file (default: mlc, or that of a stored card)",
    )
    .option("--seed <number>", "of the cards' times and of what a cut leaves", "1")
    .option(
      "--cut-at <cycles>",
      "cut the power so many cycles after a boot, and boot again; repeatable, or a list",
      (text) => {
        cuts.push(...cutsAt(text));
      },
    )
    .option(
      "--cut-after-uart <pattern+cycles>",
      "cut it so many cycles after the UART said that; repeatable",
      (text) => {
        cuts.push(cutAfterUart(text));
      },
    )
    .option("--power <topology>", "how: shared (default), reset, skew:MICROSECONDS, one (the chip goes on)")
    .option("--first <card>", "of skew and one: the card that loses its power, a (default) or b")
    .option("--uart-script <file>", "what is typed to the UART, and when")
    .option("--pass <regex>", "what the UART says when all is well", PASS_DEFAULT)
    .option("--fail <regex>", "what it says when not", FAIL_DEFAULT)
    .option("--max-cycles <number>", "of each boot", MAX_CYCLES)
    .option("--write-back", "put the cards back into their files at the end")
    .option("--out <folder>", "or into a.img and b.img of this folder")
    .option("--trace <file>", "write down each command and block of both buses, with its cycle")
    .option("--trace-instructions <from+cycles>", "and each instruction of these cycles of each boot")
    .option("--lenient", "let pass what strict mode stops at")
    .addHelpText("after", HELP)
    .action((file: string, flags: Omit<RunFlags, "cuts">) =>
      finish(runFirmware(file, { ...flags, cuts }, terminal)),
    );
}

function runFirmware(file: string, flags: RunFlags, terminal: Terminal): number {
  const saves = saving(flags);
  const maxCycles = wholeNumberIn("--max-cycles", flags.maxCycles, 1, Number.MAX_SAFE_INTEGER);
  const patterns = new VerdictPatterns(
    regularExpression("--pass", flags.pass),
    regularExpression("--fail", flags.fail),
    maxCycles,
  );
  const power = cutPower(flags.power, flags.first);
  if (flags.cuts.length === 0 && (flags.power ?? flags.first) !== undefined)
    throw new UsageError("--power and --first say how a cut comes: add --cut-at or --cut-after-uart");
  const window = flags.traceInstructions === undefined ? null : cycleWindow(flags.traceInstructions);
  if (window !== null && flags.trace === undefined)
    throw new UsageError("--trace-instructions needs a file: add --trace FILE");
  const script = flags.uartScript === undefined ? null : UartScript.read(flags.uartScript);
  const contents = new SectorContents();
  const onNote = (bus: number, note: BusNote): void => trace?.note(bench.board?.cycle ?? 0, bus, note);
  const { firmware, bench, files } = newBench(
    file,
    flags,
    contents,
    flags.trace === undefined ? null : onNote,
  );
  if (/\.uf2$/i.test(file) && !hasSecondStage(firmware.flash, firmware.loaded))
    terminal.complain(
      `note: ${file} has no second boot stage, and a Pico would not start it: "syncgate firmware uf2" adds one\n`,
    );
  const trace = flags.trace === undefined ? null : new BoardTrace(flags.trace, window);
  try {
    const code = new FirmwareRun(bench, flags, power, patterns, trace, script, terminal).run();
    if (saves === null) return code;
    // In good order: each card keeps what it took.
    bench.cut({ topology: POWER_SHARED, chooseOutcome: (card) => newestOptions([card]) });
    for (const line of putAway(files, saves.folder, contents)) terminal.print(`${line}\n`);
    return code;
  } finally {
    trace?.close();
  }
}

/** @throws UsageError */
function saving({ writeBack, out, cardA, cardB }: RunFlags): { folder: string | null } | null {
  if (out !== undefined && writeBack === true)
    throw new UsageError("--write-back and --out are two places: give one of them");
  if (out !== undefined) return { folder: out };
  if (writeBack !== true) return null;
  if (cardA === undefined && cardB === undefined)
    throw new UsageError(
      "--write-back has no file to write: give --card-a or --card-b, or take --out FOLDER",
    );
  return { folder: null };
}

class FirmwareRun {
  private readonly prng: Prng;

  constructor(
    private readonly bench: PoweredBoard,
    private readonly flags: RunFlags,
    private readonly power: CutPower,
    private readonly patterns: VerdictPatterns,
    private readonly trace: BoardTrace | null,
    private readonly script: UartScript | null,
    private readonly terminal: Terminal,
  ) {
    this.prng = new Prng(wholeNumberIn("--seed", flags.seed, 0, 0xffffffff));
  }

  /** @returns the exit code */
  run(): number {
    const { bench, terminal, patterns } = this;
    let printed = 0;
    const print = (): void => {
      terminal.print(bench.board!.uart.slice(printed));
      printed = bench.board!.uart.length;
    };
    const end = (told: BoardVerdict): number => {
      print();
      const verdict = this.withScript(told);
      if (!bench.board!.uart.endsWith("\n")) terminal.print("\n");
      if (verdict.is === "none") terminal.complain(`error: no verdict: ${verdict.why}\n`);
      return { pass: EXIT_HELD, fail: EXIT_BROKEN, none: EXIT_HANG }[verdict.is];
    };
    try {
      for (const cut of this.flags.cuts) {
        if (bench.board === null) printed = 0;
        const board = bench.board ?? this.powerOn();
        const never = this.runTo(board, cut);
        const verdict = patterns.failure(board) ?? never;
        if (verdict !== null) return end(verdict);
        print();
        const how = POWER_TOPOLOGIES[this.power.topology]!.name;
        terminal.print(`--- power cut at cycle ${board.cycle}${how === "shared" ? "" : ` (${how})`} ---\n`);
        bench.cut({
          ...this.power,
          chooseOutcome: (card) => card.crashSpace().map((axis) => this.prng.next() % axis.options.length),
        });
      }
      if (bench.board === null) printed = 0;
      const board = bench.board ?? this.powerOn();
      return end(patterns.await(board, (limits) => this.runOn(board, limits)));
    } catch (error) {
      if (!(error instanceof FirmwareError)) throw error;
      if (bench.board !== null) print();
      terminal.complain(`error: ${error.message}\n`);
      return EXIT_TRAPPED;
    }
  }

  /** A line of the script that was not typed is no verdict, and may be why there is none. A failure stays one. */
  private withScript(told: BoardVerdict): BoardVerdict {
    const left = this.script?.left ?? null;
    if (left === null || told.is === "fail") return told;
    return { is: "none", why: told.is === "none" ? `${told.why}; ${left}` : left };
  }

  private runOn(board: Board, limits: RunLimits): RunEnd {
    const { trace, script } = this;
    const run = (until: RunLimits): RunEnd => trace?.run(board, until) ?? board.run(until);
    return script === null ? run(limits) : script.run(board, limits, run);
  }

  private powerOn(): Board {
    this.trace?.line("power on");
    return this.bench.powerOn();
  }

  /** Up to the moment of a cut. @returns the verdict that there is none, when the moment does not come */
  private runTo(board: Board, cut: PlannedCut): BoardVerdict | null {
    const run = (untilCycle: number, untilUart?: RegExp): string => {
      return this.runOn(board, { untilCycle, ...(untilUart && { untilUart }) });
    };
    if ("cycle" in cut) {
      // With `one` the chip goes on: from the cut before.
      const from = this.power.topology === POWER_ONE ? board.cycle : 0;
      run(from + cut.cycle);
      return null;
    }
    if (run(this.patterns.maxCycles, cut.uart) !== "uart")
      return {
        is: "none",
        why: `the UART did not say what matches "${cut.uart.source}", so the power was not cut`,
      };
    run(board.cycle + cut.cycles);
    return null;
  }
}

interface Bench {
  readonly firmware: FirmwareImage;
  readonly bench: PoweredBoard;
  readonly files: readonly BoardCardFile[];
}

/** @param onNote told of what goes over the buses; null: nobody watches */
function newBench(
  file: string,
  flags: RunFlags,
  contents: SectorContents,
  onNote: ((bus: number, note: BusNote) => void) | null,
): Bench {
  const time = new ChipTime();
  const seed = wholeNumberIn("--seed", flags.seed, 0, 0xffffffff);
  const pins = [
    wholeNumberIn("--cs-a", flags.csA, 0, PIN_MAX),
    wholeNumberIn("--cs-b", flags.csB, 0, PIN_MAX),
  ] as const;
  const firmware = firmwareOfFile(file);
  const files = boardCards(flags, { time, contents, seed });
  const wired = (bus: 0 | 1): BoardCard => {
    const { card } = files[bus];
    const device = onNote === null ? card : new WatchedCard(card, (note) => onNote(bus, note));
    return { device, bus, chipSelectPin: pins[bus] };
  };
  const bench = new PoweredBoard({
    firmware,
    time,
    cards: [files[0].card, files[1].card],
    wiring: [wired(0), wired(1)],
    strict: flags.lenient !== true,
  });
  return { firmware, bench, files };
}
