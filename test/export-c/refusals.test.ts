import { describe, expect, it } from "vitest";
import { CSource } from "../../host/export-c/c-source.js";
import { readModule } from "../../host/export-c/module.js";
import { encoded, I32, type SmallModule } from "./small-module.js";

function exported(module: SmallModule): string {
  return new CSource(
    readModule(encoded(module)),
    new Map([["f", { name: "f", parameters: [], comment: "" }]]),
  ).text();
}

const running = (...code: number[]): SmallModule => ({
  functions: [{ name: "f", params: [], results: [], code }],
});

/** The first instruction of a module without imports and data stands here. */
const CODE_AT = 49;

describe("what cannot be exported", () => {
  it.each([
    ["f32.add", [0x43, 0, 0, 0, 0], "f32.const", 0],
    ["f64 in a comparison", [0x61], "f64.eq", 0],
    ["memory.grow", [0x41, 1, 0x40, 0, 0x1a], "memory.grow", 2],
    ["memory.size", [0x3f, 0, 0x1a], "memory.size", 0],
    ["call_indirect", [0x41, 0, 0x11, 0, 0], "call_indirect", 2],
    ["a saturating conversion", [0xfc, 0], "i32.trunc_sat_f32_s", 0],
    ["memory.init", [0xfc, 8, 0, 0], "memory.init", 0],
    ["an instruction that nobody knows", [0xd7], "0xd7", 0],
    ["a vector", [0xfd, 0], "0xfd", 0],
  ])("%s is refused by name and place", (_, code, name, at) => {
    const bytes = encoded(running(...code));
    const place = bytes.length - code.length - 1 + at;
    expect(place).toBeGreaterThan(CODE_AT - 10);
    expect(() => exported(running(...code))).toThrow(
      `the instruction ${name} at byte ${place} cannot be exported`,
    );
  });

  it.each([
    ["a table", 4, [1, 0x70, 0, 1], /^the module has a table \(byte \d+\), which cannot be exported$/],
    ["a start function", 8, [0], /^the module has a start function/],
    ["elements", 9, [0], /^the module has elements of a table/],
  ] as const)("%s is", (_, id, contents, message) => {
    expect(() => exported({ ...running(), strange: [[id, contents]] })).toThrow(message);
  });

  it("a block with parameters is", () => {
    expect(() => exported(running(0x02, 0x00, 0x0b))).toThrow(/^the block at byte \d+ has parameters/);
  });

  it("a parameter without a name is", () => {
    const module: SmallModule = { functions: [{ name: "f", params: [I32], results: [], code: [] }] };
    expect(() => exported(module)).toThrow("the export f has 1 parameters, but 0 are described");
  });

  it("bytes that are no module, or half a one, are", () => {
    expect(() => readModule(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0))).toThrow(
      "the file is no WebAssembly 1 module",
    );
    const whole = encoded(running(0x01));
    expect(() => readModule(whole.subarray(0, whole.length - 2))).toThrow(
      /^the module ends at byte \d+, inside/,
    );
  });
});
