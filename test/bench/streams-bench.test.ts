import { describe, expect, it } from "vitest";
import { benchStreams, type BitmapPlace } from "../../host/bench/streams-bench.js";
import { loadCardProfile } from "../../host/sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../../host/sdcard-emulator/profile/profile-schema.js";

const CHUNK_KIB = 64;

function factors(profile: CardProfile): (streams: number, bitmap?: BitmapPlace) => number {
  const rows = benchStreams(profile, CHUNK_KIB);
  return (streams, bitmap = "none") =>
    rows.find((row) => row.streams === streams && row.bitmap === bitmap)!.factor;
}

/** The profile with another number of open units, or another size of erase block. */
function changed(profile: CardProfile, openUnits: number, eraseBlockKiB = 4096): CardProfile {
  const { flash } = profile;
  return {
    ...profile,
    flash: {
      ...flash,
      openUnits: { ...flash.openUnits, value: openUnits },
      eraseBlockKiB: { ...flash.eraseBlockKiB, value: eraseBlockKiB },
    },
  };
}

describe("streams on a card with two open units", () => {
  const tlc = loadCardProfile("consumer-tlc");
  const factor = factors(tlc);

  it("cost nothing as long as there are two", () => {
    expect(factor(2)).toBeLessThan(1.05);
  });

  it("collapse at the third", () => {
    expect(factor(3) / factor(2)).toBeGreaterThan(5);
    expect(factor(4) / factor(3)).toBeLessThan(1.1);
  });

  it("collapse already at two, when the bitmap lies far from the data", () => {
    expect(factor(1, "far")).toBeLessThan(1.3);
    expect(factor(2, "far") / factor(2)).toBeGreaterThan(5);
  });

  it("do not, when it lies in the erase block of the data that it speaks of", () => {
    expect(factor(2, "near")).toBeLessThan(1.6);
    expect(factor(2, "far") / factor(2, "near")).toBeGreaterThan(5);
  });
});

describe("the collapse", () => {
  const tlc = loadCardProfile("consumer-tlc");

  it("moves with the number of open units", () => {
    const three = factors(changed(tlc, 3));
    expect(three(3)).toBeLessThan(1.05);
    expect(three(2, "far")).toBeLessThan(1.3);
    expect(three(4)).toBeGreaterThan(5);
    expect(factors(changed(tlc, 1))(2)).toBeGreaterThan(5);
  });

  it("costs in proportion to the erase block that is copied", () => {
    const whole = factors(tlc)(3) - 1;
    const half = factors(changed(tlc, 2, 2048))(3) - 1;
    expect(whole / half).toBeGreaterThan(1.7);
    expect(whole / half).toBeLessThan(2.3);
  });

  it("is one of copies: nearly the whole erase block for each write", () => {
    const row = benchStreams(tlc, CHUNK_KIB).find(
      ({ streams, bitmap }) => streams === 3 && bitmap === "none",
    )!;
    expect(row.writeAmplification).toBeGreaterThan(0.9 * (4096 / CHUNK_KIB));
    expect(row.writeAmplification).toBeLessThan(1.1 * (4096 / CHUNK_KIB));
  });

  it("spares cards with many open units", () => {
    for (const name of ["industrial-slc", "consumer-mlc", "a1-cached"]) {
      const factor = factors(loadCardProfile(name));
      expect(factor(4)).toBeLessThan(1.1);
      expect(factor(4, "far")).toBeLessThan(1.3);
    }
  });

  it("is the same on every run", () => {
    expect(benchStreams(tlc, 16)).toEqual(benchStreams(tlc, 16));
  });
});
