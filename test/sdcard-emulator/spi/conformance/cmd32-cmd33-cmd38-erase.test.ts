import { describe, expect, it } from "vitest";
import { pattern, SECTORS, steady, type SpiHost } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

const RESET = 0x02;
const SEQUENCE = 0x10;
const PARAMETER = 0x40;

function erase(host: SpiHost, first: number, last: number): number[] {
  const answers = [
    host.command(32, host.address(first)),
    host.command(33, host.address(last)),
    host.command(38),
  ];
  host.ready();
  return answers;
}

describe("CMD32, CMD33, CMD38", () => {
  it.each(ALL)("erase a range, its ends included, and nothing beside it: $label", (card) => {
    const host = ready(card);
    for (let i = 0; i < 6; i++) host.writeSector(10 + i, pattern(i));
    expect(erase(host, 11, 14)).toEqual([0, 0, 0]);
    const left = Array.from({ length: 6 }, (_, i) => host.readSector(10 + i).data);
    expect(left[0]).toEqual(pattern(0));
    for (let i = 1; i <= 4; i++) expect(left[i]).toEqual(new Uint8Array(512));
    expect(left[5]).toEqual(pattern(5));
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });

  it.each(ALL)("erase the whole card: $label", (card) => {
    const host = ready(card);
    for (const sector of [0, 600, SECTORS - 1]) host.writeSector(sector, pattern(sector));
    expect(erase(host, 0, SECTORS - 1)).toEqual([0, 0, 0]);
    expect(host.card.viewImage().hashLow).toBe(0);
    expect(host.card.viewImage().hashHigh).toBe(0);
  });

  it.each(ALL)("heal a sector that had gone bad: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.card.spoil(1);
    erase(host, 0, 3);
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
  });

  it.each(ALL)("out of order are a sequence error, and erase nothing: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    expect(host.command(38)).toBe(SEQUENCE);
    expect(host.command(33, host.address(1))).toBe(SEQUENCE);
    expect(host.command(32, host.address(1))).toBe(0);
    expect(host.command(38)).toBe(SEQUENCE);
    expect(host.command(38)).toBe(SEQUENCE);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("interrupted by another command begin anew, which its R1 tells: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.command(32, host.address(1));
    host.command(33, host.address(1));
    expect(host.command(16, 512)).toBe(RESET);
    expect(host.command(16, 512)).toBe(0);
    expect(host.command(38)).toBe(SEQUENCE);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("let CMD13 in between: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.command(32, host.address(1));
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
    host.command(33, host.address(1));
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
    expect(host.command(38)).toBe(0);
    host.ready();
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
  });

  it.each(ALL)("whose end lies before the start are an erase parameter error: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    expect(erase(host, 2, 1)).toEqual([0, 0, 0]);
    expect(host.status().r2).toBe(0x40);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("beyond the end are refused, and the sequence is over: $label", (card) => {
    const host = ready(card);
    expect(host.command(32, host.address(SECTORS))).toBe(PARAMETER);
    expect(host.command(32, host.address(0))).toBe(0);
    expect(host.command(33, host.address(SECTORS))).toBe(PARAMETER);
    expect(host.command(33, host.address(0))).toBe(SEQUENCE);
    expect(host.command(38)).toBe(SEQUENCE);
    expect(host.status().r2).toBe(0x80);
  });

  it.each([32, 33, 38])("CMD%i is illegal in idle", (index) => {
    const host = fresh(ALL[2]);
    host.command(0);
    expect(host.command(index)).toBe(0x05);
  });

  it("an illegal command in between ends the sequence too", () => {
    const host = ready(ALL[2]);
    host.command(32, 0);
    expect(host.command(2)).toBe(0x04 | RESET);
    expect(host.command(33, 0)).toBe(SEQUENCE);
  });

  it("are busy longer the more erase blocks they touch", () => {
    const characteristics = steady("mlc", { eraseBlockSectors: 64 });
    const host = ready(ALL[2], { characteristics });
    const lows = [63, 64, 1023].map((last) => {
      host.command(32, 0);
      host.command(33, last);
      host.command(38);
      const before = host.time.nowNs;
      host.waitUs(1);
      while (host.byte() === 0) host.waitUs(100);
      return host.time.nowNs - before;
    });
    expect(lows[1]! / lows[0]!).toBeCloseTo(2, 0);
    expect(lows[2]! / lows[0]!).toBeGreaterThan(10);
  });
});
