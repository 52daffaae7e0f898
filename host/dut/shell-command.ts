import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { DutError, DutHang } from "./device-under-test.js";

/** Of what a command says the last so many characters are kept. */
const OUTPUT_MAX = 4096;
/** What a shell answers when it cannot start a command. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** How a command ended. */
export interface CommandEnd {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it said on both ways out. */
  readonly output: string;
}

/**
 * A command with {name} in it, each replaced by its value, quoted for the shell.
 * @throws DutError for a name that there is not
 */
export function filledIn(command: string, values: Readonly<Record<string, string>>): string {
  return command.replaceAll(/\{([a-z0-9]+)\}/g, (text, name: string) => {
    const value = values[name];
    if (value !== undefined) return `'${value.replaceAll("'", `'\\''`)}'`;
    const names = Object.keys(values).map((known) => `{${known}}`);
    throw new DutError(`the command "${command}" has ${text}: choose of ${names.join(", ")}`);
  });
}

/**
 * Runs a command of the user's in a shell, in a process group of its own, which is killed at the deadline.
 * @param onLine told of each line of its standard output, when it comes
 * @throws DutHang at the deadline; DutError if the shell cannot start it
 */
export async function runCommand(
  command: string,
  deadlineMs: number,
  onLine: (line: string) => void = () => undefined,
): Promise<CommandEnd> {
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let hangs = false;
  const add = (text: string): void => {
    output = (output + text).slice(-OUTPUT_MAX);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    add(`${line}\n`);
    onLine(line);
  });
  child.stderr.setEncoding("utf8").on("data", add);
  const timer = setTimeout(() => {
    hangs = true;
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }, deadlineMs);
  const end = await new Promise<CommandEnd>((resolve, reject) => {
    child.once("error", (error) => reject(new DutError(`"${command}" cannot be started: ${error.message}`)));
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  }).finally(() => clearTimeout(timer));
  if (hangs) throw new DutHang(`"${command}" did not end within ${deadlineMs / 1000} s`);
  if (end.code === NOT_FOUND || end.code === NOT_EXECUTABLE)
    throw new DutError(
      `"${command}" cannot be started (${lastLine(end.output)}): give the path of a program`,
    );
  return { ...end, output };
}

/** "exit code 3: record 7 is missing". */
export function endText({ code, signal, output }: CommandEnd): string {
  const how = code === null ? `ended by ${signal}` : `exit code ${code}`;
  const said = lastLine(output);
  return said === "" ? how : `${how}, "${said}"`;
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)!.trim().slice(0, 200);
}
