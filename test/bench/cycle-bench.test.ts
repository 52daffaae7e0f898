import { beforeAll, expect, it } from "vitest";
import { REQUEST_DISCARD, REQUEST_FLUSH, SCRUB_COMPARE } from "../../assembly/layout.js";
import { BITMAP_SETTINGS_USUAL, tuningOf, TunedDriver } from "../../host/bench/bitmap-settings.js";
import { CallArray } from "../../host/bench/call-array.js";
import { ChipDriver } from "../../host/bench/chip-driver.js";
import { loadEverything, writeCycles } from "../../host/bench/cycle-load.js";
import { CycleSamples } from "../../host/bench/cycle-samples.js";
import { linkedDriver } from "../../host/bench/linked-driver.js";
import { loadPool } from "../../host/bench/pool-load.js";
import { exportC } from "../../host/export-c/index.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import type { DriverModule } from "../../host/mirror/driver-module.js";
import { describeWithPrograms } from "../debian-packages.js";

const REGIONS = 300;
/** The longest call of any export, cycles. */
const CALL_CYCLES_MAX = 20_000;

/** Some of everything; at the end the driver's memory, and how many commands it gave to the cards. */
function lived(driver: DriverModule): { memory: Uint8Array; commands: number } {
  const array = CallArray.marked(driver, REGIONS);
  loadPool(array, 4, 1);
  array.becomeClean();
  loadPool(array, 4, 2);
  array.submit(REQUEST_DISCARD, 8, array.sectors - 8, 1);
  array.answerAll();
  array.submit(REQUEST_FLUSH, 0, 0, 2);
  driver.exports.scrub(SCRUB_COMPARE, 0, 3);
  for (let ms = 0; ms < 20; ms++) {
    array.tick(1);
    array.answerAll();
  }
  return { memory: driver.memory, commands: array.cards.submitted };
}

describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "the exported C on a Cortex-M0+", () => {
  const binary = readDriver("production");
  const tuning = tuningOf(BITMAP_SETTINGS_USUAL);
  let chip: () => ChipDriver;
  beforeAll(() => {
    const exported = exportC();
    const compilation = { core: "cortex-m0plus", optimisation: "-O2", boundsChecks: true } as const;
    const { elf } = linkedDriver(exported.source, exported.header, compilation);
    chip = () => new ChipDriver(binary, exported, elf, tuning);
  }, 60_000);

  it("asks the cards for the same as the module in Node, and leaves the same memory", () => {
    const module = new TunedDriver(binary, tuning);
    module.reset();
    const expected = lived(module);
    const found = lived(chip());
    const bytes = module.exports.staticBytes() + 1200;
    expect(found.commands).toBe(expected.commands);
    expect(Buffer.compare(found.memory.subarray(0, bytes), expected.memory.subarray(0, bytes))).toBe(0);
  });

  it("takes at most 20,000 cycles for any call, format and recovery of the largest array among them", () => {
    const samples = new CycleSamples();
    loadEverything(chip(), samples);
    expect(samples.byLongest().filter(([, cycles]) => cycles > CALL_CYCLES_MAX)).toEqual([]);
  }, 120_000);

  it("takes the same cycles in every run, and a write is its submit and two completions", () => {
    const cycles = [1, 8].map((depth) => {
      const samples = new CycleSamples();
      writeCycles(chip(), depth, 40, samples);
      return samples;
    });
    const again = new CycleSamples();
    writeCycles(chip(), 8, 40, again);
    const parts = ["submit", "first completion", "last completion"];
    for (const samples of cycles) {
      const sum = parts.reduce((total, part) => total + samples.figures(part).median, 0);
      expect(Math.abs(samples.figures("write").median / sum - 1)).toBeLessThan(0.05);
    }
    for (const what of ["write", ...parts]) expect(again.figures(what)).toEqual(cycles[1]!.figures(what));
  });
});
