import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/repository.mjs";

const GOOD = {
  success: true,
  numTotalTests: 3,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{}, {}, {}] }],
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "syncgate-summary-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the last line of a CI run", () => {
  it("sums the reports and is alone on standard output", () => {
    expect(summarize(GOOD, { ...GOOD, numPassedTests: 4 })).toEqual({
      line: "7 passed, 0 failed\n",
      code: 0,
    });
  });

  it("counts failed tests, and a file that did not load as one", () => {
    const unloaded = { status: "failed", assertionResults: [] };
    expect(summarize({ ...GOOD, success: false, numFailedTests: 1, testResults: [unloaded] })).toEqual({
      line: "3 passed, 2 failed\n",
      code: 1,
    });
  });

  it("tells skipped and todo tests, and does not accept them", () => {
    expect(summarize({ ...GOOD, numPendingTests: 2, numTodoTests: 1 })).toEqual({
      line: "3 passed, 0 failed, 3 skipped\n",
      code: 1,
    });
  });

  it("names what was skipped", () => {
    const testResults = [
      {
        name: path.join(ROOT, "test/a.test.ts"),
        assertionResults: [
          { status: "skipped", fullName: "fat needs fsck.fat" },
          { status: "todo", fullName: "later" },
          { status: "passed", fullName: "fat is there" },
        ],
      },
    ];
    expect(errorsOf({ ...GOOD, numPendingTests: 1, numTodoTests: 1, testResults })).toBe(
      "skipped, which CI does not accept: test/a.test.ts: fat needs fsck.fat\n" +
        "skipped, which CI does not accept: test/a.test.ts: later\n",
    );
  });

  it("does not accept a missing report, an empty run, or a run that vitest calls failed", () => {
    expect(summarize(GOOD, undefined)).toEqual({ line: "3 passed, 0 failed\n", code: 1 });
    expect(summarize(GOOD, { ...GOOD, numTotalTests: 0, numPassedTests: 0 }).code).toBe(1);
    expect(summarize({ ...GOOD, success: false }).code).toBe(1);
  });
});

/** Runs the script on these reports; undefined stands for a report that was never written. */
function summarize(...reports: (object | undefined)[]): { line: string; code: number | null } {
  const { stdout, status } = run(reports);
  return { line: stdout, code: status };
}

/** What the script says on standard error of this report. */
function errorsOf(report: object): string {
  return run([report]).stderr;
}

function run(reports: (object | undefined)[]) {
  const files = reports.map((report, i) => {
    const file = path.join(folder, `${i}.json`);
    if (report !== undefined) writeFileSync(file, JSON.stringify(report));
    return file;
  });
  const script = path.join(ROOT, "scripts/summarize-tests.mjs");
  return spawnSync(process.execPath, [script, ...files], { encoding: "utf8" });
}
