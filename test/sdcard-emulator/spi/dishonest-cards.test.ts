import { describe, expect, it } from "vitest";
import { pattern, SpiHost, steady } from "./spi-host.js";

describe("a card that misdirects writes", () => {
  it("answers well, and has some of them elsewhere, one bit of the address turned over", () => {
    const characteristics = steady("misdirect", { misdirectPerMille: 500 });
    const host = new SpiHost({ characteristics, sectors: 1024 }).initialise(true);
    const image = (): number[] => Array.from({ length: 1024 }, (_, sector) => host.card.view(sector));
    let astray = 0;
    for (let n = 0; n < 20; n++) {
      const before = image();
      expect(host.writeSector(40, pattern(n))).toBe(0x05);
      const changed = image().flatMap((content, sector) => (content === before[sector] ? [] : [sector]));
      expect(changed).toHaveLength(1);
      if (changed[0] === 40) continue;
      expect(Math.log2(changed[0]! ^ 40) % 1).toBe(0);
      astray++;
    }
    expect(astray).toBeGreaterThan(3);
    expect(host.card.lies).toBe(astray);
  });
});

describe("a card that rolls back", () => {
  it("may give an older durable version back after a cut", () => {
    const host = new SpiHost({ characteristics: steady("rollback"), sectors: 1024 }).initialise(true);
    host.writeSector(5, pattern(1));
    const older = host.card.media.get(5);
    host.writeSector(5, pattern(2));
    const space = host.card.crashSpace();
    expect(space).toHaveLength(1);
    const at = space[0]!.options.findIndex(({ contents }) => contents[0] === older);
    host.card.cutPower([at]);
    host.card.powerUp();
    host.initialise(true);
    expect(host.readSector(5).data).toEqual(pattern(1));
    expect(host.card.lies).toBe(1);
  });
});
