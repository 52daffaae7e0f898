import { describe, expect, it } from "vitest";
import { pattern } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

describe("CMD55", () => {
  it.each(ALL)("is legal in idle and ready: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(55)).toBe(0x01);
    expect(ready(card).command(55)).toBe(0x00);
  });

  it.each(ALL)("announces one command and no second: $label", (card) => {
    const host = ready(card);
    expect(host.application(51)).toBe(0);
    expect(host.block(8).token).toBe(0xfe);
    expect(host.command(51)).toBe(0x04);
  });

  it.each(ALL)("before a command that is no application command changes nothing: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    expect(host.application(17, host.address(1))).toBe(0);
    expect(host.block().data).toEqual(pattern(1));
  });
});

describe("ACMD51", () => {
  it.each(ALL)("sends the SCR: $label", (card) => {
    const host = ready(card);
    expect(host.application(51)).toBe(0);
    const { token, data: scr, crcRight } = host.block(8);
    expect([token, crcRight]).toEqual([0xfe, true]);
    const high = card.generation === "sdhc" || card.generation === "sdxc";
    expect(scr[0]! >> 4).toBe(0);
    expect(scr[0]! & 0xf).toBe(card.generation === "sdsc1" ? 0 : 2);
    expect(scr[1]! >> 7).toBe(0);
    expect((scr[1]! >> 4) & 7).toBe({ sdsc1: 2, sdsc2: 2, sdhc: 3, sdxc: 4 }[card.generation]);
    expect(scr[1]! & 0xf).toBe(5);
    expect(scr[2]! >> 7).toBe(high ? 1 : 0);
    expect(((scr[2]! & 0x3) << 2) | (scr[3]! >> 6)).toBe(high ? 2 : 0);
    expect(scr[3]! & 0xf).toBe(high ? 4 : 0);
  });
});

describe("ACMD13", () => {
  it.each(ALL)("sends the SD status after two bytes of response: $label", (card) => {
    const identity = { auSizeCode: 7, eraseSize: 0x123, eraseTimeoutSeconds: 5 };
    const host = ready(card, { identity });
    expect(host.application(13)).toBe(0);
    expect(host.byte()).toBe(0);
    const { token, data: ssr, crcRight } = host.block(64);
    expect([token, crcRight]).toEqual([0xfe, true]);
    expect(ssr[8]).toBe(4);
    expect(ssr[10]! >> 4).toBe(7);
    expect((ssr[11]! << 8) | ssr[12]!).toBe(0x123);
    expect(ssr[13]! >> 2).toBe(5);
    expect(ssr[13]! & 3).toBe(0);
  });
});

describe("ACMD42", () => {
  it.each(ALL)("is obeyed, and nothing on the bus changes: $label", (card) => {
    const host = ready(card);
    expect(host.application(42, 0)).toBe(0);
    expect(host.bytes(16).every((byte) => byte === 0xff)).toBe(true);
    expect(host.application(42, 1)).toBe(0);
    expect(host.readSector(0).token).toBe(0xfe);
  });
});

describe("CMD56", () => {
  it.each(ALL)("reads back the block that it wrote: $label", (card) => {
    const host = ready(card);
    expect(host.command(56, 0)).toBe(0);
    expect(host.sendBlock(pattern(9)) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.command(56, 1)).toBe(0);
    expect(host.block().data).toEqual(pattern(9));
  });

  it("leaves the memory alone", () => {
    const host = ready(ALL[2]);
    host.command(56, 0);
    host.sendBlock(pattern(9));
    host.ready();
    expect(host.card.viewImage().hashLow).toBe(0);
  });
});
