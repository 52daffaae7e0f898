/** How a column is shown. */
export interface Column {
  readonly title: string;
  /** Numbers go to the right. */
  readonly right?: boolean;
}

/** A cell: its text, and the same text with colours, if it has any. */
export interface Cell {
  readonly text: string;
  readonly styled?: string;
}

const GAP = "  ";

/** Plain text, columns aligned, a line for each row, no blanks at the ends of lines. */
export function textTable(columns: readonly Column[], rows: readonly (readonly (string | Cell)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell } : cell)));
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...cells.map((row) => row[at]!.text.length)),
  );
  const line = (row: readonly Cell[]): string =>
    row
      .map((cell, at) => {
        const blanks = " ".repeat(widths[at]! - cell.text.length);
        const shown = cell.styled ?? cell.text;
        return columns[at]!.right === true ? blanks + shown : shown + blanks;
      })
      .join(GAP)
      .trimEnd();
  return [columns.map((column) => ({ text: column.title })), ...cells]
    .map((row) => `${line(row)}\n`)
    .join("");
}
