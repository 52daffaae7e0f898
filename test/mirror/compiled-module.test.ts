import { expect, it } from "vitest";
import { compiledModule } from "../../host/mirror/compiled-module.js";

/** The smallest module, with a custom section that holds one byte (WebAssembly Core Specification, 5.5.16 and 5.5.3). */
function numbered(byte: number): Uint8Array {
  return new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 3, 1, 0x6e, byte]);
}

function byteOf(module: WebAssembly.Module): number {
  return new Uint8Array(WebAssembly.Module.customSections(module, "n")[0]!)[0]!;
}

it("is made once of equal bytes, whoever holds them", () => {
  expect(compiledModule(numbered(1))).toBe(compiledModule(numbered(1)));
  expect(byteOf(compiledModule(numbered(1)))).toBe(1);
});

it("is another one of other bytes, also when they are changed in place", () => {
  const binary = numbered(2);
  const before = compiledModule(binary);
  binary[12] = 3;
  expect(byteOf(compiledModule(binary))).toBe(3);
  expect(byteOf(before)).toBe(2);
  expect(compiledModule(numbered(2))).toBe(before);
});

it("is kept for the few that were used last", () => {
  const first = compiledModule(numbered(10));
  for (const byte of [11, 12, 13]) compiledModule(numbered(byte));
  expect(compiledModule(numbered(10))).toBe(first);
  const second = compiledModule(numbered(11));
  for (const byte of [14, 15, 16, 17]) compiledModule(numbered(byte));
  expect(compiledModule(numbered(11))).not.toBe(second);
});

it("is refused as V8 refuses it", () => {
  expect(() => compiledModule(new Uint8Array([0, 1, 2, 3]))).toThrow(WebAssembly.CompileError);
});
