import { replayCommandLine } from "../campaign/case/replay-command-line.js";
import type { ComparedRow } from "./comparison.js";

/** A longer id is left to --json. */
const ID_SHOWN_MAX = 4000;

/**
 * The first case of each workload that names its own, a line each; empty where there is none.
 * @param driver path of the module that they are cases of; undefined: the package's own
 */
export function workloadCases(rows: readonly ComparedRow[], driver: string | undefined): string {
  const lines = rows.flatMap(({ row, reports }) =>
    [...reports].flatMap(([name, { violations }]) => {
      const id = violations.find(({ caseId }) => caseId !== undefined)?.caseId;
      if (id === undefined) return [];
      const replay =
        id.length > ID_SHOWN_MAX
          ? `an id of ${id.length} characters, in --json`
          : replayCommandLine(id, { driver });
      return [`${row.title}, ${name}: ${replay}\n`];
    }),
  );
  return lines.join("");
}
