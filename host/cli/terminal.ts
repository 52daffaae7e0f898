/** Where a command prints to, and what it may assume about it. */
export interface Terminal {
  /** Results: text, or bytes as they are. */
  readonly print: (result: string | Uint8Array) => void;
  /** Errors. */
  readonly complain: (text: string) => void;
  /** Replaces the line of progress; does nothing unless progress goes to a terminal. "" clears it. */
  readonly progress: (text: string) => void;
  /** Results may be coloured. */
  readonly colour: boolean;
  /** Aborted by Ctrl-C: the command ends soon and reports what it has. */
  readonly interrupted: AbortSignal;
}

/** Hides what a terminal has shown on its current line, and returns to the line's beginning. */
const CLEAR_LINE = "\r\u001b[K";
const COLUMNS = 80;

/** The terminal, or whatever takes its place, that this process was started with. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  // Whoever reads our output may stop reading (`| head`): that is no error of ours.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const interruption = new AbortController();
  // Once: a second Ctrl-C ends the process at once.
  process.once("SIGINT", () => interruption.abort());
  const shows = stderr.isTTY === true && env["TERM"] !== "dumb";
  let shown = "";
  const progress = (text: string): void => {
    if (!shows || text === shown) return;
    shown = text;
    stderr.write(CLEAR_LINE + text.slice(0, (stderr.columns ?? COLUMNS) - 1));
  };
  return {
    print: (result) => {
      progress("");
      stdout.write(result);
    },
    complain: (text) => {
      progress("");
      stderr.write(text);
    },
    progress,
    colour: mayColour(stdout.isTTY === true, env),
    interrupted: interruption.signal,
  };
}

/** Whether results are coloured: on a terminal that can, unless NO_COLOR is set (https://no-color.org). */
export function mayColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  return isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** Lets the event loop turn, so that Ctrl-C is heard between two parts of a long computation. */
export async function breathe(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
