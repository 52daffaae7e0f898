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
}

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
  const code = await runCommandLine(args, terminal);
  return { code, out, err, progress };
}
