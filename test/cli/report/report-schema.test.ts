import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { REPORT_SCHEMA, reportJsonSchema } from "../../../host/cli/report/report-schema.js";
import { ROOT } from "../../../scripts/repository.mjs";
import { run } from "../captured-terminal.js";

const JOURNAL = path.join(ROOT, "examples/redo-journal/journal.mjs");

describe("the schema of the JSON report", () => {
  it("is published as the code has it: npm run spec", () => {
    const published = readFileSync(path.join(ROOT, "docs/report.schema.json"), "utf8");
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
  });

  it.each([
    ["policies", ["--policy", "immediate,never", "--workload", "mail,trace-seq", "--scale", "0.1"]],
    ["members", ["--members", "--profile", "mlc", "--scale", "0.05"]],
    ["dishonest", ["--dishonest", "--profile", "endless-flush", "--scale", "0.05"]],
    ["device", ["--dut", JOURNAL, "--cuts", "depth:2", "--workers", "1"]],
    ["policies", ["--policy", "never", "--scale", "5", "--budget", "1ms"]],
  ])("describes what a campaign of %s prints", async (campaign, args) => {
    const report: unknown = JSON.parse((await run(["torture", ...args, "--report", "json"])).out);
    expect(report).toMatchObject({ campaign, version: 1 });
    expect(REPORT_SCHEMA.safeParse(report).error?.issues).toBeUndefined();
    expect(REPORT_SCHEMA.safeParse({ ...(report as object), units: {} }).success).toBe(false);
  });
});
