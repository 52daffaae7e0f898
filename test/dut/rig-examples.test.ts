/** The examples of docs/rig.md run, and do what they say. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as rig from "../../host/campaign/index.js";
// oxlint-disable-next-line no-unassigned-import -- importing it is how the matcher is added
import "../../host/vitest/index.js";
import { ROOT } from "../../scripts/repository.mjs";

const TEXT = readFileSync(path.join(ROOT, "docs/rig.md"), "utf8");
const EXAMPLES = [...TEXT.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
const LIBRARIES: Readonly<Record<string, unknown>> = { "syncgate/rig": rig, "syncgate/vitest": {} };

/** Runs an example. @returns how many values were compared, and how many tests of its own it ran */
async function run(code: string): Promise<{ compared: number; tests: number }> {
  let compared = 0;
  const compare = (found: unknown, expected: unknown, what: string): void => {
    compared++;
    expect(found, what).toEqual(expected);
  };
  const tests: (() => Promise<void>)[] = [];
  const vitest = { expect, test: (_name: string, body: () => Promise<void>) => tests.push(body) };
  const body = code
    .replace(/^console\.log\((.*)\); \/\/ => (.*)$/gm, (_, printed: string, expected: string) => {
      return `compare(${printed}, ${expected}, ${JSON.stringify(printed)});`;
    })
    .replace(/^import (\{.*\}) from ("[a-z/]+");$/gm, "const $1 = libraries[$2];")
    .replace(/^import ("[a-z/]+");$/gm, "libraries[$1].toString();");
  const { outputText } = ts.transpileModule(`return (async () => {\n${body}\n})();`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  // oxlint-disable-next-line no-implied-eval -- our own documents are run, and nothing else
  const example = new Function("libraries", "compare", outputText) as (...parts: unknown[]) => Promise<void>;
  await example({ ...LIBRARIES, vitest }, compare);
  for (const each of tests) await each();
  return { compared, tests: tests.length };
}

describe("docs/rig.md", () => {
  it.each(EXAMPLES.map((code, i) => [i + 1, code] as const))(
    "example %i does what it says",
    async (_, code) => {
      const { compared, tests } = await run(code);
      expect(compared).toBe(code.split("// =>").length - 1);
      expect(tests).toBe(code.split("\ntest(").length - 1);
      expect(compared + tests).toBeGreaterThan(0);
    },
  );

  it("has an example of an adapter, of a log and of the matcher, and a wrong one is noticed", async () => {
    expect(EXAMPLES).toHaveLength(3);
    await expect(run("console.log(1 + 1); // => 3")).rejects.toThrow("1 + 1");
    await expect(run(`import { x } from "nothing";`)).rejects.toThrow();
  });
});
