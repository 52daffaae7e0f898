/** Ten thousand racing writes and more. */
import { expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { COMPILER } from "../../firmware/built-firmware.js";
import { runRace, STALLED, type RaceReport } from "../../firmware/race.js";

/** By chance one change in 2^16 leaves the CRC16 as it was. */
const BY_CHANCE = 5;

function told(what: string, report: RaceReport): RaceReport {
  console.log(`${what}: ${JSON.stringify(report)}`);
  return report;
}

describeWithPrograms(COMPILER, "writes that an interrupt changes while the DMA sends them", () => {
  it.each([1, 2])("are never accepted with different bytes: 5,000 of them, seed %i", (seed) => {
    const report = told(`seed ${seed}`, runRace({ seed, racing: 5000 }));
    expect(report).toMatchObject({ unequal: 0 });
    expect(report.racing).toBeGreaterThanOrEqual(5000);
    expect(report.collided).toBeLessThan(BY_CHANCE);
    expect(report.rejected).toBeGreaterThan(1000);
  });

  it("are not either with 64 sectors and a card that stalls", () => {
    const report = told("64 sectors, one card stalls", runRace({ ...STALLED, racing: 300 }, true));
    expect(report).toMatchObject({ unequal: 0 });
    expect(report.collided).toBeLessThan(BY_CHANCE);
  });

  it("are where the changes leave the CRC16 as it was: only what it cannot tell", () => {
    const report = told("collisions", runRace({ ...STALLED, racing: 300, collisions: 64 }, true));
    expect(report).toMatchObject({ unequal: 0 });
    expect(report.collided).toBeGreaterThan(0);
  });

  it("are, where the CRC16 is taken again for the second card: a seeded bug", () => {
    const report = told(
      "seeded bug",
      runRace({ ...STALLED, changeUs: 100, racing: 50 }, true, ["-DSEEDED_CRC_AGAIN"]),
    );
    expect(report.unequal).toBeGreaterThan(0);
  });
});
