import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { layoutDigest } from "../../host/mirror/layout-digest.js";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
import { ROOT } from "../../scripts/repository.mjs";
import { EXPORTS, IMPORTS, SPI_EXPORTS, SPI_IMPORTS } from "./abi.js";
import { builtModule, exportsOf, RELEASE, RIG, SPI } from "./shipped.js";
import { countMemoryGrow } from "./wasm-instructions.js";
import { readModule } from "./wasm-module.js";

/** What a microcontroller has to keep in flash for it. */
const MODULE_BYTES_MAX = 24 * 1024;
const SPI_MODULE_BYTES_MAX = 40 * 1024;
/** The budget of static data, bytes: written once, where the compiler enforces it. */
const STATIC_BYTES_MAX = (
  JSON.parse(readFileSync(path.join(ROOT, "asconfig.json"), "utf8")) as {
    options: { lowMemoryLimit: number };
  }
).options.lowMemoryLimit;

describe.each([RELEASE, RIG, SPI] as const)("%s", (file) => {
  const module = readModule(builtModule(file));

  it("asks the host for exactly the agreed functions", () => {
    expect(module.imports.toSorted()).toEqual(file === SPI ? SPI_IMPORTS : IMPORTS);
  });

  it("gives the host exactly the agreed functions and its memory", () => {
    expect(module.exports.toSorted()).toEqual(file === SPI ? SPI_EXPORTS : EXPORTS);
  });

  it("has one memory of one page that cannot grow", () => {
    expect(module.memories).toEqual([{ minimum: 1, maximum: 1 }]);
    expect(module.bodies.length).toBeGreaterThan(10);
    expect(module.bodies.reduce((found, body) => found + countMemoryGrow(body), 0)).toBe(0);
  });

  it("keeps its whole state in memory: no mutable global, nothing run at instantiation", () => {
    expect(module.globals.filter((global) => global.mutable)).toEqual([]);
    expect(module.hasStart).toBe(false);
  });

  it("has its static data, zeroed tables included, inside the budget", () => {
    const initialised = Math.max(0, ...module.segments.map((segment) => segment.end));
    const all = exportsOf(file)["staticBytes"]!();
    expect(all).toBeGreaterThan(layout.COPY_SECTORS * layout.SECTOR_BYTES);
    expect(all).toBeGreaterThanOrEqual(initialised);
    expect(all).toBeLessThanOrEqual(STATIC_BYTES_MAX);
  });
});

describe("the SPI module", () => {
  it(`is at most ${SPI_MODULE_BYTES_MAX} bytes`, () => {
    expect(builtModule(SPI).length).toBeLessThanOrEqual(SPI_MODULE_BYTES_MAX);
  });

  it("adds at most 13 KiB of static data to that of the production module", () => {
    const added = exportsOf(SPI)["staticBytes"]!() - exportsOf(RELEASE)["staticBytes"]!();
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(13 * 1024);
  });
});

describe("the production module", () => {
  it(`is at most ${MODULE_BYTES_MAX} bytes`, () => {
    expect(builtModule(RELEASE).length).toBeLessThanOrEqual(MODULE_BYTES_MAX);
  });

  it("is refused by the compiler when its static data outgrows the budget", async () => {
    const { ok, diagnostics } = await compileDriver("release", {
      editSource: (name, text) =>
        name === "assembly/index.ts"
          ? `${text}\nexport function planted(): usize { return memory.data(${STATIC_BYTES_MAX}); }\n`
          : text,
      arguments: ["--noEmit", "--optimizeLevel", "0"],
    });
    expect(ok).toBe(false);
    expect(diagnostics).toMatch(/low memory limit/i);
  });

  it("was compiled with the layout that the host has", () => {
    expect(exportsOf(RELEASE)["layoutDigest"]!() >>> 0).toBe(layoutDigest(layout));
    expect(exportsOf(RIG)["layoutDigest"]!() >>> 0).toBe(layoutDigest(layout));
    expect(exportsOf(SPI)["layoutDigest"]!() >>> 0).toBe(layoutDigest(layout));
  });
});
