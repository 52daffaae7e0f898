import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CardImage, mixHigh, mixLow } from "../../host/sdcard-emulator/card-image.js";
import { ZEROS } from "../../host/sdcard-emulator/sector-contents.js";

const SECTORS = 700;

function recomputed(image: CardImage): [number, number] {
  let [low, high] = [0, 0];
  for (let sector = 0; sector < image.sectors; sector++) {
    low = (low + mixLow(sector, image.get(sector))) | 0;
    high = (high + mixHigh(sector, image.get(sector))) | 0;
  }
  return [low, high];
}

const assignment = fc.record({
  sector: fc.nat(SECTORS - 1),
  content: fc.nat(5),
  fork: fc.boolean(),
  which: fc.nat(7),
});

describe("card image", () => {
  it("starts all zeros with hash 0, whatever its size", () => {
    const image = new CardImage(SECTORS);
    expect(image.get(0)).toBe(ZEROS);
    expect(image.get(SECTORS - 1)).toBe(ZEROS);
    expect([image.hashLow, image.hashHigh]).toEqual([0, 0]);
  });

  it("keeps forks independent, and the running hash equal to the recomputed one", () => {
    fc.assert(
      fc.property(fc.array(assignment, { maxLength: 40 }), (script) => {
        const images = [new CardImage(SECTORS)];
        const models = [new Map<number, number>()];
        for (const { sector, content, fork, which } of script) {
          const at = which % images.length;
          if (fork && images.length < 5) {
            images.push(images[at]!.fork());
            models.push(new Map(models[at]!));
          }
          images[at]!.set(sector, content);
          models[at]!.set(sector, content);
        }
        images.forEach((image, i) => {
          const wrong: number[] = [];
          for (let s = 0; s < SECTORS; s++) if (image.get(s) !== (models[i]!.get(s) ?? ZEROS)) wrong.push(s);
          expect(wrong).toEqual([]);
          expect([image.hashLow, image.hashHigh]).toEqual(recomputed(image));
        });
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("predicts the hash of a hypothetical change", () => {
    const image = new CardImage(SECTORS);
    image.set(300, 9);
    const low = (image.hashLow - mixLow(300, 9) + mixLow(300, 4)) | 0;
    const high = (image.hashHigh - mixHigh(300, 9) + mixHigh(300, 4)) | 0;
    image.set(300, 4);
    expect([image.hashLow, image.hashHigh]).toEqual([low, high]);
  });

  it("has no collision in either lane's pair over small sectors and contents", () => {
    const seen = new Set<string>();
    for (let sector = 0; sector < 200; sector++) {
      for (let content = 0; content < 200; content++) {
        if (content !== ZEROS) seen.add(`${mixLow(sector, content)} ${mixHigh(sector, content)}`);
      }
    }
    expect(seen.size).toBe(200 * 199);
    expect(seen.has("0 0")).toBe(false);
  });

  it("lists differences up to a limit", () => {
    const image = new CardImage(SECTORS);
    image.set(5, 2);
    const fork = image.fork();
    expect(image.differences(fork, 10)).toEqual([]);
    for (const sector of [0, 255, 256, 699]) fork.set(sector, 3);
    expect(image.differences(fork, 10)).toEqual([0, 255, 256, 699]);
    expect(fork.differences(image, 2)).toEqual([0, 255]);
    expect(fork.differences(image, 0)).toEqual([]);
  });

  it("compares ranges exactly at their edges and across chunks", () => {
    const image = new CardImage(SECTORS);
    const fork = image.fork();
    fork.set(256, 3);
    expect(image.equalsRange(fork, 0, 256)).toBe(true);
    expect(image.equalsRange(fork, 257, SECTORS - 257)).toBe(true);
    expect(image.equalsRange(fork, 256, 1)).toBe(false);
    expect(image.equalsRange(fork, 0, SECTORS)).toBe(false);
    expect(image.equalsRange(fork, 256, 0)).toBe(true);
  });

  it("refuses sectors outside the card and images of other size", () => {
    const image = new CardImage(SECTORS);
    expect(() => image.get(SECTORS)).toThrow(/outside/);
    expect(() => image.set(-1, 2)).toThrow(/outside/);
    expect(() => image.equalsRange(image, SECTORS - 1, 2)).toThrow(/outside/);
    expect(() => image.differences(new CardImage(1), 1)).toThrow(/cannot be compared/);
    expect(() => new CardImage(0)).toThrow(/card image/);
  });
});
