import type { FunctionType } from "./module.js";
import { cType } from "./numeric-operations.js";

/** A function's type before its name: `uint32_t`. */
export function resultType({ results }: FunctionType): string {
  const [result] = results;
  return result === undefined ? "void" : cType(result);
}

/** A function's parameters between parentheses. */
export function parameterList({ params }: FunctionType, names: readonly string[]): string {
  if (params.length === 0) return "(void)";
  return `(${params.map((type, i) => `${cType(type)} ${names[i]}`).join(", ")})`;
}
