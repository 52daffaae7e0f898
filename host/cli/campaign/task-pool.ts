import type { Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { packageFile } from "../../package-file.js";
import { breathe } from "../terminal.js";
import runTask, { type Task, type TaskResults } from "./worker.js";

/** Of each thread, MiB: with the small one that threads have by default two workers were 1.59 times one, with this 1.67. */
const YOUNG_GENERATION_MIB = 64;

/** Runs tasks, on threads of its own or in this one. */
export class TaskPool {
  private readonly threads: Piscina | null;
  /** Every thread has loaded its module, or is gone. */
  private readonly loaded: Promise<unknown>;

  /**
   * @param workers tasks under way at once; 1 runs them in this thread. Its threads live until `close`
   * @param driver path of the module that is tortured; default: the package's own
   */
  constructor(
    readonly workers: number,
    private readonly driver?: string,
  ) {
    this.threads =
      workers === 1
        ? null
        : new Piscina({
            filename: packageFile("dist/host/cli/campaign/worker.js", 'run "npm run build"'),
            minThreads: workers,
            maxThreads: workers,
            resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
          });
    this.loaded = Promise.all(this.threads?.threads.map(firstSign) ?? []);
  }

  /**
   * Runs tasks, begun in their order.
   * @param stop asked before each task; what has begun is finished when it says true
   * @param onDone told of each result, in whatever order they come
   */
  async run<T extends Task>(
    tasks: readonly T[],
    stop: () => boolean,
    onDone: (index: number, result: TaskResults[T["kind"]]) => void,
  ): Promise<void> {
    let next = 0;
    let failed = false;
    const oneAfterTheOther = async (): Promise<void> => {
      for (;;) {
        await breathe();
        if (failed || next === tasks.length || stop()) return;
        const index = next++;
        try {
          onDone(index, (await this.runOne(tasks[index]!)) as TaskResults[T["kind"]]);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: this.workers }, oneAfterTheOther));
  }

  /** Ends the threads. One that is ended while it loads a module takes the whole process with it (Node 20: IsGraphAsync). */
  async close(): Promise<void> {
    if (this.threads === null) return;
    for (const thread of this.threads.threads) thread.ref();
    await this.loaded;
    await this.threads.destroy();
  }

  private runOne(task: Task): Promise<unknown> {
    const { threads, driver } = this;
    const given = driver === undefined ? task : { ...task, driver };
    return threads === null ? runTask(given) : (threads.run(given) as Promise<unknown>);
  }
}

/** A thread's first message says that its module is loaded. */
function firstSign(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    thread.once("message", () => resolve());
    thread.once("exit", () => resolve());
  });
}
