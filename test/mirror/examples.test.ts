/** The examples of the documentation run, and print what they say. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as rp2040js from "rp2040js";
import * as syncgate from "../../host/index.js";
import * as rp2040 from "../../host/rp2040/index.js";
import * as sdcard from "../../host/sdcard-emulator/index.js";
import { ROOT } from "../../scripts/repository.mjs";

const DOCUMENTS = { "README.md": 2, "docs/library.md": 6, "docs/sdcard.md": 6, "docs/rp2040.md": 1 };
const LIBRARIES = { syncgate, "syncgate/sdcard": sdcard, "syncgate/rp2040": rp2040, rp2040js };
const EXAMPLE = /^```ts\n(.*?)^```$/gms;
const EXPECTATION = /^\s*console\.log\((.*)\); \/\/ => (.*)$/gm;
const IMPORT = /^import (\{[^}]*\}) from ("syncgate(?:\/sdcard|\/rp2040)?"|"rp2040js");$/gm;

/** The blocks of TypeScript in a document that import this library. */
function examplesOf(document: string): string[] {
  const text = readFileSync(path.join(ROOT, document), "utf8");
  return [...text.matchAll(EXAMPLE)]
    .map((match) => match[1]!)
    .filter((code) => code.includes('from "syncgate'));
}

/** Runs an example. Values printed with an expectation are compared with it. @returns number of comparisons */
async function run(code: string): Promise<number> {
  let compared = 0;
  const check = (found: unknown[], expected: unknown, what: string): void => {
    compared++;
    expect(found.length === 1 ? found[0] : found, what).toEqual(expected);
  };
  const checked = code
    .replace(EXPECTATION, (_, printed: string, expected: string) => {
      return `check([${printed}], ${expected}, ${JSON.stringify(printed)});`;
    })
    .replace(IMPORT, "const $1 = libraries[$2];");
  const body = `return (async () => {\n${checked}\n})();`;
  const { outputText } = ts.transpileModule(body, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const quiet = { log: (): void => undefined };
  // oxlint-disable-next-line no-implied-eval -- our own documents are run, and nothing else
  const example = new Function("libraries", "check", "console", outputText) as (
    ...parts: unknown[]
  ) => Promise<void>;
  await example(LIBRARIES, check, quiet);
  return compared;
}

describe.each(Object.entries(DOCUMENTS))("%s", (document, least) => {
  const examples = examplesOf(document);

  it("has the examples that it is to have", () => {
    expect(examples.length).toBeGreaterThanOrEqual(least);
  });

  it.each(examples.map((code, i) => [i + 1, code] as const))(
    "example %i prints what it says",
    async (_, code) => {
      const promised = code.split("// =>").length - 1;
      expect(promised).toBeGreaterThan(0);
      expect(await run(code)).toBe(promised);
    },
  );
});

describe("a wrong example", () => {
  it("is noticed", async () => {
    await expect(run("console.log(1 + 1); // => 3")).rejects.toThrow("1 + 1");
    await expect(run("nothing();")).rejects.toThrow("nothing is not defined");
  });
});
