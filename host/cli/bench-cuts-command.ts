import { Command } from "commander";
import { CUT_STATES, cutTable, type CutRow } from "../bench/cut-table.js";
import { cardProfileNames } from "../sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../sdcard-emulator/profile/profiled-card.js";
import { FAULT_PROFILES, PROFILES } from "../sdcard-emulator/characteristics.js";
import { EXIT_BROKEN, EXIT_HELD } from "./exit-codes.js";
import { loadedProfile } from "./loaded-profile.js";
import { grouped } from "./number-text.js";
import { styled } from "./style.js";
import { textTable, type Column } from "./text-table.js";
import type { Terminal } from "./terminal.js";

const HELP = `
The abstract classes of the fault model, then the profiles of real cards (syncgate profile list). A cut before every byte of a write (CMD24), a stream of three blocks (CMD25), an erase of three sectors (CMD38) and a
cache flush (CMD49). The figures count the cuts after which some sector may be so. A state that the class of card is not
allowed, or is and never shows, ends with exit code ${EXIT_BROKEN}.

Examples:
  syncgate bench cuts
  syncgate bench cuts --json
`;

/** `syncgate bench cuts`. @param finish gets the exit code */
export function benchCutsCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("cuts")
    .summary("what a cut at every byte of the bus may leave on each class of card")
    .description("Cuts the power of emulated cards at every byte on the SPI bus.")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean }) => {
      const cards = cardProfileNames().map((name) => characteristicsOf(loadedProfile(name)));
      const rows = cutTable([...Object.values(PROFILES), ...Object.values(FAULT_PROFILES), ...cards]);
      const json = (): string => `${JSON.stringify({ version: 1, rows }, null, 2)}\n`;
      terminal.print(options.json === true ? json() : cutsText(rows, terminal.colour));
      finish(rows.every(isAsAllowed) ? EXIT_HELD : EXIT_BROKEN);
    });
}

function isAsAllowed({ missing, forbidden }: CutRow): boolean {
  return missing.length === 0 && forbidden.length === 0;
}

function cutsText(rows: readonly CutRow[], colour: boolean): string {
  const table = textTable(
    [
      { title: "CARD" },
      { title: "OPERATION" },
      right("CUTS"),
      ...CUT_STATES.map((state) => right(state.toUpperCase())),
      { title: "VERDICT" },
    ],
    rows.map((row) => [
      row.card,
      row.operation,
      grouped(row.cuts),
      ...CUT_STATES.map((state) => (row.states[state] === 0 ? "-" : grouped(row.states[state]))),
      verdict(row),
    ]),
  );
  const held = rows.every(isAsAllowed);
  const words = held
    ? styled("all that is allowed, and nothing else", "good", colour)
    : styled("not as allowed", "bad", colour);
  return `Cuts before every byte on the SPI bus, and what a sector may be afterwards:\n\n${table}\nWhat the cards leave: ${words}.\n`;
}

function right(title: string): Column {
  return { title, right: true };
}

function verdict(row: CutRow): string {
  if (isAsAllowed(row)) return "as allowed";
  const parts = [
    ...row.forbidden.map((state) => `forbidden: ${state}`),
    ...row.missing.map((state) => `never: ${state}`),
  ];
  return parts.join("; ");
}
