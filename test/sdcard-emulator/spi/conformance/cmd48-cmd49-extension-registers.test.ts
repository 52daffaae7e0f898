import { describe, expect, it } from "vitest";
import { pattern, steady, type HostOptions, type SpiHost } from "../spi-host.js";
import { BLOCK_ADDRESSED, BYTE_ADDRESSED, ready, type Condition } from "./conditions.js";

const CACHE_SUPPORT = 4;
const CACHE_ENABLE = 260;
const CACHE_FLUSH = 261;

const argumentOf = (fno: number, address: number, length = 1): number =>
  ((fno << 27) | (address << 9) | (length - 1)) >>> 0;

function read(host: SpiHost, fno: number, address: number, length: number): Uint8Array {
  expect(host.command(48, argumentOf(fno, address, length))).toBe(0);
  const { token, data, crcRight } = host.block();
  expect([token, crcRight]).toEqual([0xfe, true]);
  expect(data.subarray(length)).toEqual(new Uint8Array(512 - length));
  return data.subarray(0, length);
}

function write(host: SpiHost, fno: number, address: number, value: number): number {
  expect(host.command(49, argumentOf(fno, address))).toBe(0);
  const block = new Uint8Array(512);
  block[0] = value;
  const answer = host.sendBlock(block) & 0x1f;
  host.ready();
  return answer;
}

/** The function number of the performance register, found as a host does. */
function performanceOf(host: SpiHost): number {
  const general = read(host, 0, 0, 512);
  expect(general[4]).toBe(1);
  expect(general[16]! | (general[17]! << 8)).toBe(2);
  expect(general[16 + 42]).toBe(1);
  const address = new DataView(general.buffer, general.byteOffset).getUint32(16 + 44, true);
  expect(address & 0x1ffff).toBe(0);
  return (address >>> 18) & 0xf;
}

const cached = (card: Condition, options: HostOptions = {}): SpiHost =>
  ready(card, { characteristics: steady("tlc-cached"), ...options });

describe("CMD48 and CMD49", () => {
  it.each(BLOCK_ADDRESSED)("find the performance register in the general information: $label", (card) => {
    const host = cached(card);
    expect(performanceOf(host)).toBe(1);
    expect(read(host, 1, CACHE_SUPPORT, 1)[0]).toBe(1);
  });

  it.each(BLOCK_ADDRESSED)("say that a card without a cache has none: $label", (card) => {
    const host = ready(card);
    expect(read(host, 1, CACHE_SUPPORT, 1)[0]).toBe(0);
    expect(write(host, 1, CACHE_ENABLE, 1)).toBe(0x05);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(0);
  });

  it.each(BLOCK_ADDRESSED)("enable the cache, until CMD0: $label", (card) => {
    const host = cached(card);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(0);
    expect(write(host, 1, CACHE_ENABLE, 1)).toBe(0x05);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(1);
    host.initialise(card.crcOn);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(0);
  });

  it.each(BLOCK_ADDRESSED)(
    "flush: busy, then the bit until the flush is over, then durable: $label",
    (card) => {
      const host = cached(card);
      host.writeSector(5, pattern(5));
      expect(host.card.media.hashLow).toBe(0);
      expect(host.card.crashSpace()).toHaveLength(1);
      host.command(49, argumentOf(1, CACHE_FLUSH));
      const block = new Uint8Array(512);
      block[0] = 1;
      expect(host.sendBlock(block) & 0x1f).toBe(0x05);
      expect(host.ready()).toBeGreaterThan(0);
      expect(read(host, 1, CACHE_FLUSH, 1)[0]).toBe(1);
      expect(host.card.crashSpace()).toHaveLength(1);
      host.waitUs(5000);
      expect(read(host, 1, CACHE_FLUSH, 1)[0]).toBe(0);
      expect(host.card.crashSpace()).toHaveLength(0);
      expect(host.card.media.hashLow).not.toBe(0);
    },
  );

  it.each(BLOCK_ADDRESSED)("flush what was written before, and not what came after: $label", (card) => {
    const host = cached(card);
    host.writeSector(5, pattern(5));
    write(host, 1, CACHE_FLUSH, 1);
    host.writeSector(6, pattern(6));
    host.waitUs(5000);
    expect(host.card.crashSpace().map(({ sector }) => sector)).toEqual([6]);
  });

  it.each(BLOCK_ADDRESSED)("change only the bits of a mask: $label", (card) => {
    const host = cached(card);
    const masked = (value: number, mask: number): void => {
      expect(host.command(49, ((1 << 27) | (1 << 26) | (CACHE_ENABLE << 9) | mask) >>> 0)).toBe(0);
      const block = new Uint8Array(512);
      block[0] = value;
      host.sendBlock(block);
      host.ready();
    };
    masked(0xff, 0x01);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(1);
    masked(0x00, 0xfe);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(1);
    masked(0x00, 0x01);
    expect(read(host, 1, CACHE_ENABLE, 1)[0]).toBe(0);
  });

  it.each(BLOCK_ADDRESSED)("refuse functions and addresses that there are not: $label", (card) => {
    const host = cached(card);
    expect(host.command(48, argumentOf(2, 0))).toBe(0x40);
    expect(host.command(48, argumentOf(1, 511, 2))).toBe(0x40);
    expect(host.command(48, (argumentOf(1, 0) | 0x80000000) >>> 0)).toBe(0x40);
    expect(host.command(49, argumentOf(0, 0))).toBe(0x40);
    expect(host.command(49, argumentOf(1, 512))).toBe(0x40);
  });

  it.each(BLOCK_ADDRESSED)("leave what is read-only: $label", (card) => {
    const host = cached(card);
    const before = read(host, 1, 0, 260);
    expect(write(host, 1, CACHE_SUPPORT, 0)).toBe(0x05);
    expect(read(host, 1, 0, 260)).toEqual(before);
  });

  it("with a wrong CRC flush nothing", () => {
    const host = cached(BLOCK_ADDRESSED[0]!);
    host.writeSector(5, pattern(5));
    host.command(49, argumentOf(1, CACHE_FLUSH));
    const block = new Uint8Array(512);
    block[0] = 1;
    expect(host.sendBlock(block, 0xfe, 1) & 0x1f).toBe(0x0b);
    host.waitUs(5000);
    expect(read(host, 1, CACHE_FLUSH, 1)[0]).toBe(0);
    expect(host.card.crashSpace()).toHaveLength(1);
  });

  it("never see the bit clear on a card whose flush never ends, and nothing is kept", () => {
    const host = cached(BLOCK_ADDRESSED[0]!, { characteristics: steady("endless-flush") });
    host.writeSector(5, pattern(5));
    write(host, 1, CACHE_FLUSH, 1);
    host.waitUs(100_000_000);
    expect(read(host, 1, CACHE_FLUSH, 1)[0]).toBe(1);
    expect(host.card.crashSpace()).toHaveLength(1);
    expect(host.card.lies).toBeGreaterThan(0);
  });

  it("see the bit clear on a card that lies, and nothing is kept", () => {
    const host = cached(BLOCK_ADDRESSED[0]!, { characteristics: steady("lying-flush") });
    host.writeSector(5, pattern(5));
    write(host, 1, CACHE_FLUSH, 1);
    host.waitUs(5000);
    expect(read(host, 1, CACHE_FLUSH, 1)[0]).toBe(0);
    expect(host.card.crashSpace()).toHaveLength(1);
    expect(host.card.lies).toBe(1);
  });

  it.each(BYTE_ADDRESSED)("are illegal on a standard card: $label", (card) => {
    const host = ready(card);
    expect(host.command(48, argumentOf(0, 0))).toBe(0x04);
    expect(host.command(49, argumentOf(1, CACHE_FLUSH))).toBe(0x04);
  });

  it("are illegal on a high-capacity card without the register", () => {
    const host = ready(BLOCK_ADDRESSED[0]!, { identity: { performanceExtension: false } });
    expect(host.command(48, argumentOf(0, 0))).toBe(0x04);
  });
});
