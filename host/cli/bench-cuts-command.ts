import type { Command } from "commander";
import { classSubject, CUT_STATES, cutTable, profileSubject, type CutRow } from "../bench/cut-table.js";
import { FAULT_PROFILES, PROFILES } from "../sdcard-emulator/characteristics.js";
import { cardProfileNames, loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import { EXIT_BROKEN, EXIT_HELD, EXIT_VACUOUS } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { styled } from "./style.js";
import { textTable, type Column } from "./text-table.js";
import type { Terminal } from "./terminal.js";

const HELP = `
Lists what a cut may leave before every byte of a write (CMD24), a stream of three blocks (CMD25), an erase of three sectors (CMD38) and a
cache flush (CMD49), on the classes of cards and, with their flash and their times, on the profiles. The figures count the
cuts after which some sector may be so. A state that the card is not allowed ends with exit code ${EXIT_BROKEN}, one that it is
allowed and that never shows with ${EXIT_VACUOUS}.

Examples:
  syncgate bench cuts
  syncgate bench cuts --json
`;

/** `syncgate bench cuts`. @param finish gets the exit code */
export function benchCutsCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("What a loss of power may leave on emulated cards, at every byte on the SPI bus.")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean }) => {
      const classes = [...Object.values(PROFILES), ...Object.values(FAULT_PROFILES)].map(classSubject);
      const classRows = cutTable(classes);
      const profileRows = cutTable(cardProfileNames().map(loadCardProfile).map(profileSubject));
      const rows = [...classRows, ...profileRows];
      const json = (): string => `${JSON.stringify({ version: 1, rows: classRows, profileRows }, null, 2)}\n`;
      terminal.print(options.json === true ? json() : cutsText(classRows, profileRows, terminal.colour));
      finish(cutsExitCode(rows));
    });
}

/** A forbidden state weighs more than one that never showed. */
export function cutsExitCode(rows: readonly CutRow[]): number {
  if (rows.some(({ forbidden }) => forbidden.length > 0)) return EXIT_BROKEN;
  return rows.every(isAsAllowed) ? EXIT_HELD : EXIT_VACUOUS;
}

function isAsAllowed({ missing, forbidden }: CutRow): boolean {
  return missing.length === 0 && forbidden.length === 0;
}

function cutsText(classRows: readonly CutRow[], profileRows: readonly CutRow[], colour: boolean): string {
  const held = [...classRows, ...profileRows].every(isAsAllowed);
  const words = held
    ? styled("all that is allowed, and nothing else", "good", colour)
    : styled("not as allowed", "bad", colour);
  return (
    `Cuts before every byte on the SPI bus, and what a sector may be afterwards:\n\n${rowsTable(classRows)}\n` +
    `The profiles, with their flash and times:\n\n${rowsTable(profileRows)}\nWhat the cards leave: ${words}.\n`
  );
}

function rowsTable(rows: readonly CutRow[]): string {
  return textTable(
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
