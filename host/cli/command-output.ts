import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

/** For a command and all below it: no output and no exit but ours. */
export function prepareCommand(command: Command, terminal: Terminal): void {
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
  for (const below of command.commands) prepareCommand(below, terminal);
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
