import { describe, expect, it } from "vitest";
import { pattern, SECTORS, steady } from "../spi-host.js";
import { ALL, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

describe("CMD24", () => {
  it.each(ALL)("writes a block, answers 0x05 at once, then is busy: $label", (card) => {
    const host = ready(card);
    expect(host.command(24, host.address(3))).toBe(0);
    expect(host.sendBlock(pattern(3)) & 0x1f).toBe(0x05);
    expect(host.byte()).toBe(0);
    expect(host.ready()).toBeGreaterThan(100);
    expect(host.readSector(3).data).toEqual(pattern(3));
    expect(host.readSector(2).data).toEqual(new Uint8Array(512));
    expect(host.readSector(4).data).toEqual(new Uint8Array(512));
  });

  it.each(ALL)(
    "beyond the end is refused, and the packet sent all the same changes nothing: $label",
    (card) => {
      const host = ready(card);
      expect(host.command(24, host.address(SECTORS))).toBe(0x40);
      expect(host.sendBlock(new Uint8Array(512).fill(0x80))).toBe(0xff);
      expect(host.status()).toEqual({ r1: 0, r2: 0x80 });
      expect(host.card.viewImage().hashLow).toBe(0);
    },
  );

  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(24)).toBe(0x05);
  });

  it.each(BYTE_ADDRESSED)("has to name the first byte of a sector: $label", (card) => {
    const host = ready(card);
    for (const offset of [1, 256, 511]) expect(host.command(24, offset)).toBe(0x20);
  });

  it.each(ALL)("waits for its token as long as it takes, passing other bytes over: $label", (card) => {
    const host = ready(card);
    host.command(24, host.address(3));
    for (const byte of [0xff, 0x00, 0xfc, 0xfd, 0x80, 0xff]) host.byte(byte);
    host.waitUs(1_000_000);
    expect(host.sendBlock(pattern(3)) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.readSector(3).data).toEqual(pattern(3));
  });

  it.each(ALL)("takes the token right after its response: $label", (card) => {
    const host = ready(card);
    host.command(24, host.address(3));
    host.byte(0xfe);
    for (const byte of pattern(3)) expect(host.byte(byte)).toBe(0xff);
    host.byte(0xff);
    host.byte(0xff);
    expect(host.byte() & 0x1f).toBe(card.crcOn ? 0x0b : 0x05);
  });

  it("is answered with ones in the undefined bits, so that a host has to mask them", () => {
    const host = ready(ALL[2]);
    host.command(24, 0);
    expect(host.sendBlock(pattern(1))).toBe(0xe5);
    host.ready();
    host.command(24, 0);
    expect(host.sendBlock(pattern(1), 0xfe, 1)).toBe(0xeb);
  });

  it("takes any bytes inside its block, those of commands and tokens too", () => {
    const host = ready(ALL[2]);
    const block = new Uint8Array(512).fill(0x40);
    block.set([0x40, 0, 0, 0, 0, 0x95, 0xfd, 0xfe, 0x4c], 100);
    expect(host.writeSector(1, block)).toBe(0x05);
    expect(host.readSector(1).data).toEqual(block);
  });

  it.each([100, 3000])("is busy as long as its program takes: %i µs", (programUs) => {
    const host = ready(ALL[2], { characteristics: steady("mlc", { programUs, commandUs: 0 }) });
    host.command(24, 0);
    host.sendBlock(pattern(1));
    const low = host.ready();
    expect(Math.abs(low * 0.4 - programUs)).toBeLessThan(1);
  });

  it("of a cached card is busy for a moment", () => {
    const host = ready(ALL[2], { characteristics: steady("tlc-cached") });
    host.command(24, 0);
    host.sendBlock(pattern(1));
    const low = host.ready();
    expect(low).toBeGreaterThan(0);
    expect(low * 0.4).toBeLessThan(20);
  });

  it("a refused one, with CRC off, has user bytes parsed as commands", () => {
    const host = ready(ALL[3]);
    host.writeSector(1, pattern(1));
    const block = new Uint8Array(512).fill(0xff);
    // CMD24 to sector 1, then a whole block, within what the host means to be data.
    block.set([0x58, 0, 0, 0, 1, 0xff], 0);
    expect(host.command(24, SECTORS)).toBe(0x40);
    host.sendBlock(block);
    host.byte(0xfe);
    for (let i = 0; i < 514; i++) host.byte(0xaa);
    expect(host.byte() & 0x1f).toBe(0x05);
    host.ready();
    expect(host.readSector(1).data).toEqual(new Uint8Array(512).fill(0xaa));
  });

  it("a refused one, with CRC on, has user bytes refused as commands", () => {
    const host = ready(ALL[2]);
    host.writeSector(1, pattern(1));
    const block = new Uint8Array(512).fill(0xff);
    block.set([0x58, 0, 0, 0, 1, 0xff], 0);
    expect(host.command(24, SECTORS)).toBe(0x40);
    host.byte();
    host.byte(0xfe);
    for (const byte of block.subarray(0, 6)) host.byte(byte);
    expect([host.byte(), host.byte()]).toEqual([0xff, 0x08]);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });
});
