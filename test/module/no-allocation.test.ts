import { describe, expect, it } from "vitest";
import { compileDriver } from "../../scripts/driver-compiler.mjs";

describe("allocation", () => {
  it.each(["no-allocation", "spi"])(
    "is reachable from no export of the driver, with the exports of %s",
    async (around) => {
      const { ok, diagnostics } = await compileDriver("no-allocation", { around });
      expect(diagnostics).toBe("");
      expect(ok).toBe(true);
    },
  );

  it("is found in the SPI driver too", async () => {
    let planted = 0;
    const { ok, diagnostics } = await compileDriver("no-allocation", {
      around: "spi",
      editSource: (file, text) =>
        file === "assembly/sdcard/registers.ts"
          ? text.replace(
              /(function address\(c: Card, sector: u32\): u32 \{)/,
              (head) => (planted++, `${head} new Array<u32>(4);`),
            )
          : text,
    });
    expect(planted).toBeGreaterThan(0);
    expect(ok).toBe(false);
    expect(diagnostics).toContain("the driver must not allocate");
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
