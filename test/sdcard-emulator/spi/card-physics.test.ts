import { describe, expect, it } from "vitest";
import type { CardPhysics } from "../../../host/sdcard-emulator/card-physics.js";
import { pattern, SpiHost, steady } from "./spi-host.js";

/** Flash that takes round times, and writes down what it was asked. */
class Flash implements CardPhysics {
  readonly asked: string[] = [];

  readUs(sector: number, count: number): number {
    this.asked.push(`read ${sector} ${count}`);
    return 300;
  }
  writeUs(sector: number, count: number): number {
    this.asked.push(`write ${sector} ${count}`);
    return 700;
  }
  flushUs(): number {
    this.asked.push("flush");
    return 2000;
  }
  eraseUs(sector: number, count: number): number {
    this.asked.push(`erase ${sector} ${count}`);
    return 5000;
  }
  restedUs = 0;
  rest(us: number): void {
    this.restedUs += us;
    this.asked.push(`rest ${us >= 100 ? "long" : "short"}`);
  }
  mayDestroy(): boolean {
    return true;
  }
  fork(): CardPhysics {
    return new Flash();
  }
}

function onFlash(name = "mlc"): { host: SpiHost; flash: Flash } {
  const flash = new Flash();
  const host = new SpiHost({ physics: flash, characteristics: steady(name), sectors: 2048 }).initialise(true);
  return { host, flash };
}

function elapsedUs(host: SpiHost, run: () => void): number {
  const before = host.time.nowNs;
  run();
  return (host.time.nowNs - before) / 1000;
}

/** What was asked but the rests. */
const work = ({ asked }: Flash): string[] => asked.filter((line) => !line.startsWith("rest"));

describe("a card on flash", () => {
  it("is busy after a block as long as the flash says", () => {
    const { host, flash } = onFlash();
    host.command(24, 5);
    host.sendBlock(pattern(1));
    expect(Math.abs(elapsedUs(host, () => host.ready()) - 700)).toBeLessThan(2);
    expect(work(flash)).toEqual(["write 5 1"]);
  });

  it("is busy after each block of a stream, each sector told once", () => {
    const { host, flash } = onFlash();
    host.command(25, 5);
    for (let i = 0; i < 3; i++) {
      host.sendBlock(pattern(i), 0xfc);
      expect(Math.abs(elapsedUs(host, () => host.ready()) - 700)).toBeLessThan(2);
    }
    host.byte(0xfd);
    host.byte();
    expect(host.ready()).toBe(0);
    expect(work(flash)).toEqual(["write 5 1", "write 6 1", "write 7 1"]);
  });

  it("sends the first block of a read when the flash has it, and reads ahead", () => {
    const { host, flash } = onFlash();
    host.command(18, 9);
    const us = elapsedUs(host, () => {
      while (host.byte() !== 0xfe);
    });
    expect(Math.abs(us - 300)).toBeLessThan(2);
    host.bytes(514);
    expect(elapsedUs(host, () => host.block())).toBeLessThan(520 * 0.4);
    host.command(12);
    expect(work(flash).slice(0, 2)).toEqual(["read 9 1", "read 10 1"]);
  });

  it("flushes and erases as long as the flash says", () => {
    const { host, flash } = onFlash("tlc-cached");
    host.command(32, 10);
    host.command(33, 19);
    host.command(38);
    expect(Math.abs(elapsedUs(host, () => host.ready()) - 5000)).toBeLessThan(2);
    host.writeSector(1, pattern(1));
    const register = ((1 << 27) | (261 << 9)) >>> 0;
    const block = new Uint8Array(512);
    block[0] = 1;
    host.command(49, register);
    const us = elapsedUs(host, () => {
      host.sendBlock(block);
      while (host.card.crashSpace().length > 0) host.waitUs(10);
    });
    expect(us).toBeGreaterThan(2000);
    expect(us).toBeLessThan(2300);
    expect(work(flash)).toEqual(["erase 10 10", "write 1 1", "flush"]);
  });

  it("tells the flash how long it rested between two commands", () => {
    const { host, flash } = onFlash();
    host.writeSector(1, pattern(1));
    host.waitUs(5000);
    host.writeSector(2, pattern(2));
    expect(flash.asked.filter((line) => line !== "rest short")).toEqual([
      "rest long",
      "write 1 1",
      "rest long",
      "write 2 1",
    ]);
  });

  it("is told of every rest once", () => {
    const { host, flash } = onFlash();
    for (let i = 0; i < 4; i++) {
      host.waitUs(10_000);
      host.readSector(1);
    }
    expect(flash.restedUs).toBeGreaterThan(40_000);
    expect(flash.restedUs * 1000).toBeLessThanOrEqual(host.time.nowNs);
  });

  it("says what a cut may destroy", () => {
    const { host } = onFlash("collateral");
    host.writeSector(100, pattern(1));
    host.command(24, 101);
    host.sendBlock(pattern(2));
    const destroyed = host.card
      .crashSpace()
      .flatMap(({ options }) => options.flatMap(({ destroys }) => destroys ?? []));
    expect(destroyed).toEqual([100]);
  });
});
