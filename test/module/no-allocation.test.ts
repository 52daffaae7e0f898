import { describe, expect, it } from "vitest";
import { compileDriver } from "../../scripts/driver-compiler.mjs";

describe("allocation", () => {
  it("is reachable from no export of the driver", async () => {
    const { ok, diagnostics } = await compileDriver("no-allocation");
    expect(diagnostics).toBe("");
    expect(ok).toBe(true);
  });

  it.each(["new Array<u32>(4)", "[key, 1]", '"option " + key.toString()'])(
    "is found by the same compilation: a planted %s",
    async (expression) => {
      let planted = 0;
      const { ok, diagnostics } = await compileDriver("no-allocation", {
        editSource: (file, text) =>
          file === "assembly/options.ts"
            ? text.replace(
                /(function option\(key: u32\): u32 \{)/,
                (head) => (planted++, `${head} ${expression};`),
              )
            : text,
      });
      expect(planted).toBeGreaterThan(0); // asc reads a file once for every file that imports it
      expect(ok).toBe(false);
      expect(diagnostics).toContain("the driver must not allocate");
    },
  );
});
