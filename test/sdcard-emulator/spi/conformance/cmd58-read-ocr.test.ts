import { describe, expect, it } from "vitest";
import { ALL, BLOCK_ADDRESSED, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

const VOLTAGES = 0x00ff8000;

describe("CMD58", () => {
  it.each(ALL)("in idle tells voltages, and neither power-up nor capacity: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(58)).toBe(0x01);
    expect(host.word()).toBe(VOLTAGES);
  });

  it.each(BYTE_ADDRESSED)("of a ready standard card has no CCS: $label", (card) => {
    const host = ready(card);
    expect(host.command(58)).toBe(0);
    expect(host.word()).toBe(0x80ff8000);
  });

  it.each(BLOCK_ADDRESSED)("of a ready high-capacity card has CCS: $label", (card) => {
    const host = ready(card);
    expect(host.command(58)).toBe(0);
    expect(host.word()).toBe(0xc0ff8000);
  });
});
