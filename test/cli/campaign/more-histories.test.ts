import { describe, expect, it } from "vitest";
import {
  runMoreHistories,
  type MoreHistories,
  type MoreHistoriesRun,
} from "../../../host/cli/campaign/more-histories.js";
import type { TaskPool } from "../../../host/cli/campaign/task-pool.js";
import type { Task } from "../../../host/cli/campaign/worker.js";
import type { Terminal } from "../../../host/cli/terminal.js";

const PROFILES = ["mlc", "tlc-cached"];

/** Runs nothing, and notes what it was given. */
function notingPool(): { pool: TaskPool; given: Task[] } {
  const given: Task[] = [];
  const run: TaskPool["run"] = (tasks, stop, onDone) => {
    tasks.forEach((task, at) => {
      if (stop()) return;
      given.push(task);
      onDone(at, { report: null, worlds: given.length } as never);
    });
    return Promise.resolve();
  };
  return { pool: { run } as TaskPool, given };
}

async function runMore(
  missing: (more: readonly MoreHistories[]) => number,
  isOver: (given: readonly Task[]) => boolean = () => false,
): Promise<MoreHistoriesRun & { given: Task[] }> {
  const { pool, given } = notingPool();
  const terminal = { progress: () => undefined, interrupted: new AbortController().signal };
  const options = {
    profiles: PROFILES,
    like: { scheme: 0 },
    firstSeed: 1001,
    missing,
    isOver: () => isOver(given),
  };
  return { given, ...(await runMoreHistories(options, pool, terminal as unknown as Terminal)) };
}

describe("more histories of members", () => {
  it("are not run when every cell is reached", async () => {
    expect(await runMore(() => 0)).toEqual({ given: [], more: [], leftOut: 0 });
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

  it("are not begun after the time budget, which leaves out what is not reached", async () => {
    const none = await runMore(
      () => 3,
      () => true,
    );
    expect(none).toEqual({ given: [], more: [], leftOut: 3 });
    const some = await runMore(
      (so) => 10 - so.length,
      (given) => given.length === 3,
    );
    expect(some.more.map(({ profile }) => profile)).toEqual(["mlc", "tlc-cached", "mlc"]);
    expect(some.leftOut).toBe(7);
  });

  it("leave out nothing when all was reached, or after the last round, before the budget ended", async () => {
    const reached = await runMore(
      (so) => (so.length === 0 ? 1 : 0),
      (given) => given.length === 2,
    );
    expect([reached.more.length, reached.leftOut]).toEqual([2, 0]);
    expect((await runMore(() => 1)).leftOut).toBe(0);
  });
});
