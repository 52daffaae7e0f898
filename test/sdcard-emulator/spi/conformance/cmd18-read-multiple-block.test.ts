import { describe, expect, it } from "vitest";
import { pattern, SECTORS } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

describe("CMD18", () => {
  it.each(ALL)("sends block after block until CMD12: $label", (card) => {
    const host = ready(card);
    for (let i = 0; i < 5; i++) host.writeSector(20 + i, pattern(i));
    expect(host.command(18, host.address(20))).toBe(0);
    for (let i = 0; i < 5; i++) {
      const { token, data, crcRight } = host.block();
      expect([token, crcRight]).toEqual([0xfe, true]);
      expect(data).toEqual(pattern(i));
    }
    expect(host.command(12)).toBe(0);
    host.ready();
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
  });

  it.each(ALL)("over the end of the card sends an out-of-range token: $label", (card) => {
    const host = ready(card);
    host.command(18, host.address(SECTORS - 2));
    expect(host.block().token).toBe(0xfe);
    expect(host.block().token).toBe(0xfe);
    expect(host.block().token).toBe(0x08);
    expect(host.bytes(32).every((byte) => byte === 0xff)).toBe(true);
    expect(host.status().r2).toBe(0x80);
  });

  it.each(ALL)("beyond the end is a parameter error: $label", (card) => {
    const host = ready(card);
    expect(host.command(18, host.address(SECTORS))).toBe(0x40);
  });

  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(18)).toBe(0x05);
  });

  it("stops at a sector that has gone bad", () => {
    const host = ready(ALL[2]);
    host.writeSector(5, pattern(5));
    host.card.spoil(5);
    host.command(18, 4);
    expect(host.block().token).toBe(0xfe);
    expect(host.block().token).toBe(0x04);
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
  });

  it("leaves at least one byte between two blocks", () => {
    const host = ready(ALL[2]);
    host.command(18, 0);
    host.block();
    expect(host.byte()).toBe(0xff);
  });
});

describe("CMD12", () => {
  it.each(ALL)("is followed by a stuff byte, then by N_CR's rest and R1: $label", (card) => {
    const host = ready(card);
    for (let i = 0; i < 3; i++) host.writeSector(i, new Uint8Array(512).fill(0x5a));
    host.command(18, 0);
    while (host.byte() !== 0xfe);
    host.bytes(40);
    host.frame(12);
    // What is left of the block, which looks like a response to a host that does not skip it.
    expect(host.byte()).toBe(0x5a);
    for (let i = 1; i < card.responseGap; i++) expect(host.byte()).toBe(0xff);
    expect(host.byte()).toBe(0);
  });

  it.each(ALL)("ends a stream between two blocks: $label", (card) => {
    const host = ready(card);
    host.command(18, 0);
    host.block();
    expect(host.command(12)).toBe(0);
    host.ready();
    expect(host.readSector(0).token).toBe(0xfe);
  });

  it.each(ALL)("is answered with R1b: busy follows where a read was ended: $label", (card) => {
    const host = ready(card, { stopBusyUs: 50 });
    host.command(18, 0);
    host.block();
    expect(host.command(12)).toBe(0);
    expect(host.bytes(10)).toEqual(new Array(10).fill(0));
    // Refused like any other but a few while the card is busy (7.2.4), and it goes on.
    expect(host.command(17, 0)).toBe(0x04);
    expect(host.byte()).toBe(0);
    expect(host.ready()).toBeLessThan(50_000 / 400);
    expect(host.readSector(0).token).toBe(0xfe);
  });

  it("is followed by no busy on a card that needs none", () => {
    const host = ready(ALL[2], { stopBusyUs: 0 });
    host.command(18, 0);
    host.block();
    expect(host.command(12)).toBe(0);
    expect(host.ready()).toBe(0);
  });

  it("is busy for a whole number of µs", () => {
    expect(() => ready(ALL[2], { stopBusyUs: -1 })).toThrow(
      /busy after CMD12 is a whole number of µs, not -1/,
    );
  });

  it.each(ALL)("on a card at rest is illegal: $label", (card) => {
    expect(ready(card).command(12)).toBe(0x04);
  });

  it("with a wrong CRC stops nothing", () => {
    const host = ready(ALL[2]);
    host.command(18, 0);
    while (host.byte() !== 0xfe);
    host.bytes(600);
    host.frame(12, 0, 0x40);
    host.byte();
    expect(host.byte()).toBe(0x08);
    expect(host.block().token).not.toBe(-1);
    expect(host.command(12)).toBe(0);
  });

  it("ends a write that waits for a block, with busy for what was accepted", () => {
    const host = ready(ALL[2]);
    host.command(25, 0);
    expect(host.sendBlock(pattern(1), 0xfc) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.command(12)).toBe(0);
    expect(host.ready()).toBeGreaterThan(0);
    expect(host.readSector(0).data).toEqual(pattern(1));
  });
});
