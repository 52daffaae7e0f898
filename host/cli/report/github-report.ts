import type { CampaignCheck } from "../campaign/campaign-check.js";

/**
 * Annotations for GitHub Actions: `::error title=...::message` for each check that failed, then a notice that sums up.
 * Source: "Workflow commands for GitHub Actions", docs.github.com; the escapes are those of its toolkit's `core` package.
 */
export function githubReport(checks: readonly CampaignCheck[]): string {
  const failed = checks.filter(({ passed }) => !passed);
  const errors = failed.map(({ group, name, message, failing }) => {
    const told =
      failing === null ? [] : [failing.story, `case    ${failing.id}`, `replay  ${failing.replay}`];
    const text = [message, ...told.filter((line) => line !== "")].join("\n");
    return `::error title=${property(`syncgate ${group}: ${name}`)}::${data(text)}\n`;
  });
  const sum = `${checks.length - failed.length} of ${checks.length} checks passed`;
  return `${errors.join("")}::notice title=syncgate::${data(sum)}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
