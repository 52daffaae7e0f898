import { describe, expect, it } from "vitest";
import { pattern } from "../spi-host.js";
import { ALL, ready } from "./conditions.js";

function pause(host: ReturnType<typeof ready>): void {
  host.deselect();
  host.bytes(3);
  host.select();
}

describe("chip select high", () => {
  it.each(ALL)("between a response and its data: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.command(17, host.address(1));
    pause(host);
    expect(host.block().data).toEqual(pattern(1));
  });

  it.each(ALL)("between the response of a write and its token: $label", (card) => {
    const host = ready(card);
    host.command(24, host.address(1));
    pause(host);
    expect(host.sendBlock(pattern(1)) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("between the blocks of a read: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.command(18, 0);
    host.block();
    pause(host);
    expect(host.block().data).toEqual(pattern(1));
    expect(host.command(12)).toBe(0);
  });

  it.each(ALL)("between the blocks of a write, busy or not: $label", (card) => {
    const host = ready(card);
    host.command(25, 0);
    host.sendBlock(pattern(0), 0xfc);
    pause(host);
    host.ready();
    pause(host);
    expect(host.sendBlock(pattern(1), 0xfc) & 0x1f).toBe(0x05);
    host.ready();
    host.byte(0xfd);
    host.byte();
    host.ready();
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("in the middle of a block, whose place is kept: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.command(17, host.address(1));
    while (host.byte() !== 0xfe);
    const first = host.bytes(100);
    pause(host);
    const rest = host.bytes(412);
    expect([...first, ...rest]).toEqual([...pattern(1)]);
  });

  it.each(ALL)("between CMD55 and its command: $label", (card) => {
    const host = ready(card);
    host.command(55);
    pause(host);
    expect(host.command(51)).toBe(0);
    expect(host.block(8).token).toBe(0xfe);
  });

  it.each([1, 2, 3, 4, 5])("after %i bytes of a frame loses the frame", (bytes) => {
    const host = ready(ALL[2]);
    const frame = [0x40 | 24, 0, 0, 0, 1, 0x35];
    for (const byte of frame.slice(0, bytes)) host.byte(byte);
    pause(host);
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });

  it("between the parts of an erase sequence", () => {
    const host = ready(ALL[2]);
    host.writeSector(1, pattern(1));
    for (const [index, argument] of [
      [32, 1],
      [33, 1],
      [38, 0],
    ] as const) {
      expect(host.command(index, argument)).toBe(0);
      pause(host);
    }
    host.ready();
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
  });

  it("has the card drive nothing, whatever it would say", () => {
    const host = ready(ALL[2]);
    host.command(17, 0);
    host.deselect();
    expect(host.bytes(600).every((byte) => byte === 0xff)).toBe(true);
  });
});
