import { defineConfig } from "vitest/config";
import { reportTo } from "./scripts/vitest-report.mjs";

/** The long campaigns: `npm run test:long`. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    testTimeout: 30 * 60_000,
    ...reportTo("test-long"),
  },
});
