/** A curve of a plot: a letter of its own, and a value for each column; null for none. */
export interface PlotCurve {
  readonly mark: string;
  readonly values: readonly (number | null)[];
}

const BOTH = "*";

/**
 * Curves over columns that lie equally far apart, as text; both axes are of the values given, not to scale between them,
 * because they span three powers of ten. A row for each value that a curve or the dots have; where two meet is a star, but
 * for curves of one mark.
 * @param columns what each column is
 * @param dots    a value for each column that is marked by a dot where no curve is: the line to be above
 */
export function plot(
  columns: readonly number[],
  dots: readonly number[],
  curves: readonly PlotCurve[],
): string {
  const known = curves.flatMap(({ values }) => values).filter((value) => value !== null);
  const levels = [...new Set([...dots, ...known])].toSorted((a, b) => b - a);
  const width = Math.max(...[...levels, ...columns].map((value) => String(value).length));
  const lines = levels.map((level) => {
    const cells = columns.map((_, at) => {
      const marks = curves.filter(({ values }) => values[at] === level).map(({ mark }) => mark);
      if (new Set(marks).size > 1) return BOTH;
      return marks[0] ?? (dots[at] === level ? "." : " ");
    });
    return `${String(level).padStart(width)} |${cells.map((cell) => cell.padStart(width + 1)).join("")}`.trimEnd();
  });
  const axis = `${" ".repeat(width)} +${"-".repeat(columns.length * (width + 1))}`;
  const names = `${" ".repeat(width)}  ${columns.map((column) => String(column).padStart(width + 1)).join("")}`;
  return [...lines, axis, names].map((line) => `${line}\n`).join("");
}
