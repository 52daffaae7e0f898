import { describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_DIVERGED, EXIT_HELD } from "../../host/cli/exit-codes.js";
import { run } from "./captured-terminal.js";

const BROKEN = "sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b";

describe("replay", () => {
  it("says that the violation shows again, and tells it", async () => {
    const { code, out } = await run(["replay", BROKEN]);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toContain("1. [");
    expect(out).toContain("The violation shows again: P1 and P3 broken.");
  });

  it("prints the trace on demand", async () => {
    const plain = await run(["replay", BROKEN]);
    const { out } = await run(["replay", BROKEN, "--trace"]);
    expect(out.length).toBeGreaterThan(plain.out.length);
    expect(out).toContain("layer above");
  });

  it("says that a case holds under another policy", async () => {
    const { code, out } = await run(["replay", "sg1:syncgated.f:slc:t9:s0:s5eg:c1:a:b"]);
    expect(out).toContain("Held: ");
    expect(code).toBe(EXIT_HELD);
  });

  it("says that it diverged when the case does not fit", async () => {
    const { code, out } = await run(["replay", BROKEN.replace(":a1:b", ":a1:b777")]);
    expect(out).toContain("Diverged, so nothing is known: ");
    expect(code).toBe(EXIT_DIVERGED);
  });

  it("prints JSON", async () => {
    const { out } = await run(["replay", BROKEN, "--json", "--trace"]);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      id: BROKEN,
      ending: "broken",
      promises: ["P1", "P3"],
    });
  });
});
