import { describe, expect, it } from "vitest";
import { cardProfileNames, loadCardProfile } from "../../../host/sdcard-emulator/profile/load-profile.js";
import { repeatMeasurement } from "../../../host/sdcard-emulator/profile/repeat-measurement.js";

/** What the documentation says of the model. */
const ERROR_MAX = 0.25;
/** Where a figure was chosen by the measurement, the model has to meet it. */
const FITTED_ERROR_MAX = 0.1;

const cases = cardProfileNames().flatMap((name) =>
  loadCardProfile(name).measured.map((measurement) => [name, measurement.what, measurement] as const),
);

describe("the model against measurements on real cards", () => {
  it.each(cases)("%s, %s: within the stated error", (name, _what, measurement) => {
    const modelled = repeatMeasurement(loadCardProfile(name), measurement);
    const error = Math.abs(modelled / measurement.value - 1);
    expect(error).toBeLessThan(measurement.fitted === true ? FITTED_ERROR_MAX : ERROR_MAX);
  });

  it("is judged by more than what its figures were chosen by, on the classes that have such measurements", () => {
    for (const name of ["a1-cached", "consumer-mlc", "consumer-tlc"]) {
      const free = loadCardProfile(name).measured.filter(({ fitted }) => fitted !== true);
      expect(free.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("gives the same value each time", () => {
    for (const [name, , measurement] of cases.slice(0, 8)) {
      const profile = loadCardProfile(name);
      expect(repeatMeasurement(profile, measurement)).toBe(repeatMeasurement(profile, measurement));
    }
  });

  it("changes with the flash: one that programs slower writes slower", () => {
    const profile = loadCardProfile("consumer-tlc");
    const { timing } = profile;
    const slow = { ...profile, timing: { ...timing, pageProgramUs: { value: 2200, source: "test" } } };
    const measurement = profile.measured.find(({ what }) => what === "streams-write-mb-s")!;
    expect(repeatMeasurement(slow, measurement)).toBeLessThan(0.8 * repeatMeasurement(profile, measurement));
  });
});
