import { describe, expect, it } from "vitest";
import { stackOf } from "../../scripts/firmware-size.mjs";

const node = (name: string, bytes: number): string =>
  `node: { title: "${name}" label: "${name}\\nsyncgate.c:1:1\\n${bytes} bytes (static)\\n0 dynamic objects" }`;
const edge = (from: string, to: string): string =>
  `edge: { sourcename: "${from}" targetname: "${to}" label: "syncgate.c:2:3" }`;

describe("the stack of the exported C", () => {
  it("is that of the deepest way, not of the widest function", () => {
    const graph = [
      node("a", 8),
      node("b", 16),
      node("c", 100),
      node("d", 99),
      edge("a", "b"),
      edge("b", "d"),
      edge("a", "c"),
    ];
    expect(stackOf(graph.join("\n"))).toEqual({ deepest: 123, turn: 0 });
  });

  it("counts a circle once, and tells what a turn takes", () => {
    const graph = [node("a", 8), node("b", 16), node("c", 32), node("d", 64)];
    const calls = [
      edge("a", "b"),
      edge("b", "c"),
      edge("c", "b"),
      edge("b", "d"),
      edge("d", "__indirect_call"),
    ];
    expect(stackOf([...graph, ...calls].join("\n"))).toEqual({ deepest: 120, turn: 48 });
  });
});
