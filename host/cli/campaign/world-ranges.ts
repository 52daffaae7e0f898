/** Worlds of consecutive seeds that one unit runs. */
export interface WorldRange {
  readonly firstSeed: number;
  readonly worlds: number;
}

/** Seeds of a campaign's first world: campaigns with different seeds share none. */
const SEED_STRIDE = 100_000;

/** A row's worlds in units of `each`, the last one with the rest. */
export function worldRanges(seed: number, worlds: number, each: number): WorldRange[] {
  const ranges: WorldRange[] = [];
  for (let done = 0; done < worlds; done += each) {
    ranges.push({ firstSeed: seed * SEED_STRIDE + 1 + done, worlds: Math.min(each, worlds - done) });
  }
  return ranges;
}
