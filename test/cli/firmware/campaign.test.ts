/** `syncgate torture --dut FIRMWARE` in units: workers, shards, a budget, cuts of the boot behind a cut, and Ctrl-C. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../../../scripts/repository.mjs";
import { describeWithPrograms } from "../../debian-packages.js";
import { picoProgram } from "../../rp2040/pico-program.js";
import { run } from "../captured-terminal.js";

const COMPILE_MS = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), "firmware-campaign-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "a campaign on firmware", () => {
  const stores: Record<string, string> = {};
  beforeAll(() => {
    const source = path.join(ROOT, "test/dut/firmware/store.c");
    stores["right"] = picoProgram(folder, "right", [source]);
    stores["wrong"] = picoProgram(folder, "wrong", [source], ["COMMIT_FIRST"]);
    stores["refreshing"] = picoProgram(folder, "refreshing", [source], ["REFRESH"]);
  }, COMPILE_MS);
  const torture = (store: string, ...args: readonly string[]) =>
    run(["torture", "--profile", "mlc", "--dut", stores[store]!, ...args]);

  it("is the same on any number of workers", async () => {
    const asked = ["--cuts", "linear:5,depth:2", "--outcomes", "2", "--no-cases", "--json"];
    const one = await torture("wrong", ...asked, "--workers", "1");
    expect(JSON.parse(one.out)).toMatchObject({
      campaign: "firmware",
      cuts: 5,
      units: { total: 2, done: 2, ended: "complete" },
    });
    const two = await torture("wrong", ...asked, "--workers", "2");
    expect([two.code, two.out]).toEqual([1, one.out]);
  });

  it("is the same in shards, and after a budget", async () => {
    const asked = ["--cuts", "linear:5", "--outcomes", "2", "--no-cases", "--workers", "1"];
    const one = await torture("wrong", ...asked, "--json");
    for (const shard of ["1", "2"]) {
      const part = await torture("wrong", ...asked, "--shard", `${shard}/2`, "--out", at(shard));
      expect([part.code, part.out]).toEqual([
        0,
        expect.stringContaining(`Shard ${shard}/2: 1 of its 1 units`),
      ]);
    }
    const merged = await run(["merge", at("2"), at("1"), "--json", "--workers", "1"]);
    expect([merged.code, merged.out]).toEqual([1, one.out]);
    const begun = await torture("wrong", ...asked, "--budget", "1ms", "--out", at("begun"));
    expect(begun.out).toContain("The time budget was used up");
    const resumed = await run(["torture", "--resume", at("begun"), "--workers", "1", "--json"]);
    expect([resumed.code, resumed.out]).toEqual([1, one.out]);
    const also = await run(["torture", "--resume", at("begun"), "--max-cycles", "5"]);
    expect([also.code, also.err]).toEqual([2, expect.stringContaining("leave out --max-cycles")]);
  });

  it("cuts the boot behind a cut: a mistake that no single cut shows is found, told and replayed", async () => {
    expect((await torture("refreshing", "--cuts", "linear:4")).code).toBe(0);
    const { code, out } = await torture("refreshing", "--cuts", "linear:4,depth:2", "--outcomes", "3");
    expect(code).toBe(1);
    expect(out).toMatch(/recovery {2}\d+ boots cut at \d+ moments, up to 2 cuts a case\n/);
    expect(out).toMatch(
      /The power fails at cycle \d+ \(shared\)\.\n[^]*The power is back, and it says:\n {3}found [123]\n[^]*The power fails again at cycle \d+ \(shared\)\.\n[^]*FAIL no record [123]\nThe verdict/,
    );
    const id = /^case {4}(fw2:\S+)$/m.exec(out)![1]!;
    const again = await run(["replay", id, "--dut", stores["refreshing"]!]);
    expect([again.code, again.out]).toEqual([
      1,
      expect.stringMatching(/The power fails again[^]*It fails again\.\n$/),
    ]);
    const other = await run(["replay", id, "--dut", stores["right"]!]);
    expect(other.code).toBe(6);
  });

  it("counts what a reset leaves by what is on the cards, however many moments it has", async () => {
    const { out } = await torture("right", "--power", "reset", "--cuts", "linear:12", "--no-cases", "--json");
    const { cuts, outcomesTried, distinct } = JSON.parse(out);
    expect([cuts, outcomesTried]).toEqual([12, 12]);
    // Three records and their commits are written: there are not more images than sectors that were written, and the first.
    expect(distinct).toBeGreaterThan(1);
    expect(distinct).toBeLessThanOrEqual(7);
  });

  it("hears Ctrl-C within a unit, and tells what was done until then", async () => {
    const judged = at("judged");
    const stop = new AbortController();
    const lines = (): number => (existsSync(judged) ? readFileSync(judged, "utf8").length : 0);
    const poll = setInterval(() => {
      if (lines() >= 4) stop.abort();
    }, 5);
    const args = ["--workers", "1", "--json", "--check", `printf x >> ${judged}`];
    const { code, out } = await run(["torture", "--profile", "mlc", "--dut", stores["right"]!, ...args], {
      interrupted: stop.signal,
    });
    clearInterval(poll);
    const { outcomesTried, interrupted, units } = JSON.parse(out);
    expect([code, interrupted, units.ended]).toEqual([130, true, "interrupted"]);
    expect(outcomesTried).toBeGreaterThan(1);
    expect(outcomesTried).toBeLessThan(40);
  });

  it("hears Ctrl-C while it makes a case small, and tells the case as it was found", async () => {
    const stop = new AbortController();
    const { code, out } = await run(
      ["torture", "--profile", "mlc", "--dut", stores["wrong"]!, "--cuts", "random:3"],
      {
        interrupted: stop.signal,
        onProgress: (text) => {
          if (text.includes("shrinking a case")) stop.abort();
        },
      },
    );
    expect(code).toBe(1);
    expect(out).toMatch(/The verdict: the firmware says "FAIL no record \d"\n\ncase {4}fw1:/);
    expect(out).toContain("Interrupted: this is what was done until then.");
  });
});
