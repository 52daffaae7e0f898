// Where vitest leaves the figures that the last line of a CI run is made of.

/**
 * On CI (`CI` set in the environment) vitest also writes reports/NAME.json; elsewhere nothing changes.
 * @param {string} name of the test command
 * @returns {{ reporters?: string[], outputFile?: { json: string } }} part of vitest's `test` options
 */
export function reportTo(name) {
  if (!process.env["CI"]) return {};
  return { reporters: ["default", "json"], outputFile: { json: `reports/${name}.json` } };
}
