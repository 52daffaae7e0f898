import { describe, expect, it } from "vitest";
import type { CardGeneration } from "../../../../host/sdcard-emulator/spi/card-identity.js";
import { SpiHost } from "../spi-host.js";
import { ALL, fresh, ready } from "./conditions.js";

/** Commands of the SPI mode by the specification's tables, in idle and when ready. */
const IN_IDLE = [0, 1, 8, 55, 58, 59];
const IN_READY = [
  0, 1, 6, 8, 9, 10, 13, 16, 17, 18, 24, 25, 27, 28, 29, 30, 32, 33, 38, 42, 48, 49, 55, 56, 58, 59,
];
const APPLICATION = [13, 22, 23, 41, 42, 51];
const NOT: Record<CardGeneration, readonly number[]> = {
  sdsc1: [6, 8, 48, 49],
  sdsc2: [48, 49],
  sdhc: [28, 29, 30],
  sdxc: [28, 29, 30],
};
const INDEXES = Array.from({ length: 64 }, (_, index) => index);

const argumentOf = (index: number): number =>
  index === 8 ? 0x1aa : index === 16 ? 512 : index === 48 ? 0 : 0;

describe("of all 64 commands", () => {
  it.each(ALL)("those of the table alone are legal in idle: $label", (card) => {
    const legal = INDEXES.filter((index) => {
      const host = fresh(card);
      host.command(0);
      const r1 = host.command(index, argumentOf(index));
      expect(r1 & 0x01).toBe(0x01);
      return (r1 & 0x04) === 0;
    });
    expect(legal).toEqual(IN_IDLE.filter((index) => !NOT[card.generation].includes(index)));
  });

  it.each(ALL)("those of the table alone are legal when ready: $label", (card) => {
    const legal = INDEXES.filter((index) => (ready(card).command(index, argumentOf(index)) & 0x04) === 0);
    expect(legal).toEqual(IN_READY.filter((index) => !NOT[card.generation].includes(index)));
  });

  it.each(ALL)("those of the table are application commands, the others mean themselves: $label", (card) => {
    const plain = IN_READY.filter((index) => !NOT[card.generation].includes(index));
    const legal = INDEXES.filter((index) => (ready(card).application(index, argumentOf(index)) & 0x04) === 0);
    expect(legal).toEqual([...new Set([...plain, ...APPLICATION])].toSorted((a, b) => a - b));
  });
});

describe("an illegal command", () => {
  it.each(ALL)("changes nothing: $label", (card) => {
    const host = ready(card);
    expect(host.command(60, 123)).toBe(0x04);
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });
});

describe("N_CR", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("of %i puts so many bytes before every response", (responseGap) => {
    const host = new SpiHost({ responseGap }).initialise(true);
    for (const [index, argument, length] of [
      [13, 0, 2],
      [58, 0, 5],
      [8, 0x1aa, 5],
      [16, 512, 1],
      [60, 0, 1],
    ] as const) {
      host.frame(index, argument);
      const bytes = host.bytes(responseGap + length + 4);
      expect(bytes.slice(0, responseGap).every((byte) => byte === 0xff)).toBe(true);
      expect(bytes[responseGap]! & 0x80).toBe(0);
      expect(bytes.slice(responseGap + length).every((byte) => byte === 0xff)).toBe(true);
    }
  });

  it("passes over bytes that begin no frame", () => {
    const host = new SpiHost().initialise(true);
    for (const byte of [0x00, 0x3f, 0x80, 0xc0, 0xfe, 0xfc, 0xfd, 0xff]) expect(host.byte(byte)).toBe(0xff);
    expect(host.status()).toEqual({ r1: 0, r2: 0 });
  });
});
