import { FILE_FAMILIES } from "../blocks/file-workloads.js";
import { SYNTHETIC_FAMILIES } from "../blocks/synthetic-workloads.js";
import { shortFamily } from "../short/short-workload.js";
import { fatWorkload } from "./fat-workload.js";
import { mailWorkload } from "./mail-workload.js";
import { tinyWorkload } from "./tiny-workload.js";
import { traceWorkload } from "./trace-workload.js";
import type { WorkloadFamily } from "./workload-family.js";
import { WorkloadError } from "./workload-error.js";
import type { Workload } from "./workload.js";

/** The workloads of the policy table, in its order. */
export const WORKLOADS: readonly Workload[] = [
  tinyWorkload,
  mailWorkload,
  traceWorkload("seq"),
  traceWorkload("rand"),
  fatWorkload,
];

/** More workloads, by the name before the colon; what follows it are parameters. */
const FAMILIES: readonly WorkloadFamily[] = [shortFamily, ...SYNTHETIC_FAMILIES, ...FILE_FAMILIES];

/** How each family is written, and what it is: for help. */
export const FAMILY_TITLES: readonly (readonly [string, string])[] = FAMILIES.map(({ form, title }) => [
  form,
  title,
]);

/**
 * The workload of that name: one of WORKLOADS, or one of a family, with its parameters after a colon.
 * @throws WorkloadError of one sentence that lists the names there are, or names what is wrong with the parameters
 */
export function workload(name: string): Workload {
  const found = WORKLOADS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const [first = "", ...rest] = name.split(":");
  const family = FAMILIES.find((candidate) => candidate.name === first);
  if (family !== undefined) return family.make(rest.join(":"));
  const names = [...WORKLOADS.map((candidate) => candidate.name), ...FAMILIES.map(({ form }) => form)];
  throw new WorkloadError(`there is no workload "${name}": choose one of ${names.join(", ")}`);
}
