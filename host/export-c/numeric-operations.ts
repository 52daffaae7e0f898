import type { ValueType } from "./module.js";
import { asOperand, composedValue, type Value } from "./value.js";

/** Makes the C expression of an instruction on numbers. `use` names a helper of the runtime that it calls. */
type Operation = (operands: readonly Value[], use: (helper: string) => string) => Value;

/** How many operands each instruction takes, and what becomes of them. */
export interface NumericOperation {
  readonly operands: number;
  readonly make: Operation;
}

const C_TYPE = { i32: "uint32_t", i64: "uint64_t" } as const;
const SIGNED = { i32: "int32_t", i64: "int64_t" } as const;
const BITS = { i32: 32, i64: 64 } as const;
const TYPES: readonly ValueType[] = ["i32", "i64"];

/** The C type of a value. */
export function cType(type: ValueType): string {
  return C_TYPE[type];
}

const table = new Map<string, NumericOperation>();

function binary(name: string, make: (a: Value, b: Value, use: (helper: string) => string) => Value): void {
  table.set(name, { operands: 2, make: ([a, b], use) => make(a!, b!, use) });
}

function unary(name: string, make: (a: Value, use: (helper: string) => string) => Value): void {
  table.set(name, { operands: 1, make: ([a], use) => make(a!, use) });
}

function infix(a: string, operator: string, b: string): string {
  return `${a} ${operator} ${b}`;
}

for (const type of TYPES) {
  const bits = BITS[type];
  const suffix = type === "i32" ? "u" : "ull";
  const signed = (value: Value): string => `(${SIGNED[type]})${asOperand(value)}`;
  const helper = (name: string): string => `${name}${bits}`;

  unary(`${type}.eqz`, (a) => {
    const text = a.isCondition ? `!(${a.text})` : infix(asOperand(a), "==", `0${suffix}`);
    return composedValue(text, "i32", [a], { isCondition: true });
  });
  for (const [name, operator] of [
    ["eq", "=="],
    ["ne", "!="],
    ["lt", "<"],
    ["gt", ">"],
    ["le", "<="],
    ["ge", ">="],
  ] as const) {
    const compare = (operand: (value: Value) => string) => (a: Value, b: Value) =>
      composedValue(infix(operand(a), operator, operand(b)), "i32", [a, b], { isCondition: true });
    if (name === "eq" || name === "ne") binary(`${type}.${name}`, compare(asOperand));
    else {
      const ordinary = compare(asOperand);
      // Compilers warn of what is always so.
      const isSettled = (b: Value): boolean => b.constant === 0n && (name === "lt" || name === "ge");
      binary(`${type}.${name}_u`, (a, b) =>
        isSettled(b)
          ? composedValue(`(${asOperand(a)} & 0u) ${name === "lt" ? "!=" : "=="} 0u`, "i32", [a], {
              isCondition: true,
            })
          : ordinary(a, b),
      );
      binary(`${type}.${name}_s`, compare(signed));
    }
  }
  binary(`${type}.add`, (a, b) => {
    // Numbers are unsigned: what is added above the half is what a person would subtract.
    const negated = b.constant === null ? null : BigInt.asUintN(bits, -b.constant);
    const isNegative = negated !== null && negated <= 0xffffn && negated !== 0n;
    const text = isNegative
      ? infix(asOperand(a), "-", `${negated}${suffix}`)
      : infix(asOperand(a), "+", asOperand(b));
    return composedValue(text, type, [a, b]);
  });
  for (const [name, operator] of [
    ["sub", "-"],
    ["mul", "*"],
    ["and", "&"],
    ["or", "|"],
    ["xor", "^"],
  ] as const) {
    binary(`${type}.${name}`, (a, b) =>
      composedValue(infix(asOperand(a), operator, asOperand(b)), type, [a, b]),
    );
  }
  for (const [name, operator, function_] of [
    ["div_u", "/", "divide_u"],
    ["rem_u", "%", "remainder_u"],
  ] as const) {
    binary(`${type}.${name}`, (a, b, use) =>
      b.constant !== null && b.constant !== 0n
        ? composedValue(infix(asOperand(a), operator, asOperand(b)), type, [a, b])
        : called(use(helper(function_)), type, [a, b], true),
    );
  }
  binary(`${type}.div_s`, (a, b, use) => called(use(helper("divide_s")), type, [a, b], true));
  binary(`${type}.rem_s`, (a, b, use) => called(use(helper("remainder_s")), type, [a, b], true));

  const count = (b: Value): string =>
    b.constant === null
      ? `(${asOperand(b)} & ${bits - 1}u)`
      : `${BigInt.asUintN(type === "i32" ? 5 : 6, b.constant)}u`;
  binary(`${type}.shl`, (a, b) => composedValue(infix(asOperand(a), "<<", count(b)), type, [a, b]));
  binary(`${type}.shr_u`, (a, b) => composedValue(infix(asOperand(a), ">>", count(b)), type, [a, b]));
  binary(`${type}.shr_s`, (a, b) =>
    composedValue(`(${C_TYPE[type]})(${infix(signed(a), ">>", count(b))})`, type, [a, b]),
  );
  binary(`${type}.rotl`, (a, b, use) => called(use(helper("rotate_left")), type, [a, b], false));
  binary(`${type}.rotr`, (a, b, use) => called(use(helper("rotate_right")), type, [a, b], false));
  unary(`${type}.clz`, (a, use) => called(use(helper("leading_zeros")), type, [a], false));
  unary(`${type}.ctz`, (a, use) => called(use(helper("trailing_zeros")), type, [a], false));
  unary(`${type}.popcnt`, (a, use) => called(use(helper("ones")), type, [a], false));
  for (const width of [8, 16, 32]) {
    if (width >= bits) continue;
    unary(`${type}.extend${width}_s`, (a) =>
      composedValue(`(${C_TYPE[type]})(${SIGNED[type]})(int${width}_t)${asOperand(a)}`, type, [a]),
    );
  }
}

unary("i32.wrap_i64", (a) => composedValue(`(uint32_t)${asOperand(a)}`, "i32", [a]));
unary("i64.extend_i32_u", (a) => composedValue(`(uint64_t)${asOperand(a)}`, "i64", [a]));
unary("i64.extend_i32_s", (a) => composedValue(`(uint64_t)(int64_t)(int32_t)${asOperand(a)}`, "i64", [a]));

function called(name: string, type: ValueType, operands: readonly Value[], mayTrap: boolean): Value {
  const text = `${name}(${operands.map((operand) => operand.text).join(", ")})`;
  return composedValue(text, type, operands, { isAtom: true, isOrdered: mayTrap });
}

/** Instructions on numbers, by name: comparisons, arithmetic, conversions. */
export const NUMERIC_OPERATIONS: ReadonlyMap<string, NumericOperation> = table;
