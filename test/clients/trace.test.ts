import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TraceError, checkTraceFits, parseTrace, readTrace, tracePrefix } from "../../host/clients/trace.js";

const parsed = (text: string): number[] => [...parseTrace(text, "x.blocks").blocks];

describe("a trace file", () => {
  it("holds one block index a line, with or without a last line end", () => {
    expect(parsed("0\n17\n16379\n")).toEqual([0, 17, 16379]);
    expect(parsed("5\r\n6")).toEqual([5, 6]);
  });

  it("comes back as it was written", () => {
    const blocks = fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(blocks, (list) => {
        expect(parsed(list.join("\n"))).toEqual(list);
      }),
    );
  });

  it.each([
    ["", "x.blocks is empty: a trace has one block index a line"],
    ["1\n\n2\n", 'x.blocks, line 2: "" is no block index: write one decimal number a line'],
    ["1\n-2\n", 'x.blocks, line 2: "-2" is no block index: write one decimal number a line'],
    ["1\n2\n0x10\n", 'x.blocks, line 3: "0x10" is no block index: write one decimal number a line'],
    [" 1\n", 'x.blocks, line 1: " 1" is no block index: write one decimal number a line'],
    ["16777216\n", "x.blocks, line 1: block 16777216 is above 16777215: write indices of 4 KiB blocks"],
  ])("%j is refused with its place and the remedy", (text, message) => {
    expect(() => parseTrace(text, "x.blocks")).toThrow(new TraceError(message));
  });

  it("is refused when it is longer than a replay can be", () => {
    expect(() => parseTrace("1\n".repeat(2 ** 20 + 1), "x.blocks")).toThrow(
      "x.blocks has 1048577 lines: cut it to 1048576 at most",
    );
  });

  it("is refused for an array that is too small, at the first write outside", () => {
    const trace = parseTrace("3\n8\n9\n", "x.blocks");
    expect(() => checkTraceFits(trace, 8)).toThrow(
      "x.blocks, line 2: block 8 is outside the 8 blocks of the array",
    );
    expect(() => checkTraceFits(trace, 10)).not.toThrow();
  });
});

describe("the recorded traces", () => {
  it("are 4096 writes each within 64 MiB: one in order, one all over", () => {
    const seq = readTrace("seq").blocks;
    const rand = readTrace("rand").blocks;
    expect([seq.length, rand.length]).toEqual([4096, 4096]);
    expect(seq.every((block, i) => block === i)).toBe(true);
    expect(Math.max(...rand)).toBeLessThan(16384);
    expect(new Set(rand.map((block) => block >> 4)).size).toBeGreaterThan(950);
  });

  it("can be cut to a prefix", () => {
    expect([...tracePrefix(parseTrace("4\n5\n6\n", "x"), 2).blocks]).toEqual([4, 5]);
  });
});
