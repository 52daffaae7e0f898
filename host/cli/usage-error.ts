import { InputError } from "../input-error.js";

/** What the caller asked for cannot be done: one clear sentence for him, exit code 2. */
export class UsageError extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/**
 * One of several names.
 * @param what it names, for the error
 * @throws UsageError that lists the choices
 */
export function oneOf<T extends string>(what: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`there is no ${what} "${text}": choose one of ${choices.join(", ")}`);
}

/**
 * A list of names, separated by commas, each once.
 * @throws UsageError that lists the choices
 */
export function listOf<T extends string>(what: string, text: string, choices: readonly T[]): T[] {
  return [...new Set(text.split(",").map((part) => oneOf(what, part.trim(), choices)))];
}

/**
 * A number within limits.
 * @throws UsageError that names them
 */
export function numberIn(what: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new UsageError(`${what} is "${text}": give a number from ${least} to ${most}`);
}

/** A whole number within limits. @throws UsageError that names them */
export function wholeNumberIn(what: string, text: string, least: number, most: number): number {
  const value = numberIn(what, text, least, most);
  if (Number.isSafeInteger(value)) return value;
  throw new UsageError(`${what} is "${text}": give a whole number from ${least} to ${most}`);
}
