import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { TaskPool } from "../../../host/cli/campaign/task-pool.js";

/** What each thread of this process did, in order. */
const signs: string[][] = [];
const listen = (thread: Worker): void => {
  const own: string[] = [];
  signs.push(own);
  thread.once("message", () => own.push("loaded"));
  thread.once("exit", () => own.push("ended"));
};

afterEach(() => {
  process.off("worker", listen);
  signs.length = 0;
});

describe("a pool of threads", () => {
  it("lets every thread load its module before it ends it: else Node may end with the thread", async () => {
    process.on("worker", listen);
    await new TaskPool(3).close();
    expect(signs).toEqual([1, 2, 3].map(() => ["loaded", "ended"]));
  });

  it("has no threads where tasks run in this one", async () => {
    process.on("worker", listen);
    await new TaskPool(1).close();
    expect(signs).toEqual([]);
  });
});
