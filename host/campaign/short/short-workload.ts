import type { Workload } from "../workload/workload.js";
import { WorkloadError } from "../workload/workload-error.js";
import type { WorkloadFamily } from "../workload/workload-family.js";
import { enumerateShort, SHORT_LENGTH_MAX } from "./short-enumeration.js";

/** Cards without a cache: nothing is lost there but what is under way, so that a failing case shows one thing. */
export const SHORT_PROFILES: readonly [string, string] = ["mlc", "mlc"];
/** Operations unless asked otherwise: seconds. Those of three take minutes. */
export const SHORT_LENGTH = 2;

/** The enumeration of short workloads as a workload: always whole, whatever the budget; the seed is the cards' timing. */
export function shortWorkload(length = SHORT_LENGTH): Workload {
  return {
    name: `short:${length}`,
    title: `all workloads of up to ${length} operations on two regions, cut after every event`,
    scheduled: false,
    deep: true,
    budget: 1,
    run: async (policy, { seed, profiles = SHORT_PROFILES, ...options }) =>
      enumerateShort({ ...options, policy, length, profiles, timing: seed & 0xffff }).report,
  };
}

/** `short[:N]`. */
export const shortFamily: WorkloadFamily = {
  name: "short",
  form: "short[:N]",
  title: `all workloads of up to N operations (1 to ${SHORT_LENGTH_MAX}, default ${SHORT_LENGTH}) on two regions`,
  make: (parameters) => {
    if (parameters === "") return shortWorkload();
    const length = Number(parameters);
    if (/^\d$/.test(parameters) && length >= 1 && length <= SHORT_LENGTH_MAX) return shortWorkload(length);
    throw new WorkloadError(
      `workload short: "${parameters}" is no length: give a number from 1 to ${SHORT_LENGTH_MAX}`,
    );
  },
};
