// Turns vitest's JSON reports into the one line that CI reads: "N passed, N failed" and ", N skipped" if any.
//   node scripts/summarize-tests.mjs reports/test.json reports/test-long.json
// Exit code 1 when a report is missing or says that something failed, was skipped or did not run at all. Each skipped
// test is named on standard error: its name says what it would need.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./repository.mjs";

/** What vitest's report calls a test that was skipped, or is yet to be written. */
const NOT_RUN = new Set(["skipped", "pending", "disabled", "todo"]);

const counts = { passed: 0, failed: 0, skipped: 0 };
let complete = true;

for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.error(`${file} is missing: its test command ended before vitest could report`);
    complete = false;
    continue;
  }
  const report = JSON.parse(readFileSync(file, "utf8"));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests + filesThatDidNotLoad(report);
  counts.skipped += report.numPendingTests + report.numTodoTests;
  for (const name of namesOfSkipped(report)) console.error(`skipped, which CI does not accept: ${name}`);
  if (report.success !== true || report.numTotalTests === 0) {
    console.error(`${file}: vitest does not call this run a success`);
    complete = false;
  }
}

console.log(
  `${counts.passed} passed, ${counts.failed} failed` +
    (counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""),
);
process.exitCode = complete && counts.passed > 0 && counts.failed === 0 && counts.skipped === 0 ? 0 : 1;

/**
 * A test file that throws while it is imported fails without a single failed test.
 * @param {{ testResults: { status: string, assertionResults: unknown[] }[] }} report
 */
function filesThatDidNotLoad(report) {
  return report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0)
    .length;
}

/**
 * @param {{ testResults: { name: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 */
function namesOfSkipped(report) {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => NOT_RUN.has(status))
      .map(({ fullName }) => `${path.relative(ROOT, name)}: ${fullName}`),
  );
}
