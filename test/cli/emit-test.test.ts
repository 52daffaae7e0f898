import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_HELD, EXIT_USAGE } from "../../host/cli/exit-codes.js";
import { ROOT } from "../../scripts/repository.mjs";
import { run } from "./captured-terminal.js";

const BROKEN = "sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b";
const HELD = "sg1:immediate:slc:t9:s0:s5eg:c1d:a0:b";
const DIVERGES = "sg1:immediate:slc:t9:s0:s5eg:c1d:a:b";

// Inside the package, so that "syncgate/rig" is found by its own name.
mkdirSync(path.join(ROOT, "reports"), { recursive: true });
const folder = mkdtempSync(path.join(ROOT, "reports/emitted-"));
// Where the configuration, which vitest finds above, has tests.
mkdirSync(path.join(folder, "test"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("replay --emit-test", () => {
  it("writes a test that fails while the promise is broken, and passes when it holds", async () => {
    const [broken, held] = [path.join(folder, "test/broken.test.ts"), path.join(folder, "test/held.test.ts")];
    expect((await run(["replay", BROKEN, "--emit-test", broken])).code).toBe(EXIT_BROKEN);
    expect((await run(["replay", HELD, "--emit-test", held])).code).toBe(EXIT_HELD);
    const text = readFileSync(broken, "utf8");
    expect(text).toMatch(/^\/\/ immediate on two slc cards breaks P1 and P3/);
    expect(text).toContain(`const ID = "${BROKEN}";`);
    const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--root", folder, "--reporter", "json"];
    const { stdout, status } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      // Not as CI: it has reports of its own, and this one is read here.
      env: { ...process.env, CI: undefined, VITEST: undefined, VITEST_WORKER_ID: undefined },
    });
    const { testResults } = JSON.parse(stdout) as {
      testResults: {
        name: string;
        assertionResults: { status: string; title: string; failureMessages: string[] }[];
      }[];
    };
    const resultOf = (file: string) =>
      testResults.find(({ name }) => path.basename(name) === path.basename(file))!.assertionResults;
    expect(resultOf(held).map((result) => result.status)).toEqual(["passed"]);
    expect(resultOf(broken).map((result) => result.status)).toEqual(["failed"]);
    expect(resultOf(broken)[0]!.title).toContain("P1: a region that recovery calls clean");
    expect(status).not.toBe(0);
  });

  it("writes none of a case that diverges, nor where it cannot", async () => {
    const file = path.join(folder, "none.test.ts");
    const diverged = await run(["replay", DIVERGES, "--emit-test", file]);
    expect(diverged.err).toContain("no test is written: the case diverged");
    expect(diverged.code).toBe(EXIT_USAGE);
    const nowhere = await run(["replay", BROKEN, "--emit-test", path.join(folder, "none", "x.test.ts")]);
    expect(nowhere.err).toContain("the test cannot be written to");
    expect(nowhere.code).toBe(EXIT_USAGE);
  });
});
