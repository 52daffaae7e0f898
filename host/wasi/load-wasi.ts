import type { WASI } from "node:wasi";

/**
 * node:wasi warns on stderr, once, that it is experimental; where one sentence is expected that is noise. Every other
 * warning goes through.
 */
export async function loadWasi(): Promise<typeof WASI> {
  const original = process.emitWarning;
  const withoutThatOne = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === "ExperimentalWarning" && String(warning).includes("WASI")) return;
    (original as (...all: unknown[]) => void).call(process, warning, ...rest);
  };
  process.emitWarning = withoutThatOne as typeof process.emitWarning;
  try {
    return (await import("node:wasi")).WASI;
  } finally {
    process.emitWarning = original;
  }
}
