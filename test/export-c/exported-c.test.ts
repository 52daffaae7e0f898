import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readAbi } from "../../host/export-c/abi.js";
import { exportModule } from "../../host/export-c/export-c.js";
import { exportC, ExportError, regionsOf } from "../../host/export-c/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { compiled } from "./compiled.js";
import { builtModule, RELEASE, SPI } from "../module/shipped.js";

const MODULES = [
  { name: "the mirror", spi: false, binary: RELEASE },
  { name: "the mirror with the SPI driver", spi: true, binary: SPI },
] as const;

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

describe.each(MODULES)("the C of $name", ({ spi, binary }) => {
  const { source, header, memoryBytes } = exportC({ spi });

  it("says whose it is, under which licence, and of which module", () => {
    const digest = createHash("sha256").update(builtModule(binary)).digest("hex");
    expect(header).toContain("SPDX-License-Identifier: MIT");
    expect(source).toMatch(/^\/\* SPDX-License-Identifier: MIT \*\/\n/);
    expect(header).toContain(digest);
  });

  it("is the same text whenever it is made", () => {
    expect(exportC({ spi })).toEqual({ source, header, memoryBytes });
    expect(source + header).not.toMatch(/\/home\/|\/work\/|\/tmp\/|20\d\d-\d\d-\d\d/);
  });

  it("has plain names: nothing of a translator, of WebAssembly or of a C library", () => {
    const words = new Set((source + header).replaceAll(/\/\*[\s\S]*?\*\//g, "").match(/[A-Za-z_]\w*/g));
    expect(
      [...words].filter((word) =>
        /wasm|w2c|wabt|binaryen|linear|^mem(cpy|set|move)$|malloc|printf/i.test(word),
      ),
    ).toEqual([]);
    expect([...(source + header).matchAll(/^#include .*$/gm)].map(([line]) => line).toSorted()).toEqual([
      '#include "syncgate.h"',
      "#include <limits.h>",
      "#include <stdint.h>",
    ]);
  });

  it("declares every export and every import, under the names of the sources", () => {
    const { imports, exports } = readAbi().modules[spi ? "spi" : "production"];
    for (const { name } of exports)
      expect(header).toMatch(new RegExp(`^(uint32_t|void) syncgate_${snake(name)}\\(`, "m"));
    for (const { module, name } of imports)
      expect(header).toMatch(new RegExp(`^ {2}(uint32_t|void) \\(\\*${module}_${snake(name)}\\)\\(`, "m"));
  });

  describeWithPrograms({ gcc: "gcc" }, "compiled for this machine", () => {
    it("draws no warning, needs nothing, and gives only what the header declares", () => {
      const { said, needed, given } = compiled(spi, "", ["-O1"]);
      expect({ said, needed }).toEqual({ said: "", needed: [] });
      expect(given.length).toBeGreaterThan(20);
      expect(given.filter((name) => !new RegExp(`[ *]${name}\\(`).test(header))).toEqual([]);
      expect(given.filter((name) => !name.startsWith("syncgate_"))).toEqual([]);
    }, 60_000);
  });

  describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "compiled for a Cortex-M0+", () => {
    it("draws no warning, needs the compiler's runtime alone, and takes the memory that the header says", () => {
      const { said, needed, data, bss } = compiled(spi, "arm-none-eabi-", [
        "-mthumb",
        "-mcpu=cortex-m0plus",
        "-Os",
      ]);
      expect({ said, needed, data }).toEqual({ said: "", needed: [], data: 0 });
      expect(bss).toBeGreaterThanOrEqual(memoryBytes);
      expect(bss).toBeLessThanOrEqual(memoryBytes + 16);
    }, 60_000);
  });
});

describe("the size of memory", () => {
  it.each([
    // SPEC.md section 1, "Memory".
    [7613, 15_088],
    [1903, 11_488],
    [1, 11_488],
    [1921, 12_688],
    [30_720, 29_488],
  ])("goes by the regions: %i take %i bytes", (regions, bytes) => {
    const { header, memoryBytes } = exportC({ regions });
    expect(memoryBytes).toBe(bytes);
    expect(header).toContain(`#define SYNCGATE_REGIONS ${regions}\n`);
  });

  it("is told by the size of the cards too", () => {
    expect(regionsOf(32 * 2 ** 30, 2 ** 22)).toBe(8192);
    expect(regionsOf(2 ** 50, 512)).toBe(30_720);
  });

  it.each([0, 30_721, 1.5])("%d regions are refused", (regions) => {
    expect(() => exportC({ regions })).toThrow(`an array has 1 to 30720 regions, not ${regions}`);
  });
});

describe("a module that is not the one described", () => {
  it("is refused", () => {
    const options = { build: "production", regions: 1, boundsChecks: true } as const;
    expect(() => exportModule(builtModule(SPI), readAbi(), options)).toThrow(ExportError);
    expect(() => exportModule(builtModule(SPI), readAbi(), options)).toThrow(
      /is not described: module and build\/abi.json/,
    );
  });
});
