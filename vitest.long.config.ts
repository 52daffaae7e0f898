import { defineConfig } from "vitest/config";
import { reportTo } from "./scripts/vitest-report.mjs";

/** The long campaigns: `npm run test:long`. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    testTimeout: 30 * 60_000,
    // vitest leaves one core out, of two half of all.
    maxWorkers: "100%",
    ...reportTo("test-long"),
  },
});
