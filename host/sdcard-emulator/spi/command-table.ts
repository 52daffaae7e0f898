/**
 * All commands of the SPI mode (SD Physical Layer Simplified Specification, tables 7-3 and 7-4, the latter of application
 * commands): what is not in it is illegal.
 */
import type { CommandRule } from "./command-rule.js";
import { ERASE } from "./commands/erase.js";
import { EXTENSION } from "./commands/extension.js";
import { INITIALISATION } from "./commands/initialisation.js";
import { PROTECTION } from "./commands/protection.js";
import { REGISTERS } from "./commands/registers.js";
import { TRANSFERS } from "./commands/transfer.js";

const INDEXES = 64;

export const COMMANDS: readonly CommandRule[] = [
  ...INITIALISATION,
  ...REGISTERS,
  ...TRANSFERS,
  ...ERASE,
  ...PROTECTION,
  ...EXTENSION,
];

const PLAIN = byIndex(false);
const APPLICATION = byIndex(true);

/** The rule of a command; after CMD55 an index without an application command means the plain one (4.3.9.1). */
export function ruleOf(index: number, application: boolean): CommandRule | null {
  return (application ? APPLICATION[index] : null) ?? PLAIN[index] ?? null;
}

function byIndex(application: boolean): readonly (CommandRule | null)[] {
  const table = new Array<CommandRule | null>(INDEXES).fill(null);
  for (const rule of COMMANDS) {
    if (rule.application !== application) continue;
    if (table[rule.index] !== null) throw new Error(`two rules for command ${rule.index}: bug in the table`);
    table[rule.index] = rule;
  }
  return table;
}
