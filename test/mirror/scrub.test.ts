/** Scrub of a mirror: what it finds, what it mends, how it is stopped. */
import { describe, expect, it } from "vitest";
import { COPY_SECTORS } from "../../assembly/layout.js";
import type { Mirror } from "../../host/index.js";
import { block, DATA_START, REGION, smallMirror } from "./small-mirror.js";

/** A sector of one card returns the byte 3 all over, as region 2 does, and no error. */
function rot(mirror: Mirror, slot: 0 | 1, sector: number): void {
  mirror.card(slot).spoil(DATA_START + sector, block(3));
}

async function written(regions: number): Promise<Mirror> {
  const mirror = await smallMirror();
  for (let region = 0; region < regions; region++)
    await mirror.write(region * REGION, block(region + 1, REGION));
  await mirror.sync();
  return mirror;
}

describe("scrub", () => {
  it("compares, lists what differs and who would win, and changes nothing", async () => {
    const mirror = await written(4);
    expect((await mirror.scrub.start("compare")).findings).toEqual([]);
    rot(mirror, 1, 9);
    mirror.card(0).spoil(DATA_START + 17);
    const report = await mirror.scrub.start("compare");
    expect(report).toMatchObject({ complete: true, compared: mirror.sectors, mismatches: 2 });
    expect(report.findings).toContainEqual({ sector: 9, winner: 0, reason: "SOURCE", repaired: false });
    expect(report.findings).toContainEqual({ sector: 17, winner: 1, reason: "UNREADABLE", repaired: false });
    expect(mirror.inspect(9).map((bytes) => bytes![0])).toEqual([2, 3]);
    expect(mirror.inspect(17)[0]).toBe(null);
  });

  it("repairs with the copy that the evidence is for, and finds nothing the next time", async () => {
    const mirror = await written(4);
    rot(mirror, 0, 9);
    mirror.card(0).spoil(DATA_START + 17);
    for (const slot of [0, 1] as const) mirror.card(slot).spoil(DATA_START + 25);
    const report = await mirror.scrub.start("repair");
    expect(report.findings.toSorted((a, b) => a.sector - b.sector)).toEqual([
      { sector: 9, winner: 0, reason: "SOURCE", repaired: true },
      { sector: 17, winner: 1, reason: "UNREADABLE", repaired: true },
      { sector: 25, winner: null, reason: "LOST", repaired: false },
    ]);
    expect(mirror.inspect(9).map((bytes) => bytes![0])).toEqual([3, 3]);
    expect(mirror.inspect(17).map((bytes) => bytes![0])).toEqual([3, 3]);
    expect(mirror.scrub.progress()).toMatchObject({ running: false, repaired: 2, lost: 1 });
    await mirror.sync();
    const again = await mirror.scrub.start("repair");
    expect(again.findings.map(({ sector }) => sector)).toEqual([25]);
    const texts = mirror.events().map((event) => event.text);
    expect(texts).toContain("sector 17 was repaired with the copy of slot 1: the other card cannot read it");
    expect(texts).toContain("sector 25 can be read from neither card");
  });

  it("is stopped, tells where, and goes on from there", async () => {
    const mirror = await written(2);
    rot(mirror, 1, 3);
    const stopped = mirror.scrub.start("compare");
    mirror.advance(20_000);
    expect(mirror.scrub.progress()).toMatchObject({ running: true, mismatches: 1 });
    const second = expect(mirror.scrub.start("repair")).rejects.toMatchObject({ statusName: "STATE" });
    mirror.scrub.stop();
    await second;
    const first = await stopped;
    expect(first.complete).toBe(false);
    expect(first.findings.map(({ sector }) => sector)).toEqual([3]);
    expect(first.region).toBeGreaterThan(0);
    const rest = await mirror.scrub.start("compare", first.region);
    expect([rest.complete, rest.findings.length]).toEqual([true, 0]);
    // The chunk at which the first one stopped is counted with this one too.
    expect(rest.compared).toBeLessThanOrEqual(mirror.sectors - first.region * REGION + COPY_SECTORS);
    expect(() => mirror.scrub.stop()).toThrow("the stop of the scrub failed: the array is not in a state");
  });

  it("refuses what it cannot do, and ends by name with the array or a member", async () => {
    const mirror = await written(2);
    await expect(mirror.scrub.start("mend" as never)).rejects.toThrow(
      'mode is "mend", but it is one of compare, repair',
    );
    const regions = mirror.regions().length;
    await expect(mirror.scrub.start("compare", regions)).rejects.toThrow(
      `firstRegion is ${regions}, but it is a whole number from 0 to ${regions - 1}`,
    );
    const lost = mirror.scrub.start("compare");
    const failed = mirror.members.fail(1);
    await expect(lost).rejects.toMatchObject({ statusName: "ABORTED" });
    await failed;
    await expect(mirror.scrub.start("compare")).rejects.toMatchObject({ statusName: "STATE" });
    await mirror.members.add(1);
    await mirror.sync();
    const stopped = mirror.scrub.start("compare");
    await mirror.stop();
    await expect(stopped).rejects.toMatchObject({ statusName: "ABORTED" });
    expect(() => mirror.scrub.progress()).toThrow("the array is not assembled");
    await mirror.reassemble();
    const cut = mirror.scrub.start("compare");
    mirror.cutPower();
    await expect(cut).rejects.toThrow("the scrub was under way when the controller lost its power");
  });
});
