import { describe, expect, it } from "vitest";
import { pattern, type SpiHost } from "../spi-host.js";
import { BLOCK_ADDRESSED, BYTE_ADDRESSED, ready } from "./conditions.js";

/** What the CSD says: SECTOR_SIZE 127 and WP_GRP_SIZE 0. */
const GROUP = 128;

function groups(host: SpiHost, sector: number): number {
  expect(host.command(30, host.address(sector))).toBe(0);
  const { token, data } = host.block(4);
  expect(token).toBe(0xfe);
  return new DataView(data.buffer).getUint32(0);
}

function protect(host: SpiHost, sector: number, on = true): void {
  expect(host.command(on ? 28 : 29, host.address(sector))).toBe(0);
  expect(host.ready()).toBeGreaterThan(0);
}

describe("CMD28, CMD29, CMD30", () => {
  it.each(BYTE_ADDRESSED)("say a group's size in the CSD: $label", (card) => {
    const host = ready(card);
    host.command(9);
    const csd = host.block(16).data;
    expect(((csd[10]! & 0x3f) << 1) | (csd[11]! >> 7)).toBe(GROUP - 1);
    expect(csd[11]! & 0x7f).toBe(0);
    expect(csd[12]! >> 7).toBe(1);
  });

  it.each(BYTE_ADDRESSED)("protect a group, all of it and nothing else: $label", (card) => {
    const host = ready(card);
    protect(host, GROUP + 5);
    for (const [sector, answer] of [
      [GROUP - 1, 0x05],
      [GROUP, 0x0d],
      [2 * GROUP - 1, 0x0d],
      [2 * GROUP, 0x05],
    ] as const) {
      host.command(24, host.address(sector));
      expect(host.sendBlock(pattern(sector)) & 0x1f).toBe(answer);
      host.ready();
      expect(host.status().r2).toBe(answer === 0x0d ? 0x20 : 0);
    }
    protect(host, GROUP, false);
    expect(host.writeSector(GROUP, pattern(1))).toBe(0x05);
  });

  it.each(BYTE_ADDRESSED)("tell of 32 groups, the one addressed in the lowest bit: $label", (card) => {
    const host = ready(card);
    for (const group of [0, 3, 31, 40]) protect(host, group * GROUP);
    expect(groups(host, 0)).toBe(0x80000009);
    expect(groups(host, 3 * GROUP)).toBe(0x10000001);
    expect(groups(host, 40 * GROUP)).toBe(1);
    expect(groups(host, 63 * GROUP)).toBe(0);
  });

  it.each(BYTE_ADDRESSED)("keep a group out of an erase, which CMD13 tells: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.writeSector(GROUP, pattern(2));
    protect(host, GROUP);
    host.command(32, 0);
    host.command(33, host.address(3 * GROUP));
    expect(host.command(38)).toBe(0);
    host.ready();
    expect(host.status().r2).toBe(0x02);
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
    expect(host.readSector(GROUP).data).toEqual(pattern(2));
  });

  it.each(BYTE_ADDRESSED)("stop a stream at a protected group: $label", (card) => {
    const host = ready(card);
    protect(host, GROUP);
    host.command(25, host.address(GROUP - 1));
    const answers = [0, 1].map((i) => {
      const answer = host.sendBlock(pattern(i), 0xfc) & 0x1f;
      host.ready();
      return answer;
    });
    expect(answers).toEqual([0x05, 0x0d]);
  });

  it.each(BYTE_ADDRESSED)("beyond the end are parameter errors: $label", (card) => {
    const host = ready(card);
    for (const index of [28, 29, 30]) expect(host.command(index, 0xfffffe00)).toBe(0x40);
  });

  it.each(BLOCK_ADDRESSED)("are illegal on a high-capacity card: $label", (card) => {
    const host = ready(card);
    for (const index of [28, 29, 30]) expect(host.command(index, 0)).toBe(0x04);
  });
});
