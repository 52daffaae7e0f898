/** Cards cut within a write, a stream, an erase and a flush: what is left is what the characteristics allow. */
import { describe, expect, it } from "vitest";
import { atEveryByte, cutThroughout, quick, SCENES, SECTORS, start } from "./cut-scenes.js";
import { pattern, SpiHost, steady } from "./spi-host.js";

const FLUSH = ((1 << 27) | (261 << 9)) >>> 0;

describe("a cut at a byte", () => {
  it("of a flush, at every one, leaves old or new until it is over, then new", () => {
    const scene = SCENES[1]!;
    const host = start({ characteristics: quick("tlc-cached") }, scene);
    scene.run(host);
    const axes: number[] = [];
    atEveryByte(
      host,
      () => {
        host.command(49, FLUSH);
        const block = new Uint8Array(512);
        block[0] = 1;
        host.sendBlock(block);
        host.bytes(40);
      },
      () => axes.push(host.card.crashSpace().length),
    );
    expect(new Set(axes)).toEqual(new Set([0, 3]));
    expect(axes).toEqual(axes.toSorted((a, b) => b - a));
    expect(axes.indexOf(0)).toBeGreaterThan(520);
  });

  it.each(SCENES)(
    "of $name, about sixty of them, leaves what was chosen, and a card that comes up again",
    (scene) => {
      const bytes = atEveryByte(start({ characteristics: quick("mlc") }, scene), scene.run, () => undefined);
      expect(cutThroughout(scene, "mlc", Math.ceil(bytes / 60))).toBeGreaterThan(30);
    },
  );
});

describe("a cut", () => {
  const scene = SCENES[0]!;

  it("makes the outcome that was chosen what the card holds after power-up", () => {
    for (let choice = 0; choice < 4; choice++) {
      const host = start({ characteristics: steady("mlc") }, scene);
      host.command(24, 5);
      host.sendBlock(pattern(105));
      const space = host.card.crashSpace();
      expect(space).toHaveLength(1);
      const wanted = choice === 0 ? host.card.media.get(5) : space[0]!.options[choice]!.contents[0]!;
      host.card.cutPower([choice]);
      expect(host.bytes(20).every((byte) => byte === 0xff)).toBe(true);
      host.card.powerUp();
      host.initialise(true);
      expect(host.card.view(5)).toBe(wanted);
      expect(host.readSector(5).token).toBe(wanted === 0 ? 0x04 : 0xfe);
    }
  });

  it("takes no choice that does not fit, and no power-up without a cut", () => {
    const host = start({ characteristics: steady("mlc") }, scene);
    expect(() => host.card.cutPower([0])).toThrow(/does not fit/);
    expect(() => host.card.powerUp()).toThrow(/has power already/);
    expect(host.readSector(5).data).toEqual(pattern(5));
  });

  it("leaves what was flushed losable until it has settled", () => {
    const characteristics = steady("mlc", { settleUs: 3000 });
    const host = new SpiHost({ characteristics, sectors: SECTORS }).initialise(true);
    host.writeSector(5, pattern(5));
    expect(host.card.crashSpace()).toHaveLength(1);
    host.waitUs(2990);
    expect(host.card.crashSpace()).toHaveLength(1);
    host.waitUs(10);
    expect(host.card.crashSpace()).toHaveLength(0);
  });

  it("destroys a neighbour only on cards that do that, and only one", () => {
    const options = { characteristics: steady("collateral"), sectors: SECTORS, metadataEnd: 0 };
    const host = new SpiHost(options).initialise(true);
    host.writeSector(5, pattern(5));
    host.writeSector(6, pattern(6));
    host.command(24, 7);
    host.sendBlock(pattern(7));
    const destroyed = host.card
      .crashSpace()
      .flatMap((axis) => axis.options.flatMap(({ destroys }) => destroys ?? []));
    expect(new Set(destroyed)).toEqual(new Set([5, 6]));
    expect(
      host.card.crashSpace().filter(({ options: all }) => all.some((o) => o.destroys !== undefined)),
    ).toHaveLength(1);
  });

  it("of a card that re-initialises by itself finds it waiting for CMD0", () => {
    const host = start({ characteristics: steady("mlc") }, scene);
    host.card.reinitialise([]);
    expect(host.command(17, 5)).toBe(-1);
    host.initialise(true);
    expect(host.readSector(5).data).toEqual(pattern(5));
  });

  it("of a card that dies leaves a line that nobody drives", () => {
    const host = start({ characteristics: steady("mlc") }, scene);
    host.card.die([]);
    host.powerClocks();
    expect(host.command(0)).toBe(-1);
  });
});
