import { DutError } from "./device-under-test.js";
import { Prng } from "../sdcard-emulator/prng.js";

/** Cuts of one case. */
export const DUT_DEPTH_MAX = 8;

/**
 * At which moments the power is cut: at every one; at none; at moments 0, 1, 2, 4, 8, ...; at so many evenly spread; at
 * so many drawn from the seed; at these, counted from 0.
 */
export type CutSchedule =
  | "every"
  | "none"
  | "log"
  | { readonly linear: number }
  | { readonly random: number }
  | { readonly at: readonly number[] };

/**
 * The numbers of the moments to cut at; null for all of them.
 * @throws DutError for a schedule of no cuts that is not "none", and for moments that there are not
 */
export function cutsOf(schedule: CutSchedule, moments: number, seed: number): ReadonlySet<number> | null {
  if (schedule === "every") return null;
  if (schedule === "none") return new Set();
  if (schedule === "log") {
    const cuts = new Set<number>([0]);
    for (let moment = 1; moment < moments; moment *= 2) cuts.add(moment);
    return cuts;
  }
  if ("at" in schedule) {
    const wrong = schedule.at.find(
      (moment) => !Number.isSafeInteger(moment) || moment < 0 || moment >= moments,
    );
    if (wrong !== undefined)
      throw new DutError(`there is no moment ${wrong} to cut at: this run has moments 0 to ${moments - 1}`);
    return new Set(schedule.at);
  }
  const wanted = "linear" in schedule ? schedule.linear : schedule.random;
  if (!Number.isSafeInteger(wanted) || wanted < 1)
    throw new DutError(`a schedule of ${wanted} cuts is none: give a whole number from 1`);
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
