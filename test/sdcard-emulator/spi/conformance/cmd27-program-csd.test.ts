import { describe, expect, it } from "vitest";
import { crc7, pattern, type SpiHost } from "../spi-host.js";
import { ALL, ready } from "./conditions.js";

const COPY = 0x40;
const PERMANENT = 0x20;
const TEMPORARY = 0x10;

function readCsd(host: SpiHost): Uint8Array {
  host.command(9);
  return host.block(16).data;
}

function program(host: SpiHost, csd: Uint8Array): number {
  csd[15] = (crc7([...csd.subarray(0, 15)]) << 1) | 1;
  expect(host.command(27)).toBe(0);
  const answer = host.sendBlock(csd) & 0x1f;
  host.ready();
  return answer;
}

function withBits(host: SpiHost, bits: number): Uint8Array {
  const csd = readCsd(host);
  csd[14] = bits;
  return csd;
}

describe("CMD27", () => {
  it.each(ALL)("protects the card for a time: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    expect(program(host, withBits(host, TEMPORARY))).toBe(0x05);
    expect(readCsd(host)[14]).toBe(TEMPORARY);
    host.command(24, host.address(1));
    expect(host.sendBlock(pattern(2)) & 0x1f).toBe(0x0d);
    expect(host.ready()).toBe(0);
    expect(host.status().r2).toBe(0x20);
    expect(host.readSector(1).data).toEqual(pattern(1));
    expect(program(host, withBits(host, 0))).toBe(0x05);
    expect(host.writeSector(1, pattern(2))).toBe(0x05);
  });

  it.each(ALL)("protects the card for good: $label", (card) => {
    const host = ready(card);
    expect(program(host, withBits(host, PERMANENT))).toBe(0x05);
    expect(program(host, withBits(host, 0))).toBe(0x0d);
    expect(host.status().r2).toBe(0x80);
    expect(readCsd(host)[14]).toBe(PERMANENT);
    host.command(24, 0);
    expect(host.sendBlock(pattern(2)) & 0x1f).toBe(0x0d);
  });

  it.each(ALL)("refuses a change of what is read-only: $label", (card) => {
    const host = ready(card);
    const csd = readCsd(host);
    const before = csd.slice();
    csd[8]! ^= 1;
    expect(program(host, csd)).toBe(0x0d);
    expect(host.status().r2).toBe(0x80);
    expect(readCsd(host)).toEqual(before);
  });

  it("sets the COPY flag once", () => {
    const host = ready(ALL[2]);
    expect(program(host, withBits(host, COPY))).toBe(0x05);
    expect(program(host, withBits(host, COPY | TEMPORARY))).toBe(0x05);
    expect(program(host, withBits(host, TEMPORARY))).toBe(0x0d);
  });

  it("refuses a CSD whose own CRC7 is wrong", () => {
    const host = ready(ALL[2]);
    const csd = withBits(host, TEMPORARY);
    csd[15] = 0x01;
    host.command(27);
    expect(host.sendBlock(csd) & 0x1f).toBe(0x0d);
  });

  it("refuses a block whose CRC16 is wrong", () => {
    const host = ready(ALL[2]);
    const csd = withBits(host, TEMPORARY);
    host.command(27);
    expect(host.sendBlock(csd, 0xfe, 1) & 0x1f).toBe(0x0b);
    expect(readCsd(host)[14]).toBe(0);
  });

  it("stays over the loss of power", () => {
    const host = ready(ALL[2]);
    program(host, withBits(host, TEMPORARY));
    host.card.cutPower(host.card.crashSpace().map(() => 0));
    host.card.powerUp();
    host.initialise(true);
    expect(readCsd(host)[14]).toBe(TEMPORARY);
  });
});
