import { describe, expect, it } from "vitest";
import {
  FAULT_PROFILES,
  PROFILES,
  checkCharacteristics,
  profile,
} from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";

describe("card characteristics", () => {
  it("has profiles that keep their own limits and carry their names", () => {
    for (const [name, characteristics] of Object.entries({ ...PROFILES, ...FAULT_PROFILES })) {
      expect(() => checkCharacteristics(characteristics)).not.toThrow();
      expect(profile(name)).toBe(characteristics);
      expect(characteristics.name).toBe(name);
    }
  });

  it("covers every kind of cache, torn and atomic sectors, and a settle time", () => {
    const all = Object.values(PROFILES);
    expect(new Set(all.map((card) => card.cache))).toEqual(new Set(["none", "unordered", "ordered"]));
    expect(new Set(all.map((card) => card.atomicSector))).toEqual(new Set([true, false]));
    expect(profile("slow-settle").settleUs).toBe(5000);
  });

  it("keeps faults above F2 to the profiles that are named for them", () => {
    const { collateral, flush, rollback, misdirectPerMille } = profile("slc");
    const clean = { collateral, flush, rollback, misdirectPerMille };
    expect(clean).toEqual({ collateral: false, flush: "honest", rollback: false, misdirectPerMille: 0 });
    for (const card of Object.values(PROFILES)) expect(card).toMatchObject(clean);
    for (const card of Object.values(FAULT_PROFILES)) expect(card).not.toMatchObject(clean);
  });

  it("names the profiles there are when asked for another", () => {
    expect(() => profile("floppy")).toThrow(
      'there is no card profile "floppy": choose one of slc, mlc, tlc-cached, ordered-cache, slow-settle, collateral, open-block, lying-flush, endless-flush, rollback, misdirect',
    );
    expect(() => profile("toString")).toThrow(/no card profile/);
  });

  it("names the field that is outside its limits", () => {
    expect(() => checkCharacteristics({ ...profile("slc"), programUs: 1.5 })).toThrow(/programUs/);
    expect(() => checkCharacteristics({ ...profile("slc"), settleUs: -1 })).toThrow(/settleUs/);
    expect(() => checkCharacteristics({ ...profile("slc"), eraseBlockSectors: 0 })).toThrow(
      /eraseBlockSectors/,
    );
    expect(() => checkCharacteristics({ ...profile("slc"), misdirectPerMille: 1001 })).toThrow(/misdirect/);
    expect(() => checkCharacteristics({ ...profile("slc"), jitterPercent: 51 })).toThrow(/jitterPercent/);
  });
});

function draw(seed: number): number[] {
  const prng = new Prng(seed);
  return Array.from({ length: 8 }, () => prng.next());
}

describe("the emulator's generator", () => {
  it("repeats itself for a seed and not for another", () => {
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it("spreads a duration over the whole of its interval and no further", () => {
    const prng = new Prng(3);
    const seen = new Set<number>();
    for (let i = 0; i < 2000; i++) seen.add(prng.jitterUs(100, 13));
    expect([Math.min(...seen), Math.max(...seen), seen.size]).toEqual([87, 113, 27]);
    expect(prng.jitterUs(3, 13)).toBe(3);
    expect(prng.jitterUs(0, 50)).toBe(0);
  });
});
