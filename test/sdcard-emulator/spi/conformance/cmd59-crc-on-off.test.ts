import { describe, expect, it } from "vitest";
import { pattern } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

const OFF = { ...ALL[3] };
const ON = ALL[2];

describe("CMD59", () => {
  it("finds CRC off after CMD0: a wrong one is not looked at", () => {
    const host = fresh(OFF);
    host.command(0);
    expect(host.command(58, 0, 0x7e)).toBe(0x01);
  });

  it.each(ALL)("is legal in idle, and holds: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(59, 1)).toBe(0x01);
    expect(host.command(58, 0, 0x20)).toBe(0x09);
    expect(host.command(59, 0)).toBe(0x01);
    expect(host.command(58, 0, 0x20)).toBe(0x01);
  });

  it.each([0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80])("finds a turned bit of the CRC: %i", (bit) => {
    const host = ready(ON);
    expect(host.command(13, 0, bit)).toBe(0x08);
  });

  it("on, finds a missing end bit", () => {
    expect(ready(ON).command(13, 0, 0x01)).toBe(0x08);
  });

  it("off, does not look at the end bit", () => {
    expect(ready(OFF).command(13, 0, 0x01)).toBe(0x00);
  });

  it("looks at bit 0 of its argument alone", () => {
    const host = ready(OFF);
    host.command(59, 0xfffffffe);
    expect(host.command(13, 0, 0x02)).toBe(0);
    host.byte();
    host.command(59, 0xffffffff);
    expect(host.command(13, 0, 0x02)).toBe(0x08);
  });

  it("on, a command with a wrong CRC does nothing", () => {
    const host = ready(ON);
    expect(host.command(24, 3, 0x08)).toBe(0x08);
    for (const byte of [0xff, 0xfe, ...pattern(1).map(() => 0x11)]) host.byte(byte);
    expect(host.bytes(8).every((byte) => byte === 0xff)).toBe(true);
    expect(host.readSector(3).data).toEqual(new Uint8Array(512));
  });

  it("on, a block with a wrong CRC is answered 0x0B and leaves nothing", () => {
    const host = ready(ON);
    host.command(24, 3);
    expect(host.sendBlock(pattern(3), 0xfe, 0x0100) & 0x1f).toBe(0x0b);
    expect(host.card.crashSpace()).toHaveLength(0);
    expect(host.readSector(3).data).toEqual(new Uint8Array(512));
  });

  it("off, a block with a wrong CRC is accepted", () => {
    const host = ready(OFF);
    host.command(24, 3);
    expect(host.sendBlock(pattern(3), 0xfe, 0xffff) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.readSector(3).data).toEqual(pattern(3));
  });

  it("off, a block that is read has its CRC all the same", () => {
    const host = ready(OFF);
    host.writeSector(4, pattern(4));
    expect(host.readSector(4)).toMatchObject({ token: 0xfe, crcRight: true });
  });

  it("lets CMD55 pass away with a command whose CRC was wrong", () => {
    const host = ready(ON);
    host.command(55);
    expect(host.command(13, 0, 0x02)).toBe(0x08);
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
    expect(host.bytes(80).every((byte) => byte === 0xff)).toBe(true);
  });
});
