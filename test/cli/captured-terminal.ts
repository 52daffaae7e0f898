import { runCommandLine } from "../../host/cli/program.js";
import type { Terminal } from "../../host/cli/terminal.js";

/** What one command line did. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly progress: readonly string[];
}

export interface CapturedOptions {
  readonly colour?: boolean;
  readonly interrupted?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  /** On as many threads as a user gets; else in this one, unless the command line says otherwise. */
  readonly threads?: boolean;
}

/**
 * Commands that run on a pool. A thread loads the built package anew, half a second, and the result is the same: that is
 * tested where the threads are (campaign/shards.test.ts, campaign/task-pool.test.ts, process.test.ts).
 */
const POOLED: ReadonlySet<string | undefined> = new Set(["torture", "merge", "bugs"]);

/** Runs a command line in this process, and keeps what it prints. */
export async function run(args: readonly string[], options: CapturedOptions = {}): Promise<CliRun> {
  let out = "";
  let err = "";
  const progress: string[] = [];
  const terminal: Terminal = {
    print: (result) => {
      out += typeof result === "string" ? result : Buffer.from(result).toString("latin1");
    },
    complain: (text) => {
      err += text;
    },
    progress: (text) => {
      progress.push(text);
      options.onProgress?.(text);
    },
    colour: options.colour ?? false,
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const pooled = POOLED.has(args[0]);
  const chosen = options.threads === true || args.includes("--workers") || !pooled;
  const code = await runCommandLine(chosen ? args : [...args, "--workers", "1"], terminal);
  return { code, out, err, progress };
}
