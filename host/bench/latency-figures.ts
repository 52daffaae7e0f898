/** How long requests took, virtual us. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Each figure is one of the latencies: so many percent of them are no longer (nearest rank). All 0 where there are none. */
export function latencyFigures(latenciesUs: ArrayLike<number>): LatencyFigures {
  const sorted = Float64Array.from(latenciesUs).toSorted();
  const percentile = (percent: number): number =>
    sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return { p50: percentile(50), p99: percentile(99), max: percentile(100) };
}
