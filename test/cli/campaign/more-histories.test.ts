import { describe, expect, it } from "vitest";
import { runMoreHistories, type MoreHistories } from "../../../host/cli/campaign/more-histories.js";
import type { TaskPool } from "../../../host/cli/campaign/task-pool.js";
import type { Task } from "../../../host/cli/campaign/worker.js";
import type { Terminal } from "../../../host/cli/terminal.js";

const PROFILES = ["mlc", "tlc-cached"];

/** Runs nothing, and notes what it was given. */
function notingPool(): { pool: TaskPool; given: Task[] } {
  const given: Task[] = [];
  const run: TaskPool["run"] = (tasks, _stop, onDone) => {
    tasks.forEach((task, at) => {
      given.push(task);
      onDone(at, { report: null, worlds: given.length } as never);
    });
    return Promise.resolve();
  };
  return { pool: { run } as TaskPool, given };
}

async function runMore(
  missing: (more: readonly MoreHistories[]) => number,
): Promise<{ given: Task[]; more: MoreHistories[] }> {
  const { pool, given } = notingPool();
  const terminal = { progress: () => undefined, interrupted: new AbortController().signal };
  const options = { profiles: PROFILES, like: { scheme: 0 }, firstSeed: 1001, missing };
  return { given, more: await runMoreHistories(options, pool, terminal as unknown as Terminal) };
}

describe("more histories of members", () => {
  it("are not run when every cell is reached", async () => {
    expect(await runMore(() => 0)).toEqual({ given: [], more: [] });
  });

  it("are run on every class, each world once, until none is missing", async () => {
    const { given, more } = await runMore((so) => Math.max(0, 3 - so.length));
    expect(more.map(({ profile }) => profile)).toEqual(["mlc", "tlc-cached", "mlc", "tlc-cached"]);
    const worlds = given.map((task) => {
      if (task.kind !== "unit" || task.unit.kind !== "members") throw new Error("no unit of members");
      expect(task.unit).toMatchObject({ scheme: 0, seldom: true });
      return [task.unit.profile, task.unit.firstSeed, task.unit.worlds];
    });
    expect(worlds).toEqual([
      ["mlc", 1001, 30],
      ["tlc-cached", 1001, 30],
      ["mlc", 1031, 30],
      ["tlc-cached", 1031, 30],
    ]);
  });

  it("end when many have not reached what is missing: then it counts as not reached", async () => {
    const { more } = await runMore(() => 1);
    expect(more).toHaveLength(12 * PROFILES.length);
  });
});
