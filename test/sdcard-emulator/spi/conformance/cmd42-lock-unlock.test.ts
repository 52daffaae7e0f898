import { describe, expect, it } from "vitest";
import { pattern, type SpiHost } from "../spi-host.js";
import { ALL, ready } from "./conditions.js";

const SET = 1;
const CLEAR = 2;
const LOCK = 4;
const ERASE = 8;
const LOCKED = 0x01;
const FAILED = 0x02;

const text = (word: string): number[] => [...word].map((letter) => letter.charCodeAt(0));

/** Sends a lock block, as long as it has to be. @returns the status afterwards */
function lock(host: SpiHost, mode: number, ...passwords: string[]): number {
  const password = passwords.flatMap(text);
  const block = mode === ERASE ? [ERASE] : [mode, password.length, ...password];
  expect(host.command(16, block.length)).toBe(0);
  expect(host.command(42)).toBe(0);
  expect(host.sendBlock(block) & 0x1f).toBe(0x05);
  host.ready();
  const status = host.status().r2;
  host.command(16, 512);
  return status;
}

function powerCycle(host: SpiHost, crcOn: boolean): void {
  host.card.cutPower(host.card.crashSpace().map(() => 0));
  host.card.powerUp();
  host.initialise(crcOn);
}

describe("CMD42", () => {
  it.each(ALL)("sets a password, locks and unlocks: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    expect(lock(host, SET, "secret")).toBe(0);
    expect(host.readSector(1).data).toEqual(pattern(1));
    expect(lock(host, LOCK, "secret")).toBe(LOCKED);
    expect(host.command(17, host.address(1))).toBe(0x04);
    expect(lock(host, 0, "secret")).toBe(0);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(ALL)("sets and locks at once: $label", (card) => {
    const host = ready(card);
    expect(lock(host, SET | LOCK, "pw")).toBe(LOCKED);
  });

  it.each(ALL)("has a card with a password locked after power-up: $label", (card) => {
    const host = ready(card);
    lock(host, SET, "pw");
    powerCycle(host, card.crcOn);
    expect(host.status().r2).toBe(LOCKED);
    expect(lock(host, 0, "pw")).toBe(0);
  });

  it.each(ALL)("without the password unlocks nothing: $label", (card) => {
    const host = ready(card);
    lock(host, SET | LOCK, "pw");
    expect(lock(host, 0, "pv")).toBe(LOCKED | FAILED);
    expect(lock(host, 0, "pww")).toBe(LOCKED | FAILED);
    expect(lock(host, CLEAR, "p")).toBe(LOCKED | FAILED);
    expect(lock(host, 0, "pw")).toBe(0);
  });

  it.each(ALL)("changes a password, old and new together: $label", (card) => {
    const host = ready(card);
    lock(host, SET, "old");
    expect(lock(host, SET, "new!")).toBe(FAILED);
    expect(lock(host, SET, "old", "new!")).toBe(0);
    expect(lock(host, LOCK, "old")).toBe(FAILED);
    expect(lock(host, LOCK, "new!")).toBe(LOCKED);
  });

  it.each(ALL)("clears a password: $label", (card) => {
    const host = ready(card);
    lock(host, SET, "pw");
    expect(lock(host, CLEAR, "pw")).toBe(0);
    powerCycle(host, card.crcOn);
    expect(host.status().r2).toBe(0);
    expect(lock(host, LOCK, "pw")).toBe(FAILED);
  });

  it.each(ALL)("forgets a password by erasing everything: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    lock(host, SET | LOCK, "pw");
    expect(lock(host, ERASE)).toBe(0);
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
    powerCycle(host, card.crcOn);
    expect(host.status().r2).toBe(0);
  });

  it("erases protected groups too, and their protection", () => {
    const host = ready(ALL[0]);
    host.writeSector(1, pattern(1));
    expect(host.command(28, 0)).toBe(0);
    host.ready();
    lock(host, SET | LOCK, "pw");
    expect(lock(host, ERASE)).toBe(0);
    expect(host.readSector(1).data).toEqual(new Uint8Array(512));
    expect(host.writeSector(1, pattern(2))).toBe(0x05);
  });

  it("erases no card that is not locked", () => {
    const host = ready(ALL[2]);
    host.writeSector(1, pattern(1));
    lock(host, SET, "pw");
    expect(lock(host, ERASE)).toBe(FAILED);
    expect(host.readSector(1).data).toEqual(pattern(1));
  });

  it.each(["", "seventeen letters"])("takes no password of 0 or 17 bytes: %s", (password) => {
    expect(lock(ready(ALL[2]), SET, password)).toBe(FAILED);
  });

  it("takes one of 16", () => {
    expect(lock(ready(ALL[2]), SET, "sixteen letters!")).toBe(0);
  });

  it.each([0, LOCK])("cannot do what is done already: mode %i", (mode) => {
    const host = ready(ALL[2]);
    lock(host, mode === LOCK ? SET | LOCK : SET, "pw");
    expect(lock(host, mode, "pw") & FAILED).toBe(FAILED);
  });

  it("cannot set and clear at once", () => {
    expect(lock(ready(ALL[2]), SET | CLEAR, "pw")).toBe(FAILED);
  });

  it.each([6, 17, 18, 24, 25, 27, 32, 33, 38, 48, 49, 56])("locked refuses CMD%i", (index) => {
    const host = ready(ALL[2]);
    lock(host, SET | LOCK, "pw");
    expect(host.command(index, 0)).toBe(0x04);
  });

  it.each([
    [8, 0x1aa],
    [9, 0],
    [10, 0],
    [13, 0],
    [16, 512],
    [55, 0],
    [58, 0],
    [59, 1],
  ])("locked obeys CMD%i", (index, argument) => {
    const host = ready(ALL[2]);
    lock(host, SET | LOCK, "pw");
    expect(host.command(index, argument)).toBe(0);
  });

  it("with a wrong CRC changes nothing", () => {
    const host = ready(ALL[2]);
    host.command(16, 4);
    host.command(42);
    expect(host.sendBlock([SET | LOCK, 2, ...text("pw")], 0xfe, 1) & 0x1f).toBe(0x0b);
    expect(host.status().r2).toBe(0);
  });
});
