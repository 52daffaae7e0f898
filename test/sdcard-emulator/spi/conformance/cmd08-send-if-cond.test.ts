import { describe, expect, it } from "vitest";
import { ALL, fresh, ready, VERSION_2 } from "./conditions.js";

describe("CMD8", () => {
  it.each(VERSION_2)("sends voltage and check pattern back: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(8, 0x1aa)).toBe(0x01);
    expect(host.word()).toBe(0x000001aa);
  });

  it.each([0x00, 0x55, 0xff, 0x01])("sends any pattern back: %i", (check) => {
    const host = fresh(ALL[2]);
    host.command(0);
    host.command(8, 0x100 | check);
    expect(host.word()).toBe(0x100 | check);
  });

  it.each([0x0, 0x2, 0x4, 0xf])("accepts no other voltage than 2.7 to 3.6 V: %i", (voltage) => {
    const host = fresh(ALL[2]);
    host.command(0);
    expect(host.command(8, (voltage << 8) | 0xaa)).toBe(0x01);
    expect(host.word()).toBe(0xaa);
  });

  it("is illegal on a card of version 1, which says nothing more", () => {
    const host = fresh(ALL[0]);
    host.command(0);
    expect(host.command(8, 0x1aa)).toBe(0x05);
    expect(host.bytes(6).every((byte) => byte === 0xff)).toBe(true);
  });

  it.each(VERSION_2)("always has its CRC checked: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(8, 0x1aa, 0x02)).toBe(0x09);
    expect(host.bytes(4)).toEqual([0xff, 0xff, 0xff, 0xff]);
    expect(host.command(8, 0x1aa)).toBe(0x01);
  });

  it.each(VERSION_2)("may be sent to a ready card: $label", (card) => {
    const host = ready(card);
    expect(host.command(8, 0x1aa)).toBe(0);
    expect(host.word()).toBe(0x1aa);
  });
});
