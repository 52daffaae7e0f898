import { configDefaults, defineConfig } from "vitest/config";
import { reportTo } from "./scripts/vitest-report.mjs";

/** The quick tests: `npm test`. They read build/, so the script builds first. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/long/**"],
    // The proofs on the binary run the AssemblyScript compiler, which takes seconds on a busy machine.
    testTimeout: 60_000,
    // vitest leaves one core out, of two half of all.
    maxWorkers: "100%",
    ...reportTo("test"),
  },
});
