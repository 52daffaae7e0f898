import { availableParallelism } from "node:os";
import { UsageError, wholeNumberIn } from "../usage-error.js";
import type { Shard } from "./campaign-file.js";

/** How a campaign is run, as texts: changes nothing about its results. */
export interface RunTexts {
  readonly workers?: string;
  readonly shard?: string;
  readonly budget?: string;
  readonly out?: string;
  readonly resume?: string;
}

/** The same, checked. */
export interface RunOptions {
  readonly workers: number;
  /** null for the whole campaign in one piece. */
  readonly shard: Shard | null;
  /** Infinity without a budget. */
  readonly budgetMs: number;
  readonly out: string | undefined;
  readonly resume: string | undefined;
}

const WORKERS_MAX = 256;
const SHARDS_MAX = 10_000;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** @throws UsageError of one sentence */
export function runOptions({ workers, shard, budget, out, resume }: RunTexts): RunOptions {
  if (shard !== undefined && out === undefined) {
    throw new UsageError("--shard needs a file for its results: add --out FILE");
  }
  return {
    workers: workersOf(workers),
    shard: shard === undefined ? null : shardOf(shard),
    budgetMs: budget === undefined ? Infinity : durationMs(budget),
    out,
    resume,
  };
}

/** Default: a worker for each core. @throws UsageError that names the limits */
export function workersOf(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), WORKERS_MAX);
  return wholeNumberIn("--workers", text, 1, WORKERS_MAX);
}

function shardOf(text: string): Shard {
  const [, first, second] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [index, of] = [Number(first), Number(second)];
  if (of >= 1 && of <= SHARDS_MAX && index >= 1 && index <= of) return { index, of };
  throw new UsageError(
    `--shard is "${text}": give k/n, as 2/4, with k from 1 to n and n at most ${SHARDS_MAX}`,
  );
}

function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (unit === undefined) throw new UsageError(`--budget is "${text}": give a time, as 90s, 30m or 2h`);
  return Number(amount) * UNITS_MS[unit]!;
}
