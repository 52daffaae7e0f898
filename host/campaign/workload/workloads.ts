import { fatWorkload } from "./fat-workload.js";
import { mailWorkload } from "./mail-workload.js";
import { tinyWorkload } from "./tiny-workload.js";
import { traceWorkload } from "./trace-workload.js";
import type { Workload } from "./workload.js";

/** The workloads of the policy table, in its order. */
export const WORKLOADS: readonly Workload[] = [
  tinyWorkload,
  mailWorkload,
  traceWorkload("seq"),
  traceWorkload("rand"),
  fatWorkload,
];

/** The workload of that name. @throws Error that lists the names there are */
export function workload(name: string): Workload {
  const found = WORKLOADS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const names = WORKLOADS.map((candidate) => candidate.name).join(", ");
  throw new Error(`there is no workload "${name}": choose one of ${names}`);
}
