// What vitest tells of a run, and where it leaves the figures that the last line of a CI run is made of.
import path from "node:path";
import { ROOT } from "./repository.mjs";

/**
 * Skipped tests are named. On CI (`CI` set in the environment) vitest also writes reports/NAME.json.
 * @param {string} name of the test command
 * @returns {{ reporters: string[], outputFile?: { json: string } }} part of vitest's `test` options
 */
export function reportTo(name) {
  const reporters = ["default", path.join(ROOT, "scripts/skipped-tests-reporter.mjs")];
  if (!process.env["CI"]) return { reporters };
  return { reporters: [...reporters, "json"], outputFile: { json: `reports/${name}.json` } };
}
