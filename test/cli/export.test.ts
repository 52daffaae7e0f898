import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportC } from "../../host/export-c/index.js";
import { run } from "./captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "export-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (...names: string[]): string => readFileSync(path.join(folder, ...names), "utf8");

describe("export c", () => {
  it("writes what the library makes, into a folder that need not be there", async () => {
    const out = path.join(folder, "src/syncgate");
    const { code, out: told } = await run(["export", "c", "--out", out, "--regions", "1920"]);
    expect(code).toBe(0);
    const { source, header } = exportC({ regions: 1920 });
    expect(text("src/syncgate/syncgate.c")).toBe(source);
    expect(text("src/syncgate/syncgate.h")).toBe(header);
    expect(told).toContain("memory for 1 920 regions: 11 488 bytes, all static\n");
    expect(told).toMatch(/compiled for a Cortex-M0\+ with -Os: \d|sizes of the code: not known/);
  });

  it("takes the size of the cards, the SPI driver, and leaves checks out; as JSON", async () => {
    const out = path.join(folder, "spi");
    const sizes = ["--card-size", "32GiB", "--region-size", "4MiB"];
    const { out: told } = await run([
      "export",
      "c",
      "--out",
      out,
      "--spi",
      ...sizes,
      "--no-bounds-checks",
      "--json",
    ]);
    expect(JSON.parse(told)).toMatchObject({ version: 1, regions: 8192, memoryBytes: 22_848 + 5 * 1200 });
    expect(text("spi/syncgate.h")).toContain("#define SYNCGATE_BOUNDS_CHECKS 0\n");
    expect(text("spi/syncgate.h")).toContain("syncgate_bus_done");
  });

  it.each([
    [["--regions", "0"], `--regions is "0": give a number from 1 to 30720`],
    [["--card-size", "8GiB"], "--card-size and --region-size go together: give both"],
    [["--regions", "5", "--card-size", "8GiB"], "give --regions, or --card-size and --region-size, not both"],
    [
      ["--card-size", "8GiB", "--region-size", "3MiB"],
      `--region-size is "3MiB": give a power of two from 512 to 16MiB`,
    ],
    [
      ["--card-size", "8 cards", "--region-size", "1MiB"],
      `--card-size is "8 cards": give a size such as 4MiB`,
    ],
    [
      ["--card-size", "1MiB", "--region-size", "4MiB"],
      `--card-size is "1MiB": it is smaller than one region`,
    ],
  ])("refuses %j in one sentence", async (options, message) => {
    const out = path.join(folder, "refused");
    const { code, err } = await run(["export", "c", "--out", out, ...options]);
    expect(code).toBe(2);
    expect(err).toBe(`error: ${message}\n`);
    expect(existsSync(out)).toBe(false);
  });

  it("says where it cannot write, and asks for --out", async () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    const { code, err } = await run(["export", "c", "--out", file]);
    expect(code).toBe(2);
    expect(err).toContain(`error: --out is "${file}": `);
    expect((await run(["export", "c"])).err).toContain("--out");
  });
});
