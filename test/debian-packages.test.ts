import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../scripts/repository.mjs";
import { describeWithPrograms, programPath } from "./debian-packages.js";

/** A test file of its own. Its program is no administrator's, so that PATH decides. */
const TESTS = `
  import { describeWithPrograms, programPath } from ${JSON.stringify(path.join(ROOT, "test/debian-packages.ts"))};
  describeWithPrograms({ mdir: "mtools" }, "the files", () => {
    it("are listed", () => expect(programPath("mdir")).toBe(process.env.EXPECTED));
    it("hold other bytes", () => expect(1).toBe(2));
  });
  it("needs nothing", () => {});
`;
const SUITE = "the files (skipped without mdir; to enable: bash scripts/install-debian-packages.sh mtools)";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "syncgate-packages-"));
  writeFileSync(path.join(folder, "files.test.ts"), TESTS);
  mkdirSync(path.join(folder, "programs"));
  writeFileSync(path.join(folder, "programs/mdir"), "#!/bin/sh\n", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the file with vitest and this PATH. */
function run(searchPath: string): { code: number | null; printed: string; report: string } {
  const report = path.join(folder, "report.json");
  const reporter = path.join(ROOT, "scripts/skipped-tests-reporter.mjs");
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = ["run", "--globals", `--root=${folder}`, `--reporter=${reporter}`, "--reporter=json"];
  const { status, stdout } = spawnSync(process.execPath, [vitest, ...args, `--outputFile.json=${report}`], {
    encoding: "utf8",
    env: { ...process.env, PATH: searchPath, EXPECTED: path.join(folder, "programs/mdir") },
  });
  return { code: status, printed: stdout, report };
}

describe("tests that need a program", () => {
  it("are skipped by name without it, and CI's summary names them and fails", () => {
    const { code, printed, report } = run("/nowhere");
    expect(code).toBe(0);
    expect(printed).toContain(`skipped: files.test.ts: ${SUITE} > are listed\n`);
    expect(printed).toContain(`skipped: files.test.ts: ${SUITE} > hold other bytes\n`);

    const script = path.join(ROOT, "scripts/summarize-tests.mjs");
    const summary = spawnSync(process.execPath, [script, report], { encoding: "utf8" });
    expect(summary.stdout).toBe("1 passed, 0 failed, 2 skipped\n");
    expect(summary.stderr).toContain(`${SUITE} are listed\n`);
    expect(summary.status).toBe(1);
  });

  it("run with it, and may fail", () => {
    const { code, printed, report } = run(path.join(folder, "programs"));
    expect(code).toBe(1);
    expect(printed).not.toContain("skipped");
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
      numPassedTests: 2,
      numFailedTests: 1,
      numPendingTests: 0,
    });
  });

  it("name a package that CI installs", () => {
    expect(() => describeWithPrograms({ frob: "frobtools" }, "x", () => undefined)).toThrow(
      "scripts/install-debian-packages.sh does not list frobtools: add a line to it",
    );
  });

  it("do not ask for a program's path outside", () => {
    expect(() => programPath("no-such-program")).toThrow("no-such-program is missing");
  });
});
