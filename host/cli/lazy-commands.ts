import { Command, Help } from "commander";
import { prepareCommand } from "./command-output.js";
import type { Terminal } from "./terminal.js";

/** Adds to a command what it needs to run: description, options, help, action. @param finish gets the exit code */
export type DefineCommand = (command: Command, terminal: Terminal, finish: (code: number) => void) => void;

/** A sub-command as it is listed; the modules that it runs with are loaded when it is asked for. */
export interface LazyCommand {
  /** As the list shows it, name first: "replay [options] <id>". */
  readonly term: string;
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** Adds sub-commands, and one that shows their help. */
export function addLazyCommands(
  parent: Command,
  commands: readonly LazyCommand[],
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  const listed = new Map<Command, LazyCommand>();
  for (const lazy of commands) {
    const command = new Command(nameOf(lazy)).summary(lazy.summary);
    listed.set(command, lazy);
    parent.addCommand(command);
  }
  const load = async (command: Command): Promise<void> => {
    const lazy = listed.get(command);
    if (lazy === undefined) return;
    listed.delete(command);
    (await lazy.load())(command, terminal, finish);
    prepareCommand(command, terminal);
  };
  parent
    .configureHelp({
      subcommandTerm: (command) => listed.get(command)?.term ?? Help.prototype.subcommandTerm(command),
    })
    .hook("preSubcommand", async (_parent, command) => load(command))
    // Commander's own does not call the hook.
    .helpCommand(false)
    .addCommand(
      new Command("help")
        .argument("[command]")
        .helpOption(false)
        .description("display help for command")
        .action(async (name: string | undefined) => {
          const command = parent.commands.find((one) => one.name() === name);
          if (command !== undefined) await load(command);
          else if (name !== undefined) parent.error(`error: unknown command '${name}'`);
          (command ?? parent).help();
        }),
    );
}

function nameOf({ term }: LazyCommand): string {
  return term.split(" ", 1)[0]!;
}
