import type { BrokenPromise } from "../../campaign/oracle/violation.js";
import type { FirstFailure } from "../../campaign/units/work-unit.js";
import type { Terminal } from "../terminal.js";
import type { TaskPool } from "./task-pool.js";
import type { ShrinkTask } from "./worker.js";

/** Ids of the shrunk first failures of some rows; null where there is none, or Ctrl-C came before. */
export async function shrinkFirsts(
  rows: readonly { readonly first: FirstFailure | null }[],
  pool: TaskPool,
  terminal: Terminal,
  promises?: readonly BrokenPromise[],
): Promise<(string | null)[]> {
  const ids: (string | null)[] = rows.map(() => null);
  const failed = rows.flatMap(({ first }, row) => (first !== null ? [{ row, first }] : []));
  let done = 0;
  await pool.run(
    failed.map(({ first }): ShrinkTask => ({
      kind: "shrink",
      first,
      ...(promises === undefined ? {} : { promises }),
    })),
    () => {
      terminal.progress(`shrinking cases: ${done}/${failed.length}`);
      return terminal.interrupted.aborted;
    },
    (index, id) => {
      ids[failed[index]!.row] = id;
      done++;
    },
  );
  return ids;
}
