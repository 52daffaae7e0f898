import { describe, expect, it } from "vitest";
import { pattern, SECTOR, SECTORS, steady } from "../spi-host.js";
import { ALL, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

const PARAMETER = 0x40;

describe("CMD17", () => {
  it.each(ALL)("reads what was written, first and last sector: $label", (card) => {
    const host = ready(card);
    for (const sector of [0, SECTORS - 1]) {
      host.writeSector(sector, pattern(sector));
      const { token, data, crcRight } = host.readSector(sector);
      expect([token, crcRight]).toEqual([0xfe, true]);
      expect(data).toEqual(pattern(sector));
    }
  });

  it.each(ALL)(
    "beyond the end is a parameter error, sends no block, and CMD13 tells once: $label",
    (card) => {
      const host = ready(card);
      expect(host.command(17, host.address(SECTORS))).toBe(PARAMETER);
      expect(host.bytes(64).every((byte) => byte === 0xff)).toBe(true);
      expect(host.status()).toEqual({ r1: 0, r2: 0x80 });
      expect(host.status()).toEqual({ r1: 0, r2: 0 });
    },
  );

  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(17)).toBe(0x05);
  });

  it.each(BYTE_ADDRESSED)("of a whole sector has to begin at one: $label", (card) => {
    const host = ready(card);
    expect(host.command(17, 256)).toBe(0x20);
    expect(host.command(17, 1)).toBe(0x20);
  });

  it.each(ALL)("sends one block and no more: $label", (card) => {
    const host = ready(card);
    host.readSector(0);
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
    expect(host.command(12)).toBe(0x04);
  });

  it.each([0, 50, 5000])("keeps the line high until its access time is over: %i µs", (us) => {
    const characteristics = steady("mlc", { commandUs: us, readSectorUs: 0 });
    const host = ready(ALL[2], { characteristics });
    host.command(17, 0);
    const before = host.time.nowNs;
    let waited = 0;
    while (host.byte() === 0xff) waited++;
    expect(waited).toBeGreaterThanOrEqual(1);
    expect(Math.abs(host.time.nowNs - before - us * 1000)).toBeLessThanOrEqual(1200);
  });

  it.each(ALL)("of a sector that has gone bad sends an error token, and CMD13 tells: $label", (card) => {
    const host = ready(card);
    host.writeSector(9, pattern(9));
    host.card.spoil(9);
    expect(host.readSector(9)).toMatchObject({ token: 0x04 });
    expect(host.bytes(32).every((byte) => byte === 0xff)).toBe(true);
    expect(host.status()).toEqual({ r1: 0, r2: 0x10 });
    expect(host.readSector(8).token).toBe(0xfe);
    host.writeSector(9, pattern(1));
    expect(host.readSector(9).data).toEqual(pattern(1));
  });

  it("reads an erased card as zeros", () => {
    expect(ready(ALL[4]).readSector(77).data).toEqual(new Uint8Array(SECTOR));
  });

  it("hears no command but CMD12 and CMD0 while its block goes out", () => {
    const host = ready(ALL[2]);
    host.writeSector(1, pattern(1));
    host.command(17, 1);
    while (host.byte() !== 0xfe);
    const start = host.bytes(10);
    host.frame(13);
    const rest = host.bytes(SECTOR - 16);
    expect(start).toEqual([...pattern(1).subarray(0, 10)]);
    expect(rest).toEqual([...pattern(1).subarray(16)]);
  });

  it("can be ended by CMD12 in the middle of its block", () => {
    const host = ready(ALL[2]);
    host.command(17, 1);
    while (host.byte() !== 0xfe);
    host.bytes(100);
    expect(host.command(12)).toBe(0);
    host.ready();
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
    expect(host.readSector(0).token).toBe(0xfe);
  });
});
