import { describe, expect, it } from "vitest";
import type { SpiHost } from "../spi-host.js";
import { ALL, ready, VERSION_2 } from "./conditions.js";

const CHECK = 0x00ffffff;
const SET = 0x80ffffff;

function switchTo(host: SpiHost, argument: number): Uint8Array {
  expect(host.command(6, argument)).toBe(0);
  const { token, data, crcRight } = host.block(64);
  expect([token, crcRight]).toEqual([0xfe, true]);
  return data;
}

/** Function of group 1: bits 376 to 379 of 512. */
const group1 = (status: Uint8Array): number => status[16]! & 0xf;

describe("CMD6", () => {
  it.each(VERSION_2)("tells what there is: $label", (card) => {
    const status = switchTo(ready(card), CHECK);
    expect((status[0]! << 8) | status[1]!).toBeGreaterThan(0);
    // Groups 6 down to 1, two bytes each from byte 2 on; function 15, no change, is always there.
    const support = Array.from({ length: 6 }, (_, i) => (status[2 + 2 * i]! << 8) | status[3 + 2 * i]!);
    expect(support).toEqual([0x8001, 0x8001, 0x8001, 0x8001, 0x8001, 0x8003]);
    expect([...status.subarray(14, 17)]).toEqual([0, 0, 0]);
  });

  it.each(VERSION_2)("checks without switching: $label", (card) => {
    const host = ready(card);
    expect(group1(switchTo(host, 0x00fffff1))).toBe(1);
    expect(group1(switchTo(host, CHECK))).toBe(0);
  });

  it.each(VERSION_2)("switches to high speed, and CMD0 goes back: $label", (card) => {
    const host = ready(card);
    expect(group1(switchTo(host, 0x80fffff1))).toBe(1);
    expect(group1(switchTo(host, SET))).toBe(1);
    host.initialise(card.crcOn);
    expect(group1(switchTo(host, CHECK))).toBe(0);
  });

  it.each(VERSION_2)("refuses a function that there is not, and then switches nothing: $label", (card) => {
    const host = ready(card);
    const status = switchTo(host, 0x80ffff51);
    expect(status[16]! >> 4).toBe(0xf);
    expect((status[0]! << 8) | status[1]!).toBe(0);
    expect(group1(switchTo(host, CHECK))).toBe(0);
  });

  it("is illegal on a card of version 1.01", () => {
    expect(ready(ALL[0]).command(6, CHECK)).toBe(0x04);
  });
});
