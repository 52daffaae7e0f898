import type { Cell } from "./text-table.js";

/** Colours by meaning, not by name. */
export type Meaning = "good" | "bad" | "doubtful" | "heading";

const CODES: Readonly<Record<Meaning, string>> = { good: "32", bad: "31", doubtful: "33", heading: "1" };

/** The text in the colour of its meaning, if results are coloured at all. */
export function styled(text: string, meaning: Meaning, colour: boolean): string {
  return colour ? `\u001b[${CODES[meaning]}m${text}\u001b[0m` : text;
}

/** The same for a cell of a table, whose width is that of the plain text. */
export function styledCell(text: string, meaning: Meaning, colour: boolean): Cell {
  return colour ? { text, styled: styled(text, meaning, colour) } : { text };
}
