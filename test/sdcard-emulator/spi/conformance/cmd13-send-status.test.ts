import { describe, expect, it } from "vitest";
import { pattern, SECTORS } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

describe("CMD13", () => {
  it.each(ALL)("of a card that is well is two zero bytes: $label", (card) => {
    expect(ready(card).status()).toEqual({ r1: 0, r2: 0 });
  });

  it.each(ALL)("is illegal in idle, and then one byte: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.status()).toEqual({ r1: 0x05, r2: 0xff });
  });

  it.each(ALL)("keeps an error over other commands, until it is read: $label", (card) => {
    const host = ready(card);
    host.command(17, host.address(SECTORS));
    host.writeSector(1, pattern(1));
    host.readSector(1);
    expect(host.status().r2).toBe(0x80);
    expect(host.status().r2).toBe(0);
  });

  it("gathers several errors", () => {
    const host = ready(ALL[2]);
    host.writeSector(1, pattern(1));
    host.card.spoil(1);
    host.readSector(1);
    host.command(17, SECTORS);
    expect(host.status().r2).toBe(0x90);
  });

  it.each(ALL)("is legal while the card is busy: $label", (card) => {
    const host = ready(card);
    host.command(24, 0);
    host.sendBlock(pattern(1));
    expect(host.byte()).toBe(0);
    host.select();
    host.frame(13);
    const bytes = host.bytes(card.responseGap + 2);
    expect(bytes.slice(0, card.responseGap).every((byte) => byte === 0xff)).toBe(true);
    expect(bytes.slice(card.responseGap)).toEqual([0, 0]);
    expect(host.byte()).toBe(0);
    expect(host.ready()).toBeGreaterThan(0);
  });

  it("lost with a wrong CRC keeps the errors for the next one", () => {
    const host = ready(ALL[2]);
    host.command(17, SECTORS);
    expect(host.command(13, 0, 0x02)).toBe(0x08);
    expect(host.status().r2).toBe(0x80);
  });
});
