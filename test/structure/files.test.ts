import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/repository.mjs";
import { sourcesBelow } from "./source-files.js";

/** A longer file is usually several that moved in together. */
const LINES_MAX = 450;
/** A list of constants, which has to be one. */
const ONE_PLACE_FOR_NUMBERS = "assembly/layout.ts";
const SAYS_NOTHING = /(^|\/)(utils?|common|helpers?|misc)(\/|\.[a-z.]+$)/i;

const sources = sourcesBelow("host", "assembly", "test", "scripts", "examples");

describe("files", () => {
  it("have names that say what is inside", () => {
    expect(sources.map((source) => source.path).filter((file) => SAYS_NOTHING.test(file))).toEqual([]);
    expect(
      ["host/utils/x.ts", "host/util.ts", "test/helpers.test.ts", "scripts/misc.mjs"].every((file) =>
        SAYS_NOTHING.test(file),
      ),
    ).toBe(true);
    expect(SAYS_NOTHING.test("host/cli/common-prefix.ts")).toBe(false);
  });

  it(`have at most ${LINES_MAX} lines`, () => {
    const lengths = sources
      .filter((source) => source.path !== ONE_PLACE_FOR_NUMBERS)
      .map((source) => ({ path: source.path, lines: source.text.split("\n").length - 1 }));
    expect(lengths.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  it("import only files that exist", () => {
    const known = new Set(sources.map((source) => source.path));
    const missing = sources.flatMap((source) =>
      source.imports.filter((file) => /\.(ts|mjs)$/.test(file) && !known.has(file)),
    );
    expect(missing).toEqual([]);
  });

  it("are sources: nothing compiled is committed", () => {
    const committed = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
    expect(committed).toContain("package.json");
    expect(committed.filter((file) => /\.(wasm|uf2|elf|tgz)$|^(dist|build)\//.test(file))).toEqual([]);
  });
});
