// Turns vitest's JSON reports into the one line that CI reads: "N passed, N failed" and ", N skipped" if any.
//   node scripts/summarize-tests.mjs reports/test.json reports/test-long.json
// Exit code 1 when a report is missing or says that something failed, was skipped or did not run at all.
import { existsSync, readFileSync } from "node:fs";

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
