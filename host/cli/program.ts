import { Command, CommanderError } from "commander";
import { benchCommand } from "./bench-command.js";
import { bugsCommand } from "./bugs-command.js";
import { cardCommand } from "./card-command.js";
import { demoCommand } from "./demo-command.js";
import { enumerateCommand } from "./enumerate-command.js";
import { EXIT_CODES_HELP, EXIT_HELD, EXIT_RIG_BUG, EXIT_USAGE } from "./exit-codes.js";
import { exportCommand } from "./export-command.js";
import { firmwareCommand } from "./firmware-command.js";
import { imageCommand } from "./image.js";
import { CaseIdError } from "../campaign/case/case-id-text.js";
import { DutError } from "../dut/device-under-test.js";
import { LogFileError } from "../dut/dm-log-writes.js";
import { ImageFileError } from "../dut/image-file.js";
import { NbdAddressError } from "../nbd/nbd-server.js";
import { CardImageError } from "../sdcard-emulator/image/card-image-error.js";
import { ProfileError } from "../sdcard-emulator/profile/load-profile.js";
import { TraceError } from "../clients/trace.js";
import { WorkloadError } from "../campaign/workload/workload-error.js";
import { PackageFileMissing } from "../package-file.js";
import { nbdCommand } from "./nbd-command.js";
import { mergeCommand } from "./merge-command.js";
import { profileCommand } from "./profile-command.js";
import { replayCommand } from "./replay-command.js";
import type { Terminal } from "./terminal.js";
import { tortureCommand } from "./torture-command.js";
import { UsageError } from "./usage-error.js";

const HELP = `
Examples:
  syncgate demo          the corruption that started it all, and its cure
  syncgate torture       all clearing policies compared, under a minute
  syncgate bugs          seeded mistakes of the driver, all caught
  syncgate bench rig

Help on one command: syncgate torture --help
${EXIT_CODES_HELP}`;

/**
 * Runs one command line.
 * @param args without the names of node and the script
 * @returns the exit code; never throws
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = EXIT_HELD;
  const program = syncgate(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, terminal);
  } finally {
    terminal.progress("");
  }
}

function syncgate(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command("syncgate")
    .description("RAID-1 over two SD cards, and the rig that cuts its power.")
    .addHelpText("after", HELP);
  const commands = [
    demoCommand(terminal, finish),
    tortureCommand(terminal, finish),
    enumerateCommand(terminal, finish),
    mergeCommand(terminal, finish),
    replayCommand(terminal, finish),
    bugsCommand(terminal, finish),
    benchCommand(terminal, finish),
    profileCommand(terminal, finish),
    cardCommand(terminal, finish),
    exportCommand(terminal, finish),
    firmwareCommand(terminal, finish),
    imageCommand({
      stdin: process.stdin,
      stdout: { write: terminal.print },
      stderr: { write: (text) => terminal.complain(String(text)) },
      setExitCode: finish,
    }),
    nbdCommand(terminal, finish),
  ];
  for (const command of commands) program.addCommand(command);
  prepare(program, terminal);
  return program;
}

/** For a command and all below it: no output and no exit but ours. */
function prepare(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .showHelpAfterError(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: terminal.print,
      writeErr: terminal.complain,
      outputError: (text, write) => write(withChoices(text, command)),
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => false,
    });
  for (const below of command.commands) prepare(below, terminal);
}

/** An unknown command or option, and what there is instead. */
function withChoices(text: string, command: Command): string {
  const choices = text.includes("unknown command")
    ? command.commands.map((below) => below.name())
    : text.includes("unknown option")
      ? [...command.options.map((option) => option.long ?? option.short ?? ""), "--help"]
      : [];
  return choices.length === 0 ? text : `${text.trimEnd()}: choose one of ${choices.join(", ")}\n`;
}

/** Errors of one sentence for the person who gave the command line. */
const BAD_INPUT = [
  UsageError,
  CardImageError,
  CaseIdError,
  DutError,
  ImageFileError,
  LogFileError,
  NbdAddressError,
  PackageFileMissing,
  ProfileError,
  TraceError,
  WorkloadError,
];

function explain(error: unknown, terminal: Terminal): number {
  // Help and version, or a wrong usage of which commander has told already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_HELD : EXIT_USAGE;
  if (BAD_INPUT.some((kind) => error instanceof kind)) {
    terminal.complain(`error: ${(error as Error).message}\n`);
    return EXIT_USAGE;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.complain(`error: a bug in the rig, please report it: ${text}\n`);
  return EXIT_RIG_BUG;
}
