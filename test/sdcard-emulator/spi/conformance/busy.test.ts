import { describe, expect, it } from "vitest";
import { pattern, SpiHost, steady } from "../spi-host.js";
import { ALL, ready } from "./conditions.js";

const PROGRAM_US = 1000;

function busyCard(): SpiHost {
  const characteristics = steady("mlc", { programUs: PROGRAM_US, commandUs: 0 });
  const host = ready(ALL[2], { characteristics });
  host.command(24, 3);
  expect(host.sendBlock(pattern(3)) & 0x1f).toBe(0x05);
  return host;
}

describe("busy", () => {
  it("holds the line low on every byte, until its time is over", () => {
    const host = busyCard();
    expect(host.bytes(100).every((byte) => byte === 0)).toBe(true);
    host.waitUs(PROGRAM_US);
    expect(host.bytes(100).every((byte) => byte === 0xff)).toBe(true);
  });

  it("gives the line free with chip select high, and takes it again when it goes low", () => {
    const host = busyCard();
    host.deselect();
    expect(host.bytes(10).every((byte) => byte === 0xff)).toBe(true);
    host.select();
    expect(host.byte()).toBe(0);
  });

  it("goes on with chip select high: it ends at the same moment", () => {
    const host = busyCard();
    host.deselect();
    host.waitUs(PROGRAM_US - 50);
    host.select();
    expect(host.byte()).toBe(0);
    host.waitUs(50);
    expect(host.byte()).toBe(0xff);
  });

  it("over while the card was not selected is never seen", () => {
    const host = busyCard();
    host.deselect();
    host.waitUs(PROGRAM_US);
    host.select();
    expect(host.byte()).toBe(0xff);
    expect(host.readSector(3).data).toEqual(pattern(3));
  });

  it.each([1, 8, 9, 10, 12, 16, 17, 18, 24, 25, 32, 33, 38, 42, 48, 49, 58, 59])(
    "lets no CMD%i in, and goes on",
    (index) => {
      const host = busyCard();
      host.frame(index, index === 8 ? 0x1aa : 0);
      expect([host.byte(), host.byte()]).toEqual([0xff, 0x04]);
      expect(host.byte()).toBe(0);
      host.waitUs(PROGRAM_US);
      expect(host.readSector(3).data).toEqual(pattern(3));
    },
  );

  it("does not stop CMD55, and ACMD13 after it is refused", () => {
    const host = busyCard();
    host.frame(55);
    expect([host.byte(), host.byte()]).toEqual([0xff, 0x00]);
    host.frame(13);
    expect([host.byte(), host.byte()]).toEqual([0xff, 0x04]);
  });
});
