import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.js";
import { InputError } from "../input-error.js";

/** Bytes of one traced block. */
export const TRACE_BLOCK_BYTES = 4096;
/** Time between two writes of a trace, us. */
export const TRACE_INTERVAL_US = 8000;
/** A longer trace is another kind of file: replay takes memory for each write. */
const ENTRIES_MAX = 1 << 20;
/** A larger number is no block of any card that is emulated here. */
const BLOCK_MAX = 2 ** 24 - 1;

/** The traces that come with the package (traces/README.md tells where they are from). */
export type TraceName = "seq" | "rand";

/** A recorded workload: the blocks of TRACE_BLOCK_BYTES that were written, in order, TRACE_INTERVAL_US apart. */
export interface Trace {
  /** Where it is from, for messages. */
  readonly file: string;
  readonly blocks: Int32Array;
}

/** A trace that can't be used: one sentence that names file, line and remedy. */
export class TraceError extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "TraceError";
  }
}

/** @throws TraceError, PackageFileMissing when the file is missing or malformed */
export function readTrace(name: TraceName): Trace {
  const file = `traces/${name}.blocks`;
  return parseTrace(readFileSync(packageFile(file, "reinstall the package"), "utf8"), file);
}

/**
 * Parses a trace: one block index a line, in decimal.
 * @param file its name, for messages
 * @throws TraceError that names file, line and remedy for the first line that is none
 */
export function parseTrace(text: string, file: string): Trace {
  const lines = text.split("\n");
  // The file ends with a line end, or without one.
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) throw new TraceError(`${file} is empty: a trace has one block index a line`);
  if (lines.length > ENTRIES_MAX) {
    throw new TraceError(`${file} has ${lines.length} lines: cut it to ${ENTRIES_MAX} at most`);
  }
  const blocks = new Int32Array(lines.length);
  for (const [index, line] of lines.entries()) {
    const place = `${file}, line ${index + 1}`;
    if (!/^\d+\r?$/.test(line)) {
      throw new TraceError(
        `${place}: "${line.slice(0, 40)}" is no block index: write one decimal number a line`,
      );
    }
    const block = Number.parseInt(line, 10);
    if (block > BLOCK_MAX) {
      throw new TraceError(
        `${place}: block ${line.trim()} is above ${BLOCK_MAX}: write indices of 4 KiB blocks`,
      );
    }
    blocks[index] = block;
  }
  return { file, blocks };
}

/** The same trace with its first `writes` writes only. @throws TraceError when it has fewer */
export function tracePrefix(trace: Trace, writes: number): Trace {
  const { length } = trace.blocks;
  if (writes > length) {
    throw new TraceError(
      `${trace.file} has ${length} writes, fewer than the ${writes} asked for: give the whole trace`,
    );
  }
  return { file: trace.file, blocks: trace.blocks.subarray(0, writes) };
}

/**
 * Checks that a trace fits an array.
 * @param blocks blocks of the array
 * @throws TraceError that names file, line and remedy for the first write outside
 */
export function checkTraceFits(trace: Trace, blocks: number): void {
  const at = trace.blocks.findIndex((block) => block >= blocks);
  if (at < 0) return;
  throw new TraceError(
    `${trace.file}, line ${at + 1}: block ${trace.blocks[at]} is outside the ${blocks} blocks of the array: ` +
      "take larger cards or another trace",
  );
}
