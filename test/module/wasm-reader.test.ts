import { describe, expect, it } from "vitest";
import { countMemoryGrow } from "./wasm-instructions.js";
import { WasmReader } from "./wasm-reader.js";

describe("the reader that the proofs on the binary rest on", () => {
  it("sees memory.grow and does not take constants, block types or offsets for it", () => {
    // i32.const 1; memory.grow 0; drop; end
    expect(countMemoryGrow(Uint8Array.of(0x41, 0x01, 0x40, 0x00, 0x1a, 0x0b))).toBe(1);
    // block (no result); i32.const 0x40 - 0x80; i32.load align 2 offset 0x40; drop; end; end
    const innocent = [0x02, 0x40, 0x41, 0x40, 0x28, 0x02, 0x40, 0x1a, 0x0b, 0x0b];
    expect(countMemoryGrow(Uint8Array.from(innocent))).toBe(0);
    // br_table with labels 0x40 and 0x40, default 0; memory.copy; memory.grow
    const table = [0x0e, 0x02, 0x40, 0x40, 0x00, 0xfc, 0x0a, 0x00, 0x00, 0x40, 0x00];
    expect(countMemoryGrow(Uint8Array.from(table))).toBe(1);
  });

  it("refuses what it does not know instead of getting out of step", () => {
    expect(() => countMemoryGrow(Uint8Array.of(0xfd, 0x00))).toThrow("unknown instruction 0xfd");
  });

  it("reads signed and unsigned LEB128 numbers of five bytes", () => {
    expect(new WasmReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)).u32()).toBe(0xffffffff);
    expect(new WasmReader(Uint8Array.of(0x7f)).i32()).toBe(-1);
    expect(new WasmReader(Uint8Array.of(0x80, 0x08)).i32()).toBe(1024);
    expect(new WasmReader(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x78)).i32()).toBe(-0x80000000);
  });
});
