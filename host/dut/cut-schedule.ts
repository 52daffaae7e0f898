import { Prng } from "../sdcard-emulator/prng.js";

/** At which moments the power is cut: at every one, at so many evenly spread, or at so many drawn from the seed. */
export type CutSchedule = "every" | { readonly linear: number } | { readonly random: number };

/**
 * The numbers of the moments to cut at, ascending, without repetitions.
 * @throws Error for a schedule of no cuts
 */
export function cutsOf(schedule: CutSchedule, moments: number, seed: number): ReadonlySet<number> | null {
  if (schedule === "every") return null;
  const wanted = "linear" in schedule ? schedule.linear : schedule.random;
  if (!Number.isSafeInteger(wanted) || wanted < 1)
    throw new Error(`a schedule of ${wanted} cuts is none: give a whole number from 1`);
  if (wanted >= moments) return null;
  const cuts = new Set<number>();
  if ("linear" in schedule) {
    for (let i = 0; i < wanted; i++) cuts.add(Math.floor(((i + 0.5) * moments) / wanted));
  } else {
    const prng = new Prng(seed);
    while (cuts.size < wanted) cuts.add(prng.next() % moments);
  }
  return cuts;
}
