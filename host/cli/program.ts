import { Command, CommanderError } from "commander";
import { InputError } from "../input-error.js";
import { packageVersion } from "../package-version.js";
import { prepareCommand } from "./command-output.js";
import { COMMANDS } from "./commands.js";
import { EXIT_CODES_HELP, EXIT_HELD, EXIT_RIG_BUG, EXIT_USAGE } from "./exit-codes.js";
import { addLazyCommands } from "./lazy-commands.js";
import type { Terminal } from "./terminal.js";

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
    .version(packageVersion(), "-V, --version", "print the version of the package")
    .addHelpText("after", HELP);
  addLazyCommands(program, COMMANDS, terminal, finish);
  prepareCommand(program, terminal);
  return program;
}

function explain(error: unknown, terminal: Terminal): number {
  // Help and version, or a wrong usage of which commander has told already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_HELD : EXIT_USAGE;
  if (error instanceof InputError) {
    terminal.complain(`error: ${error.message}\n`);
    return EXIT_USAGE;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.complain(`error: a bug in the rig, please report it: ${text}\n`);
  return EXIT_RIG_BUG;
}
