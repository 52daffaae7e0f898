import { describe, expect, it } from "vitest";
import { hostDigest } from "../../host/host-digest.js";
import { digestOfCode } from "../../scripts/host-compiler.mjs";

describe("the digest of the host's code", () => {
  it("does not depend on the order in which modules are written", () => {
    const [a, b] = [["dist/a.js", "1"] as const, ["dist/b.js", "2"] as const];
    expect(digestOfCode(new Map([a, b]))).toBe(digestOfCode(new Map([b, a])));
  });

  it.each([
    ["one byte of a module", [["dist/a.js", "2"]]],
    ["a module's name", [["dist/b.js", "1"]]],
    [
      "a module more",
      [
        ["dist/a.js", "1"],
        ["dist/b.js", ""],
      ],
    ],
  ] as const)("changes with %s", (_what, modules) => {
    expect(digestOfCode(new Map(modules))).not.toBe(digestOfCode(new Map([["dist/a.js", "1"]])));
  });

  it("is written by the build", () => {
    expect(hostDigest()).toMatch(/^[0-9a-f]{64}$/);
  });
});
