import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { answersInC, answersInNode, type Call } from "./both-ways.js";
import { get, I32, I64, set, type SmallFunction, type SmallModule } from "./small-module.js";

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const BR = 0x0c;
const BR_IF = 0x0d;
const BR_TABLE = 0x0e;
const RETURN = 0x0f;
const UNREACHABLE = 0x00;
const DROP = 0x1a;
const SELECT = 0x1b;
const TEE = 0x22;
const VOID = 0x40;
const ADD = 0x6a;
const SUB = 0x6b;
const MUL = 0x6c;
const SHL = 0x74;
const LT_U = 0x49;

const number = (value: number): number[] => [0x41, value];
const call = (index: number): number[] => [0x10, index];
const load = (offset: number): number[] => [0x28, 2, offset];
const store = (offset: number): number[] => [0x36, 2, offset];

const NOTE = call(0);
/** Function numbers: behind the import. */
const BUMP = call(1);

function taking(
  count: number,
  name: string,
  code: readonly number[],
  locals: SmallFunction["locals"] = [],
): SmallFunction {
  return { name, params: new Array<typeof I32>(count).fill(I32), results: [I32], locals, code };
}

const MODULE: SmallModule = {
  imports: [{ name: "note", params: [I32], results: [I32] }],
  globals: [5],
  functions: [
    // Adds one to the word at 0, and returns what it was.
    taking(0, "bump", [
      ...number(0),
      ...number(0),
      ...load(0),
      ...number(1),
      ADD,
      ...store(0),
      ...number(0),
      ...load(0),
      ...number(1),
      SUB,
    ]),
    // A load before a call that changes what it loads, one behind it, and two calls beside each other.
    taking(0, "order", [
      ...number(0),
      ...load(0),
      ...BUMP,
      ...number(4),
      SHL,
      ADD,
      ...number(0),
      ...load(0),
      ...number(8),
      SHL,
      ADD,
    ]),
    taking(0, "two_calls", [...BUMP, ...number(4), SHL, ...BUMP, SUB]),
    taking(1, "notes", [...get(0), ...NOTE, ...get(0), ...number(1), ADD, ...NOTE, ...number(3), MUL, SUB]),
    taking(2, "nested_notes", [...get(0), ...NOTE, ...get(1), ...NOTE, ADD, ...NOTE]),
    // The old value of a local stays on the stack while it gets another.
    taking(2, "swap", [
      ...get(0),
      ...get(1),
      ...set(0),
      ...set(1),
      ...get(0),
      ...number(4),
      SHL,
      ...get(1),
      SUB,
    ]),
    taking(2, "tee", [...get(0), ...get(1), TEE, 0, ...get(0), MUL, ADD]),
    taking(1, "store_under_load", [
      ...number(8),
      ...load(0),
      ...number(8),
      ...get(0),
      ...store(0),
      ...number(8),
      ...load(0),
      ...number(7),
      MUL,
      ADD,
    ]),
    // Blocks with results.
    taking(1, "block_result", [
      BLOCK,
      I32,
      ...number(7),
      ...get(0),
      BR_IF,
      0,
      ...get(0),
      ADD,
      END,
      ...number(2),
      MUL,
    ]),
    taking(1, "if_result", [...get(0), IF, I32, ...get(0), ...NOTE, ELSE, ...number(9), END, ...get(0), SUB]),
    taking(2, "if_nested", [
      ...get(0),
      IF,
      I32,
      ...get(1),
      IF,
      I32,
      ...number(1),
      ELSE,
      ...number(2),
      RETURN,
      END,
      ELSE,
      ...get(1),
      IF,
      VOID,
      ...number(3),
      RETURN,
      END,
      ...number(4),
      END,
    ]),
    taking(1, "under_branching", [
      ...get(0),
      ...NOTE,
      ...get(0),
      IF,
      VOID,
      ...number(50),
      ...set(0),
      END,
      ...get(0),
      SUB,
    ]),
    // Sum of 1 to n, and a loop in a loop that is left from within.
    taking(
      1,
      "sum",
      [
        LOOP,
        VOID,
        ...get(0),
        IF,
        VOID,
        ...get(1),
        ...get(0),
        ADD,
        ...set(1),
        ...get(0),
        ...number(1),
        SUB,
        ...set(0),
        BR,
        1,
        END,
        END,
        ...get(1),
      ],
      [I32],
    ),
    taking(
      1,
      "product_pairs",
      [
        BLOCK,
        VOID,
        LOOP,
        VOID,
        ...number(0),
        ...set(2),
        LOOP,
        VOID,
        ...get(3),
        ...number(1),
        ADD,
        ...set(3),
        ...get(3),
        ...get(0),
        ...number(4),
        MUL,
        LT_U,
        0x45,
        BR_IF,
        2,
        ...get(2),
        ...number(1),
        ADD,
        TEE,
        2,
        ...get(1),
        LT_U,
        BR_IF,
        0,
        END,
        ...get(1),
        ...number(1),
        ADD,
        TEE,
        1,
        ...get(0),
        LT_U,
        BR_IF,
        0,
        END,
        END,
        ...get(3),
        ...get(1),
        ...number(8),
        SHL,
        ADD,
      ],
      [I32, I32, I32],
    ),
    taking(1, "table", [
      BLOCK,
      VOID,
      BLOCK,
      VOID,
      BLOCK,
      VOID,
      BLOCK,
      VOID,
      ...get(0),
      BR_TABLE,
      4,
      0,
      1,
      0,
      2,
      3,
      END,
      ...number(10),
      RETURN,
      END,
      ...number(20),
      RETURN,
      END,
      ...number(30),
      ...set(0),
      END,
      ...get(0),
    ]),
    taking(1, "table_of_one", [BLOCK, VOID, ...get(0), BR_TABLE, 0, 0, END, ...number(5)]),
    // What follows an exit is skipped, whatever it is.
    taking(1, "dead", [
      BLOCK,
      I32,
      ...get(0),
      BR,
      0,
      BLOCK,
      VOID,
      LOOP,
      VOID,
      UNREACHABLE,
      END,
      END,
      ADD,
      END,
      ...number(1),
      ADD,
    ]),
    taking(1, "dead_if", [
      ...get(0),
      IF,
      VOID,
      ...number(3),
      RETURN,
      ELSE,
      ...number(4),
      RETURN,
      END,
      UNREACHABLE,
    ]),
    taking(1, "trap_unless", [...get(0), IF, VOID, ELSE, UNREACHABLE, END, ...get(0)]),
    taking(1, "branch_out", [...get(0), BR, 0]),
    taking(1, "branch_out_if", [...number(6), ...get(0), BR_IF, 0, DROP, ...number(8)]),
    // Both values are evaluated, and the load that is not chosen traps.
    taking(1, "chosen", [...BUMP, ...number(3), ...NOTE, ...get(0), SELECT]),
    taking(2, "chosen_trap", [...get(1), ...load(0), ...number(3), ...get(0), SELECT]),
    taking(1, "dropped", [...get(0), ...NOTE, DROP, ...get(0), ...load(0), DROP, ...get(0), DROP, ...get(0)]),
    taking(1, "global", [0x23, 0, ...get(0), 0x24, 0, 0x23, 0, ...number(4), SHL, ADD]),
    { name: "nothing", params: [], results: [], code: [0x01] },
    { name: "unused", params: [I32, I64], results: [], code: [] },
    // Recursion: n!, in 32 bits.
    taking(1, "factorial", [
      ...get(0),
      IF,
      I32,
      ...get(0),
      ...get(0),
      ...number(1),
      SUB,
      ...call(28),
      MUL,
      ELSE,
      ...number(1),
      END,
    ]),
  ],
};

const ARGUMENTS = [0n, 1n, 2n, 3n, 4n, 7n, 0x8000_0000n, 0xffff_ffffn];
/** Loops count these down. */
const SMALL = new Set(["sum", "product_pairs", "factorial"]);

function calls(): Call[] {
  return MODULE.functions.flatMap(({ name, params }): Call[] => {
    if (name === "unused") return [[name, 1n, 2n]];
    const values = SMALL.has(name) ? ARGUMENTS.slice(0, 6) : ARGUMENTS;
    if (params.length === 0) return [[name], [name]];
    if (params.length === 1) return values.map((value): Call => [name, value]);
    return values.flatMap((a) => values.map((b): Call => [name, a, b]));
  });
}

describeWithPrograms({ gcc: "gcc" }, "control flow and order in C", () => {
  it.each(["-O0", "-O2"])(
    "are those of the module: %s",
    (optimisation) => {
      expect(MODULE.functions.findIndex(({ name }) => name === "factorial") + 1).toBe(28);
      const inNode = answersInNode(MODULE, calls());
      expect(inNode.filter((line) => line.endsWith("trap")).length).toBeGreaterThan(5);
      expect(answersInC(MODULE, calls(), [optimisation])).toEqual(inNode);
    },
    60_000,
  );
});
