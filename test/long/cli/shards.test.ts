import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../cli/captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHARDS = 4;
const OUTCOMES = 10_000_000;
/** Some 44,000 outcomes each time the scale goes up by 1; the rest of the comparison takes as long for half as many. */
const CAMPAIGN = ["torture", "--policy", "sync-gated", "--workload", "tiny", "--scale", "260", "--no-cases"];

describe("ten million outcomes over four shards", () => {
  it("merge to the report and exit code of one run, byte for byte", async () => {
    const one = await run([...CAMPAIGN, "--report", "json"]);
    const { policies } = JSON.parse(one.out) as { policies: { total: { pairs: number } }[] };
    expect(policies.reduce((sum, { total }) => sum + total.pairs, 0)).toBeGreaterThan(OUTCOMES);
    const files = Array.from({ length: SHARDS }, (_, at) => path.join(folder, `${at + 1}.json`));
    for (const [at, file] of files.entries()) {
      await run([...CAMPAIGN, "--shard", `${at + 1}/${SHARDS}`, "--out", file]);
    }
    const merged = await run(["merge", ...files, "--report", "json"]);
    expect(merged.out).toBe(one.out);
    expect(merged.code).toBe(one.code);
  });
});
