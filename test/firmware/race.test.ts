import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";
import { runRace, STALLED } from "./race.js";

describeWithPrograms(COMPILER, "writes that an interrupt changes while the DMA sends them", () => {
  it(
    "are never accepted with different bytes",
    () => {
      const report = runRace({ racing: 60 });
      expect(report).toMatchObject({ unequal: 0 });
      expect(report.rejected).toBeGreaterThan(0);
    },
    COMPILER_MS,
  );

  it(
    "are, where the CRC16 is taken again for the second card: a seeded bug",
    () => {
      expect(
        runRace({ ...STALLED, changeUs: 100, racing: 12 }, true, ["-DSEEDED_CRC_AGAIN"]).unequal,
      ).toBeGreaterThan(0);
    },
    COMPILER_MS,
  );
});
