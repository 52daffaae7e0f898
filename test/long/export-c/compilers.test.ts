import { describe, expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { compiled } from "../../export-c/compiled.js";

const CORES = ["cortex-m0plus", "cortex-m3", "cortex-m4"];
const WAYS = [
  "-DSYNCGATE_PORTABLE=1",
  "-DSYNCGATE_ALIGNMENT_CHECKS=1",
  "-DSYNCGATE_BOUNDS_CHECKS=0",
  "-DSYNCGATE_REGIONS=1",
];

describe.each([
  { name: "the mirror", spi: false },
  { name: "the mirror with the SPI driver", spi: true },
])("the C of $name draws no warning and needs no library", ({ spi }) => {
  const clean = { said: "", needed: [] };

  describeWithPrograms({ gcc: "gcc" }, "on this machine", () => {
    it.each(["-O0", "-Os", "-O2", "-O3"])("%s", (optimisation) => {
      expect(compiled(spi, "", [optimisation])).toMatchObject(clean);
    });

    it.each(WAYS)("%s", (define) => {
      expect(compiled(spi, "", ["-O1", define])).toMatchObject(clean);
    });
  });

  describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "on microcontrollers", () => {
    it.each(CORES.flatMap((core) => ["-Os", "-O2"].map((optimisation) => ({ core, optimisation }))))(
      "$core $optimisation",
      ({ core, optimisation }) => {
        expect(compiled(spi, "arm-none-eabi-", ["-mthumb", `-mcpu=${core}`, optimisation])).toMatchObject(
          clean,
        );
      },
    );

    it.each(WAYS)("cortex-m0plus %s", (define) => {
      const options = ["-mthumb", "-mcpu=cortex-m0plus", "-Os", define];
      expect(compiled(spi, "arm-none-eabi-", options)).toMatchObject(clean);
    });
  });
});
