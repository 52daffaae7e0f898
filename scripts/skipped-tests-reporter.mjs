// A vitest reporter: names each skipped test at the end of a run, which the default reporter only counts.

export default class SkippedTestsReporter {
  /** Of a run with -t, where most are skipped because nobody asked for them. */
  filtered = false;

  /** @param {import("vitest/node").Vitest} vitest */
  onInit(vitest) {
    this.filtered = vitest.config.testNamePattern !== undefined;
  }

  /** @param {ReadonlyArray<import("vitest/node").TestModule>} modules */
  onTestRunEnd(modules) {
    if (this.filtered) return;
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        console.log(`skipped: ${module.relativeModuleId}: ${test.fullName}`);
      }
    }
  }
}
