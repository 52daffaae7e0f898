/** Faults that pass (F6), as a host sees them on the bus. */
import { describe, expect, it } from "vitest";
import { TransientFaults, type TransientFault } from "../../../host/sdcard-emulator/transient-faults.js";
import { crc16, pattern, SpiHost, steady, type HostOptions } from "./spi-host.js";

function faulty(script: Record<number, TransientFault>, options: HostOptions = {}): SpiHost {
  const faults = new Map(Object.entries(script).map(([number, fault]) => [Number(number), fault] as const));
  return new SpiHost({ transients: new TransientFaults({ script: faults }), ...options }).initialise(true);
}

/** What a seeded card answers to forty writes. */
function answersOf(quiet: boolean): number[] {
  const transients = new TransientFaults({ seed: 7, rates: { rejected: 300 } });
  transients.quiet = quiet;
  const host = new SpiHost({ transients }).initialise(true);
  return Array.from({ length: 40 }, (_, i) => host.writeSector(i, pattern(i)));
}

function write(host: SpiHost, sector: number, data: Uint8Array): number {
  expect(host.command(24, sector)).toBe(0);
  return host.sendBlock(data) & 0x1f;
}

describe("a rejected write", () => {
  it.each([
    [false, 0x0d, 0x04],
    [true, 0x0b, 0x00],
  ])("as a CRC error %s is answered %i, and leaves nothing", (asCrcError, answer, r2) => {
    const host = faulty({ 2: { kind: "rejected", asCrcError } });
    host.writeSector(5, pattern(1));
    expect(write(host, 5, pattern(2))).toBe(answer);
    expect(host.ready()).toBe(0);
    expect(host.card.crashSpace()).toHaveLength(0);
    expect(host.readSector(5).data).toEqual(pattern(1));
    expect(host.status().r2).toBe(r2);
    expect(host.writeSector(5, pattern(3))).toBe(0x05);
  });

  it("leaves nothing either while its block arrives", () => {
    const host = faulty({ 1: { kind: "rejected" } });
    host.command(24, 5);
    host.byte();
    host.byte(0xfe);
    for (let i = 0; i < 400; i++) host.byte(0x11);
    expect(host.card.crashSpace()).toHaveLength(0);
  });

  it("is no CRC error on a card that checks none", () => {
    const transients = new TransientFaults({
      script: new Map([[1, { kind: "rejected", asCrcError: true }]]),
    });
    const host = new SpiHost({ transients }).initialise(false);
    expect(write(host, 5, pattern(2))).toBe(0x0d);
  });

  it("of a stream keeps the blocks accepted before", () => {
    const host = faulty({ 1: { kind: "rejected", accepted: 2 } });
    host.command(25, 10);
    const answers = [0, 1, 2, 3].map((i) => {
      const answer = host.sendBlock(pattern(i), 0xfc) & 0x1f;
      host.ready();
      return answer;
    });
    expect(answers).toEqual([0x05, 0x05, 0x0d, 0x0d]);
    host.command(12);
    host.ready();
    expect(host.readSector(11).data).toEqual(pattern(1));
    expect(host.readSector(12).data).toEqual(new Uint8Array(512));
  });
});

describe("a write that times out", () => {
  it("is never answered, and was carried out", () => {
    const host = faulty({ 1: { kind: "timeout" } });
    expect(host.command(24, 5)).toBe(0);
    expect(host.sendBlock(pattern(1))).toBe(0x00);
    host.ready();
    expect(host.readSector(5).data).toEqual(pattern(1));
  });

  it("after no sector was not", () => {
    const host = faulty({ 1: { kind: "timeout", accepted: 0 } });
    host.command(24, 5);
    expect(host.sendBlock(pattern(1))).toBe(0xff);
    expect(host.readSector(5).data).toEqual(new Uint8Array(512));
  });
});

describe("endless busy", () => {
  it("of a write ends with CMD0 alone, and the block is not kept", () => {
    const host = faulty({ 1: { kind: "endless-busy" } });
    expect(write(host, 5, pattern(1))).toBe(0x05);
    expect(host.ready()).toBe(-1);
    host.waitUs(1e9);
    expect(host.byte()).toBe(0);
    expect(host.card.crashSpace()).toHaveLength(0);
    host.frame(13);
    expect(host.bytes(9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    host.initialise(true);
    expect(host.readSector(5).data).toEqual(new Uint8Array(512));
  });

  it("of a read ends with the loss of power too", () => {
    const host = faulty({ 1: { kind: "endless-busy" } });
    expect(host.command(17, 5)).toBe(0);
    expect(host.ready()).toBe(-1);
    host.card.cutPower([]);
    host.card.powerUp();
    host.initialise(true);
    expect(host.readSector(5).token).toBe(0xfe);
  });
});

describe("a read", () => {
  it("whose block is spoilt on the wire arrives with a wrong CRC, and well the next time", () => {
    const host = faulty({ 2: { kind: "read-error" } });
    host.writeSector(5, pattern(1));
    const spoilt = host.readSector(5);
    expect(spoilt).toMatchObject({ token: 0xfe, crcRight: false });
    expect(crc16(spoilt.data)).not.toBe(crc16(pattern(1)));
    expect(host.readSector(5)).toMatchObject({ data: pattern(1), crcRight: true });
    expect(host.status().r2).toBe(0);
  });

  it("that is rejected sends an error token", () => {
    const host = faulty({ 1: { kind: "rejected" } });
    expect(host.readSector(5).token).toBe(0x01);
    expect(host.status().r2).toBe(0x04);
    expect(host.readSector(5).token).toBe(0xfe);
  });

  it("that times out sends nothing, and the card goes on", () => {
    const host = faulty({ 1: { kind: "timeout" } });
    expect(host.readSector(5).token).toBe(-1);
    expect(host.readSector(5).token).toBe(0xfe);
  });

  it("of a stream fails after the blocks that are well", () => {
    const host = faulty({ 1: { kind: "read-error", accepted: 2 } });
    host.command(18, 0);
    expect([0, 1, 2].map(() => host.block().crcRight)).toEqual([true, true, false]);
    host.command(12);
  });
});

describe("a flush", () => {
  const register = ((1 << 27) | (261 << 9)) >>> 0;
  const flush = (host: SpiHost): number => {
    host.command(49, register);
    const block = new Uint8Array(512);
    block[0] = 1;
    const answer = host.sendBlock(block) & 0x1f;
    host.ready();
    host.waitUs(10_000);
    return answer;
  };
  const bit = (host: SpiHost): number => {
    host.command(48, register);
    return host.block().data[0]!;
  };
  const characteristics = steady("tlc-cached");

  it("that is rejected flushes nothing", () => {
    const host = faulty({ 2: { kind: "rejected" } }, { characteristics });
    host.writeSector(5, pattern(1));
    expect(flush(host)).toBe(0x0d);
    expect(host.card.crashSpace()).toHaveLength(1);
    expect(bit(host)).toBe(0);
  });

  it("that times out keeps everything, and its bit", () => {
    const host = faulty({ 2: { kind: "timeout" } }, { characteristics });
    host.writeSector(5, pattern(1));
    expect(flush(host)).toBe(0x05);
    expect(bit(host)).toBe(1);
    expect(host.card.crashSpace()).toHaveLength(0);
  });
});

describe("faults by chance", () => {
  it("are the same again with the same seed, and none when quiet", () => {
    const answers = answersOf(false);
    expect(answersOf(false)).toEqual(answers);
    expect(new Set(answers)).toEqual(new Set([0x05, 0x0b, 0x0d]));
    expect(new Set(answersOf(true))).toEqual(new Set([0x05]));
  });

  it("spoil sectors that were written, which then send an error token", () => {
    const transients = new TransientFaults({ seed: 3, rates: { latent: 200 } });
    const host = new SpiHost({ transients, sectors: 1024 }).initialise(true);
    for (let i = 0; i < 60; i++) host.writeSector(i, pattern(i));
    expect(host.card.overlay.size).toBeGreaterThan(0);
    transients.quiet = true;
    for (const sector of host.card.overlay.sectors) expect(host.readSector(sector).token).toBe(0x04);
  });
});
