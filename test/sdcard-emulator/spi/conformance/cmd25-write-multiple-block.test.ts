import { describe, expect, it } from "vitest";
import { pattern, SECTORS, type SpiHost } from "../spi-host.js";
import { ALL, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

const START = 0xfc;
const STOP = 0xfd;

function wellWritten(host: SpiHost): number {
  expect(host.application(22)).toBe(0);
  const { token, data, crcRight } = host.block(4);
  expect([token, crcRight]).toEqual([0xfe, true]);
  return new DataView(data.buffer).getUint32(0);
}

function stop(host: SpiHost): void {
  host.byte(STOP);
  host.byte();
  host.ready();
}

describe("CMD25", () => {
  it.each(ALL)("writes block after block until the stop token: $label", (card) => {
    const host = ready(card);
    expect(host.command(25, host.address(30))).toBe(0);
    for (let i = 0; i < 6; i++) {
      expect(host.sendBlock(pattern(i), START) & 0x1f).toBe(0x05);
      host.ready();
    }
    stop(host);
    for (let i = 0; i < 6; i++) expect(host.readSector(30 + i).data).toEqual(pattern(i));
    expect(host.readSector(36).data).toEqual(new Uint8Array(512));
    expect(wellWritten(host)).toBe(6);
  });

  it.each(ALL)("is busy from the second byte after the stop token on: $label", (card) => {
    const host = ready(card);
    host.command(25, 0);
    host.sendBlock(pattern(1), START);
    host.ready();
    host.byte(STOP);
    expect(host.byte()).toBe(0xff);
    expect(host.byte()).toBe(0x00);
  });

  it.each(ALL)("stopped before any block writes nothing: $label", (card) => {
    const host = ready(card);
    host.command(25, 0);
    stop(host);
    expect(host.card.viewImage().hashLow).toBe(0);
    expect(wellWritten(host)).toBe(0);
  });

  it.each(ALL)(
    "over the end of the card refuses with 0x0D, and says how many were written: $label",
    (card) => {
      const host = ready(card);
      host.command(25, host.address(SECTORS - 2));
      const answers = [0, 1, 2, 3].map((i) => {
        const answer = host.sendBlock(pattern(i), START) & 0x1f;
        host.ready();
        return answer;
      });
      expect(answers).toEqual([0x05, 0x05, 0x0d, 0x0d]);
      expect(host.command(12)).toBe(0);
      host.ready();
      expect(host.status().r2).toBe(0x80);
      expect(wellWritten(host)).toBe(2);
      expect(host.readSector(SECTORS - 1).data).toEqual(pattern(1));
    },
  );

  it.each(ALL)("passes over the token of single blocks: $label", (card) => {
    const host = ready(card);
    host.command(25, 0);
    host.byte(0xfe);
    expect(host.sendBlock(pattern(1), START) & 0x1f).toBe(0x05);
    host.ready();
    stop(host);
    expect(host.readSector(0).data).toEqual(pattern(1));
  });

  it.each(BYTE_ADDRESSED)("has to name the first byte of a sector: $label", (card) => {
    expect(ready(card).command(25, 3)).toBe(0x20);
  });

  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(25)).toBe(0x05);
  });

  it("after a block with a wrong CRC takes no more: the host has to stop it", () => {
    const host = ready(ALL[2]);
    host.command(25, 0);
    expect(host.sendBlock(pattern(0), START) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.sendBlock(pattern(1), START, 1) & 0x1f).toBe(0x0b);
    expect(host.sendBlock(pattern(2), START) & 0x1f).toBe(0x0d);
    expect(host.command(12)).toBe(0);
    host.ready();
    expect(wellWritten(host)).toBe(1);
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
  });

  it("lets CMD13 in between two blocks", () => {
    const host = ready(ALL[2]);
    host.command(25, 0);
    host.sendBlock(pattern(0), START);
    host.ready();
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
    expect(host.sendBlock(pattern(1), START) & 0x1f).toBe(0x05);
    host.ready();
    stop(host);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each([17, 24, 9, 58, 32])("refuses CMD%i in between two blocks, and goes on", (index) => {
    const host = ready(ALL[2]);
    host.command(25, 0);
    host.sendBlock(pattern(0), START);
    host.ready();
    expect(host.command(index)).toBe(0x04);
    expect(host.sendBlock(pattern(1), START) & 0x1f).toBe(0x05);
    host.ready();
    stop(host);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it("does not hear a token while it is busy", () => {
    const host = ready(ALL[2]);
    host.command(25, 0);
    host.sendBlock(pattern(0), START);
    host.byte(START);
    host.ready();
    expect(host.sendBlock(pattern(1), START) & 0x1f).toBe(0x05);
  });
});

describe("ACMD23", () => {
  it.each(ALL)("announces blocks and erases nothing: $label", (card) => {
    const host = ready(card);
    host.writeSector(5, pattern(5));
    expect(host.application(23, 4)).toBe(0);
    host.command(25, host.address(4));
    host.sendBlock(pattern(1), START);
    host.ready();
    stop(host);
    expect(host.readSector(5).data).toEqual(pattern(5));
  });
});

describe("ACMD22", () => {
  it("before any write tells 0", () => {
    expect(wellWritten(ready(ALL[2]))).toBe(0);
  });
});
