import { WorkloadError } from "../workload/workload-error.js";

/** A whole number that a workload takes by name. */
export interface Parameter {
  readonly name: string;
  readonly plain: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads `name=number` parameters, separated by colons.
 * @param workload its name, for messages
 * @returns every parameter, those not given at their plain value
 * @throws WorkloadError of one sentence
 */
export function namedParameters(
  workload: string,
  text: string,
  known: readonly Parameter[],
): ReadonlyMap<string, number> {
  const values = new Map(known.map(({ name, plain }) => [name, plain]));
  for (const part of text === "" ? [] : text.split(":")) {
    const [name = "", digits = ""] = part.split("=", 2);
    const parameter = known.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      const names = known.map((candidate) => candidate.name).join(", ");
      throw new WorkloadError(
        `workload ${workload}: there is no parameter "${part}": give ${names}, each as name=number`,
      );
    }
    const { least, most } = parameter;
    const value = /^\d{1,9}$/.test(digits) ? Number(digits) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new WorkloadError(
        `workload ${workload}: ${name} is "${digits}": give a whole number from ${least} to ${most}`,
      );
    }
    values.set(name, value);
  }
  return values;
}
