import type { CampaignCheck } from "../campaign/campaign-check.js";

/**
 * JUnit XML as CI systems read it: a test suite for each group, a test case for each check. A check that failed has a
 * `failure` with the case's id, its story and the command that replays it; no times, so that one seed gives one file.
 */
export function junitReport(checks: readonly CampaignCheck[]): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  const suites = groups.map((group) =>
    suite(
      group,
      checks.filter((check) => check.group === group),
    ),
  );
  const count = `tests="${checks.length}" failures="${failures(checks)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="syncgate" ${count}>\n${suites.join("")}</testsuites>\n`;
}

function failures(checks: readonly CampaignCheck[]): number {
  return checks.filter(({ passed }) => !passed).length;
}

function suite(group: string, checks: readonly CampaignCheck[]): string {
  const count = `tests="${checks.length}" failures="${failures(checks)}" errors="0" skipped="0"`;
  return `  <testsuite name="${escaped(group)}" ${count}>\n${checks.map(testCase).join("")}  </testsuite>\n`;
}

function testCase({ group, name, passed, message, failing }: CampaignCheck): string {
  const told = failing === null ? "" : `${failing.story}\ncase    ${failing.id}\nreplay  ${failing.replay}\n`;
  const head = `    <testcase classname="syncgate.${escaped(group)}" name="${escaped(name)}">\n`;
  const output = `${message}\n${told}`;
  const body = passed
    ? `      <system-out>${escaped(output)}</system-out>\n`
    : `      <failure message="${escaped(message)}" type="syncgate">${escaped(output)}</failure>\n`;
  return `${head}${body}    </testcase>\n`;
}

/** For attributes and text; characters that XML 1.0 has no way to hold become U+FFFD (section 2.2, Char). */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
