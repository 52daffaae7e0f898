import { describe, expect, it } from "vitest";
import { pattern, SpiHost } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

const IDLE = 0x01;
const ILLEGAL = 0x04;
const CRC = 0x08;

describe("CMD0", () => {
  it.each(ALL)("chooses SPI and answers idle: $label", (card) => {
    expect(fresh(card).command(0)).toBe(IDLE);
  });

  it.each(ALL)("as the first command needs a right CRC: $label", (card) => {
    const host = fresh(card);
    expect(host.command(0, 0, 0x02)).toBe(-1);
    expect(host.command(0)).toBe(IDLE);
  });

  it.each(ALL)("later answers a wrong CRC with a CRC error, CRC on or off: $label", (card) => {
    const host = ready(card);
    expect(host.command(0, 0, 0x10)).toBe(CRC);
    expect(host.command(13)).toBe(0);
  });

  it.each([0, 1, 5, 9])("is not heard after %i bytes of clocks: 74 are needed", (bytes) => {
    const host = new SpiHost();
    host.powerClocks(bytes);
    expect(host.command(0)).toBe(-1);
  });

  it("is heard after 80 clocks that came in two parts", () => {
    const host = new SpiHost();
    host.powerClocks(6);
    host.powerClocks(4);
    expect(host.command(0)).toBe(IDLE);
  });

  it("does not count clocks with chip select low", () => {
    const host = new SpiHost();
    host.select();
    host.bytes(20);
    expect(host.command(0)).toBe(-1);
  });

  it("does not count clocks with the host's line low", () => {
    const host = new SpiHost();
    host.card.select(false);
    for (let i = 0; i < 20; i++) host.byte(0);
    expect(host.command(0)).toBe(-1);
  });

  it.each([8, 9, 17, 41, 55, 58, 59])(
    "comes before CMD%i, which a card in SD mode leaves unanswered",
    (index) => {
      const host = new SpiHost();
      host.powerClocks();
      expect(host.command(index, index === 8 ? 0x1aa : 0)).toBe(-1);
    },
  );

  it("is not heard without chip select", () => {
    const host = new SpiHost();
    host.powerClocks();
    for (const byte of [0x40, 0, 0, 0, 0, 0x95]) host.byte(byte);
    expect(host.bytes(16).every((byte) => byte === 0xff)).toBe(true);
  });

  it("is 40 00 00 00 00 95 on the wire", () => {
    const host = new SpiHost();
    host.powerClocks();
    host.select();
    for (const byte of [0x40, 0, 0, 0, 0, 0x95]) host.byte(byte);
    expect(host.bytes(2)).toEqual([0xff, IDLE]);
  });

  it.each(ALL)("makes a ready card idle again: $label", (card) => {
    const host = ready(card);
    expect(host.command(0)).toBe(IDLE);
    expect(host.command(17, 0)).toBe(IDLE | ILLEGAL);
    host.initialise(card.crcOn);
    expect(host.command(13)).toBe(0);
  });

  it("switches the checking of CRCs off", () => {
    const host = ready(ALL[2]);
    host.command(0);
    expect(host.command(58, 0, 0x40)).toBe(IDLE);
  });

  it("sets the block length back to 512", () => {
    const host = ready(ALL[0]);
    host.command(16, 16);
    host.initialise();
    expect(host.readSector(0).data).toHaveLength(512);
  });

  it("ends a read that goes on", () => {
    const host = ready(ALL[2]);
    host.command(18, 0);
    host.block();
    host.select();
    host.frame(0);
    host.byte();
    expect(host.byte()).toBe(IDLE);
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
  });

  it("ends busy, and the write under way is finished as it was accepted", () => {
    const host = ready(ALL[2]);
    host.command(24, 7);
    host.sendBlock(pattern(7));
    expect(host.byte()).toBe(0);
    host.command(0);
    expect(host.byte()).toBe(0xff);
    host.initialise();
    expect(host.readSector(7).data).toEqual(pattern(7));
  });

  it("forgets a block that is half received", () => {
    const host = ready(ALL[3]);
    host.command(24, 7);
    host.byte();
    host.byte(0xfe);
    for (let i = 0; i < 300; i++) host.byte(0x11);
    expect(host.card.crashSpace()).not.toHaveLength(0);
    // What follows are bytes of the block, until it is complete.
    for (let i = 0; i < 214; i++) host.byte(0x11);
    host.ready();
    host.command(24, 8);
    host.command(0);
    host.initialise();
    expect(host.readSector(8).data).toEqual(new Uint8Array(512));
  });

  it.each([
    [24, 0xfe],
    [25, 0xfc],
  ])("ends a CMD%i that waits for its block", (index, token) => {
    const host = ready(ALL[2]);
    host.command(index, 8);
    host.initialise(true);
    expect(host.sendBlock(new Uint8Array(512).fill(0x80), token)).toBe(0xff);
    expect(host.command(13)).toBe(0);
    expect(host.card.viewImage().hashLow).toBe(0);
  });

  it("clears the errors that CMD13 would tell", () => {
    const host = ready(ALL[2]);
    host.command(17, 0xffffff);
    host.initialise();
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });
});
