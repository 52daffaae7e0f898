import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ModelError } from "../../host/cli/profile-errors.js";
import { run } from "./captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "profile-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ["a1-cached", "consumer-mlc", "consumer-tlc", "industrial-slc", "late-settle", "lying-flush"];

describe("profile", () => {
  it("lists the classes", async () => {
    const { code, out } = await run(["profile", "list"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^consumer-tlc +2 +unordered +Cheap consumer card/m);
    expect(JSON.parse((await run(["profile", "list", "--json"])).out)).toEqual(NAMES);
  });

  it("shows every figure beside its source", async () => {
    const { out } = await run(["profile", "show", "late-settle"]);
    expect(out).toMatch(/^faults.settleUs +1600000 +cards exist that die or lose data/m);
    expect(out).toMatch(/^flash.openUnits +2 +flashbench, README/m);
    const { out: json } = await run(["profile", "show", "late-settle", "--json"]);
    expect(JSON.parse(json)).toMatchObject({ name: "late-settle", basedOn: "consumer-tlc" });
  });

  it("checks the model of all classes against what was measured on real cards", async () => {
    const { code, out } = await run(["profile", "check"]);
    expect(code).toBe(0);
    for (const name of NAMES) {
      expect(out).toMatch(new RegExp(`^${name} +\\S.* +[\\d.]+ +[\\d.]+ +[+-][\\d.]+ % `, "m"));
    }
  });

  it("prints the errors as JSON, each as far off as it says", async () => {
    const { out } = await run(["profile", "check", "consumer-tlc", "--json"]);
    const errors = JSON.parse(out) as ModelError[];
    expect(errors.length).toBeGreaterThanOrEqual(5);
    for (const { cited, modelled, errorPercent } of errors)
      expect(errorPercent).toBeCloseTo((modelled / cited - 1) * 100, 6);
  });

  it("takes a file of the user's, and refuses a wrong one in a sentence", async () => {
    const file = path.join(folder, "mine.json");
    const mine = { name: "mine", about: "Another.", basedOn: "consumer-mlc" };
    writeFileSync(file, JSON.stringify(mine));
    expect((await run(["profile", "check", file])).out).toMatch(/^mine +random-write-iops, 4 KiB/m);
    writeFileSync(file, JSON.stringify({ ...mine, flash: { openUnits: 3 } }));
    const { code, err } = await run(["profile", "check", file]);
    expect(code).toBe(2);
    expect(err).toBe(
      `error: ${file}: flash.openUnits is 3: write {"value": ..., "source": "where it comes from, or why it is assumed"}\n`,
    );
  });
});
