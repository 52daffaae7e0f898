import { describe, expect, it } from "vitest";
import { pattern, SECTOR } from "../spi-host.js";
import { ALL, BLOCK_ADDRESSED, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

const PARAMETER = 0x40;
const ADDRESS = 0x20;

describe("CMD16", () => {
  it.each(ALL)("takes 1 to 512: $label", (card) => {
    const host = ready(card);
    for (const length of [1, 2, 511, 512]) expect(host.command(16, length)).toBe(0);
    for (const length of [0, 513, 1024, 0xffffffff]) expect(host.command(16, length)).toBe(PARAMETER);
  });

  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(16, 512)).toBe(0x05);
  });

  it.each(BYTE_ADDRESSED)("sets what CMD17 reads of a standard card: $label", (card) => {
    const host = ready(card);
    host.writeSector(2, pattern(2));
    for (const [length, offset] of [
      [1, 0],
      [1, 511],
      [16, 100],
      [256, 256],
      [511, 1],
    ] as const) {
      expect(host.command(16, length)).toBe(0);
      expect(host.command(17, 2 * SECTOR + offset)).toBe(0);
      const { data, crcRight } = host.block(length);
      expect(data).toEqual(pattern(2).subarray(offset, offset + length));
      expect(crcRight).toBe(true);
    }
  });

  it.each(BYTE_ADDRESSED)("a block may not reach over a sector's end: $label", (card) => {
    const host = ready(card);
    host.command(16, 16);
    expect(host.command(17, 497)).toBe(ADDRESS);
    expect(host.command(18, 497)).toBe(ADDRESS);
    expect(host.command(17, 496)).toBe(0);
    expect(host.block(16).token).toBe(0xfe);
  });

  it.each(BYTE_ADDRESSED)("CMD18 goes on in such blocks: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.writeSector(2, pattern(2));
    host.command(16, 256);
    host.command(18, SECTOR);
    const parts = [0, 1, 2, 3].map(() => [...host.block(256).data]);
    expect(parts.flat()).toEqual([...pattern(1), ...pattern(2)]);
    expect(host.command(12)).toBe(0);
  });

  it.each(BYTE_ADDRESSED)(
    "CMD18 stops where such a block would reach over a sector's end: $label",
    (card) => {
      const host = ready(card);
      host.command(16, 200);
      host.command(18, 0);
      expect([0, 1, 2].map(() => host.block(200).token)).toEqual([0xfe, 0xfe, 0x01]);
      expect(host.status().r2).toBe(0x04);
    },
  );

  it.each(BYTE_ADDRESSED)("writes take whole sectors alone: $label", (card) => {
    const host = ready(card);
    host.command(16, 256);
    expect(host.command(24, 0)).toBe(PARAMETER);
    expect(host.command(25, 0)).toBe(PARAMETER);
    host.command(16, 512);
    expect(host.writeSector(0, pattern(1))).toBe(0x05);
  });

  it.each(BLOCK_ADDRESSED)("does not change the blocks of a high-capacity card: $label", (card) => {
    const host = ready(card);
    expect(host.command(16, 16)).toBe(0);
    expect(host.writeSector(1, pattern(1))).toBe(0x05);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });
});
