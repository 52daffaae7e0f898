import { describe, expect, it } from "vitest";
import { pattern, SpiHost, steady } from "./spi-host.js";

describe("an SPI card", () => {
  it.each(["sdsc1", "sdsc2", "sdhc", "sdxc"] as const)(
    "of generation %s writes and reads a sector",
    (generation) => {
      for (const crcOn of [false, true]) {
        for (const responseGap of [1, 8]) {
          const host = new SpiHost({ generation, responseGap }).initialise(crcOn);
          expect(host.writeSector(5, pattern(1))).toBe(0x05);
          const { token, data, crcRight } = host.readSector(5);
          expect(token).toBe(0xfe);
          expect(data).toEqual(pattern(1));
          expect(crcRight).toBe(true);
          expect(host.readSector(6).data).toEqual(new Uint8Array(512));
        }
      }
    },
  );

  it("streams blocks both ways", () => {
    const host = new SpiHost().initialise(true);
    expect(host.command(25, 100)).toBe(0);
    for (let i = 0; i < 4; i++) {
      expect(host.sendBlock(pattern(i), 0xfc) & 0x1f).toBe(0x05);
      expect(host.ready()).toBeGreaterThanOrEqual(0);
    }
    host.byte(0xfd);
    host.byte();
    expect(host.ready()).toBeGreaterThan(0);
    expect(host.command(18, 100)).toBe(0);
    for (let i = 0; i < 4; i++) expect(host.block().data).toEqual(pattern(i));
    expect(host.command(12)).toBe(0);
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });

  it("flushes its cache by the performance extension register", () => {
    const host = new SpiHost({ characteristics: steady("tlc-cached") }).initialise(true);
    host.writeSector(3, pattern(3));
    expect(host.card.crashSpace()).toHaveLength(1);
    const register = (1 << 27) | (261 << 9);
    expect(host.command(49, register)).toBe(0);
    const block = new Uint8Array(512);
    block[0] = 1;
    expect(host.sendBlock(block) & 0x1f).toBe(0x05);
    expect(host.ready()).toBeGreaterThan(0);
    const flag = (): number => {
      expect(host.command(48, register)).toBe(0);
      return host.block().data[0]!;
    };
    expect(flag()).toBe(1);
    for (let i = 0; i < 100 && flag() === 1; i++);
    expect(flag()).toBe(0);
    expect(host.card.crashSpace()).toHaveLength(0);
  });
});
