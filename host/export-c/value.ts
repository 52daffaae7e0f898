import type { ValueType } from "./module.js";

/** A C expression that has not been evaluated yet. */
export interface Value {
  readonly text: string;
  readonly type: ValueType;
  /** A name, a number or a call: needs no parentheses as an operand. */
  readonly isAtom: boolean;
  /** Its C type is int and its value 0 or 1: an i32 only after a cast. */
  readonly isCondition: boolean;
  readonly constant: bigint | null;
  /** Local variables that it reads, by number. */
  readonly locals: ReadonlySet<number>;
  /** It looks at memory or at globals, or may trap: it keeps its place among effects. */
  readonly isOrdered: boolean;
  /** It calls a function. */
  readonly hasEffect: boolean;
}

const NO_LOCALS: ReadonlySet<number> = new Set();

/** Expressions longer than this get a variable of their own, characters. */
export const LONGEST_TEXT = 110;

const PLAIN = {
  isAtom: true,
  isCondition: false,
  constant: null,
  locals: NO_LOCALS,
  isOrdered: false,
  hasEffect: false,
};

/** A number. */
export function constantValue(value: bigint, type: ValueType): Value {
  const bits = type === "i32" ? 32 : 64;
  const unsigned = BigInt.asUintN(bits, value);
  const digits = unsigned <= 0xffffn ? unsigned.toString() : `0x${unsigned.toString(16)}`;
  return { ...PLAIN, text: `${digits}${type === "i32" ? "u" : "ull"}`, type, constant: unsigned };
}

/** A variable that is assigned once. */
export function temporaryValue(name: string, type: ValueType): Value {
  return { ...PLAIN, text: name, type };
}

/** A local variable as it is now. */
export function localValue(name: string, type: ValueType, index: number): Value {
  return { ...PLAIN, text: name, type, locals: new Set([index]) };
}

/** What is made of others. */
export function composedValue(
  text: string,
  type: ValueType,
  operands: readonly Value[],
  more: Partial<Pick<Value, "isAtom" | "isCondition" | "isOrdered" | "hasEffect">> = {},
): Value {
  return {
    text,
    type,
    isAtom: more.isAtom ?? false,
    isCondition: more.isCondition ?? false,
    constant: null,
    locals: new Set(operands.flatMap((operand) => [...operand.locals])),
    isOrdered: (more.isOrdered ?? false) || operands.some((operand) => operand.isOrdered),
    hasEffect: (more.hasEffect ?? false) || operands.some((operand) => operand.hasEffect),
  };
}

/** The value as a number of its type, ready to be an operand. */
export function asOperand(value: Value): string {
  if (value.isCondition) return `(uint32_t)(${value.text})`;
  return value.isAtom ? value.text : `(${value.text})`;
}
