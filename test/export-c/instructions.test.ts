import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { answersInC, answersInNode, callsAtEdges, EDGES_OF, type Call } from "./both-ways.js";
import { constant, get, I32, I64, type SmallFunction, type SmallModule, type Type } from "./small-module.js";

const UNARY: readonly (readonly [first: number, last: number, of: Type, result: Type])[] = [
  [0x45, 0x45, I32, I32], // eqz
  [0x67, 0x69, I32, I32], // clz, ctz, popcnt
  [0xc0, 0xc1, I32, I32], // extend8_s, extend16_s
  [0x50, 0x50, I64, I32],
  [0x79, 0x7b, I64, I64],
  [0xc2, 0xc4, I64, I64],
  [0xa7, 0xa7, I64, I32], // wrap
  [0xac, 0xad, I32, I64], // extend_i32_s, extend_i32_u
];
const BINARY: readonly (readonly [first: number, last: number, of: Type, result: Type])[] = [
  [0x46, 0x4f, I32, I32], // eq to ge_u
  [0x6a, 0x78, I32, I32], // add to rotr
  [0x51, 0x5a, I64, I32],
  [0x7c, 0x8a, I64, I64],
];

function ranged<T>(
  table: readonly (readonly [number, number, Type, Type])[],
  make: (opcode: number, of: Type, result: Type) => T[],
): T[] {
  return table.flatMap(([first, last, of, result]) =>
    Array.from({ length: last - first + 1 }, (_, i) => make(first + i, of, result)).flat(),
  );
}

const hex = (opcode: number): string => opcode.toString(16);

const unary = ranged(UNARY, (opcode, of, result): SmallFunction[] => [
  { name: `op_${hex(opcode)}`, params: [of], results: [result], code: [...get(0), opcode] },
]);
const binary = ranged(BINARY, (opcode, of, result): SmallFunction[] => [
  { name: `op_${hex(opcode)}`, params: [of, of], results: [result], code: [...get(0), ...get(1), opcode] },
]);
/** With a constant on the right, which the exporter looks at. */
const withConstants = ranged(BINARY, (opcode, of, result) =>
  EDGES_OF[of === I32 ? "i32" : "i64"].map((edge, i): SmallFunction => ({
    name: `op_${hex(opcode)}_${i}`,
    params: [of],
    results: [result],
    code: [...get(0), ...constant(of, edge), opcode],
  })),
);
/** What a comparison leaves is a number too. */
const COMPARED: readonly SmallFunction[] = [0x6a, 0x6c, 0x74, 0x71].map((opcode) => ({
  name: `compared_${hex(opcode)}`,
  params: [I32, I32],
  results: [I32],
  code: [
    ...get(0),
    ...get(1),
    0x49,
    0x45,
    ...get(1),
    opcode,
    ...get(0),
    ...get(1),
    0x48,
    ...constant(I32, 31n),
    0x74,
    0x73,
  ],
}));

/** Loads and stores: opcode, type, bytes. */
const LOADS = [
  [0x28, I32, 4],
  [0x2c, I32, 1],
  [0x2d, I32, 1],
  [0x2e, I32, 2],
  [0x2f, I32, 2],
  [0x29, I64, 8],
  [0x30, I64, 1],
  [0x31, I64, 1],
  [0x32, I64, 2],
  [0x33, I64, 2],
  [0x34, I64, 4],
  [0x35, I64, 4],
] as const;
const STORES = [
  [0x36, I32, 4],
  [0x3a, I32, 1],
  [0x3b, I32, 2],
  [0x37, I64, 8],
  [0x3c, I64, 1],
  [0x3d, I64, 2],
  [0x3e, I64, 4],
] as const;
/** Offsets with what each is stated to be aligned to: log2 of bytes, -1 for all that the access is wide. */
const PLACES = [
  [0, -1],
  [24, -1],
  [3, 0],
  [1, -1],
] as const;

function bulk(name: string, ...code: number[]): SmallFunction {
  return {
    name,
    params: [I32, I32, I32],
    results: [],
    code: [...get(0), ...get(1), ...get(2), 0xfc, ...code],
  };
}

function accesses(): SmallFunction[] {
  const functions: SmallFunction[] = [];
  for (const [i, [offset, alignment]] of PLACES.entries()) {
    const place = (bytes: number): number[] => [alignment < 0 ? Math.log2(bytes) : alignment, offset];
    for (const [opcode, type, bytes] of LOADS)
      functions.push({
        name: `load_${hex(opcode)}_${i}`,
        params: [I32],
        results: [type],
        code: [...get(0), opcode, ...place(bytes)],
      });
    for (const [opcode, type, bytes] of STORES)
      functions.push({
        name: `store_${hex(opcode)}_${i}`,
        params: [I32, type],
        results: [],
        code: [...get(0), ...get(1), opcode, ...place(bytes)],
      });
  }
  return [...functions, bulk("copy", 0x0a, 0, 0), bulk("fill", 0x0b, 0)];
}

const MEMORY: SmallModule = {
  functions: accesses(),
  data: { address: 90, bytes: Array.from({ length: 200 }, (_, i) => (i * 73 + 129) & 0xff) },
};

/** Within memory and at its end, where a word more is too much; then all that was written is read again. */
function memoryCalls(): Call[] {
  const calls: Call[] = [];
  const value = 0x8182_8384_8586_8788n;
  for (const address of [
    0n,
    88n,
    104n,
    65_496n,
    65_504n,
    65_528n,
    65_532n,
    65_535n,
    65_536n,
    0xffff_ffe0n,
    0xffff_ffffn,
  ]) {
    for (const { name, params } of MEMORY.functions) {
      if (params.length === 1) calls.push([name, address & ~7n]);
      if (params.length === 2)
        calls.push([name, address & ~7n, params[1] === I32 ? value & 0xffff_ffffn : value]);
    }
  }
  for (const count of [0n, 1n, 3n, 4n, 64n, 65_000n, 65_536n, 65_537n, 0xffff_ffffn])
    for (const [to, from] of [
      [96n, 100n],
      [100n, 96n],
      [97n, 120n],
      [300n, 92n],
      [65_536n, 0n],
      [0n, 65_536n],
      [65_500n, 0n],
    ] as const) {
      calls.push(["copy", to, from, count], ["load_28_0", 96n], ["load_28_0", 300n], ["load_28_0", 128n]);
      if (count < 100n || count > 65_536n)
        calls.push(["fill", to, (0xabn + count) & 0xffff_ffffn, count], ["load_28_0", 100n]);
    }
  return calls;
}

const WAYS = [
  { name: "as words", options: ["-O1"] },
  { name: "put together from bytes", options: ["-O1", "-DSYNCGATE_PORTABLE=1"] },
];

describeWithPrograms({ gcc: "gcc" }, "instructions in C answer as they do in Node", () => {
  it("on numbers, at all edges", () => {
    const module: SmallModule = { functions: [...unary, ...binary, ...COMPARED] };
    const calls = callsAtEdges(module);
    expect(calls.length).toBeGreaterThan(5000);
    expect(answersInC(module, calls, ["-O0", "-fsanitize=undefined"])).toEqual(answersInNode(module, calls));
  }, 60_000);

  it("on numbers and constants", () => {
    const module: SmallModule = { functions: withConstants };
    const calls = callsAtEdges(module);
    expect(answersInC(module, calls, ["-O0"])).toEqual(answersInNode(module, calls));
  }, 60_000);

  it.each(WAYS)(
    "on memory $name, and trap where they do",
    ({ options }) => {
      const calls = memoryCalls();
      const inNode = answersInNode(MEMORY, calls);
      expect(inNode.filter((line) => line.endsWith("trap")).length).toBeGreaterThan(100);
      expect(answersInC(MEMORY, calls, options)).toEqual(inNode);
    },
    60_000,
  );
});
