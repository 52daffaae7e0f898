import { describe, expect, it } from "vitest";
import type { FlashPhysics } from "../../../host/sdcard-emulator/flash/flash-physics.js";
import { ROUND, SECTORS, SMALL, smallFlash } from "./small-flash.js";

const UNIT = SMALL.pageSectors * SMALL.pagesPerBlock;
const { writeOverheadUs, readOverheadUs, pageProgramUs, pageReadUs, blockEraseUs } = ROUND;

/** A write that is a command of its own. */
function write(flash: FlashPhysics, sector: number, count = 1): number {
  flash.rest(0);
  return flash.writeUs(sector, count);
}
const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b);
const SPREAD = { jitterPercent: 13 } as const;

/** The worst case: a page of each unit in turn, then the next of each. */
const scattered = (i: number): number =>
  ((i * UNIT) % SECTORS) + (Math.floor((i * UNIT) / SECTORS) % SMALL.pagesPerBlock) * SMALL.pageSectors;

/** The longest of many scattered writes, with rests between. */
const longestWrite = (flash: FlashPhysics, restUs: number): number => {
  let most = 0;
  for (let i = 0; i < 200; i++) {
    most = Math.max(most, write(flash, scattered(i)));
    flash.rest(restUs);
  }
  return most;
};

const timesOf = (seed: number): number[] => {
  const flash = smallFlash({}, SPREAD, { seed });
  return Array.from({ length: 100 }, (_, i) => write(flash, (i * 37) % SECTORS));
};

const writesUntilWorn = (usedPercent: number): number => {
  const flash = smallFlash({ enduranceErases: 60 }, {}, { filled: true, usedPercent });
  let writes = 0;
  while (!flash.worn && writes < 100_000) write(flash, ((writes++ * 52) % SECTORS) & ~3, 4);
  return writes;
};

const READS = 50;
const readOften = (flash: FlashPhysics, times: number): void => {
  for (let i = 0; i < times; i++) {
    flash.rest(0);
    flash.readUs(0, 1);
  }
};

describe("the times of flash", () => {
  it("are overhead and a program for each page", () => {
    const flash = smallFlash();
    expect(write(flash, 0)).toBe(writeOverheadUs + pageProgramUs);
    expect(write(flash, 4, 8)).toBe(writeOverheadUs + 2 * pageProgramUs);
    expect(write(flash, 13, 4)).toBe(writeOverheadUs + 2 * pageProgramUs);
  });

  it("charge a stream for each page once, at its first sector", () => {
    const flash = smallFlash();
    flash.rest(0);
    const times = Array.from({ length: 8 }, (_, sector) => flash.writeUs(sector, 1));
    expect(times[0]).toBe(writeOverheadUs + pageProgramUs);
    expect(times.slice(1, 4).every((us) => us < 100)).toBe(true);
    expect(times[4]).toBeGreaterThanOrEqual(pageProgramUs);
    expect(flash.work.programs).toBe(2);
    // The same sectors as commands of their own.
    for (let sector = 0; sector < 8; sector++) write(flash, sector);
    expect(flash.work.programs).toBe(2 + 8);
  });

  it("close the unit used least recently: a partial merge copies what its block lacks, and erases the old one", () => {
    const flash = smallFlash({}, {}, { filled: true });
    write(flash, 0);
    write(flash, UNIT);
    expect(flash.work.merges).toBe(0);
    const merge = 7 * (pageReadUs + pageProgramUs) + blockEraseUs;
    expect(write(flash, 2 * UNIT)).toBe(writeOverheadUs + pageProgramUs + merge);
    expect(flash.work.merges).toBe(1);
    expect(flash.layer.open.find(0)).toBe(-1);
    expect(flash.layer.open.find(1)).not.toBe(-1);
  });

  it("need no copy when a unit was written whole, in whatever order", () => {
    const flash = smallFlash({}, {}, { filled: true });
    for (const page of [3, 1, 7, 0, 2, 6, 5, 4]) write(flash, page * 4, 4);
    write(flash, UNIT);
    expect(write(flash, 2 * UNIT)).toBe(writeOverheadUs + pageProgramUs + blockEraseUs);
    expect(flash.work.copies).toBe(0);
  });

  it("pay for a full merge when a block is full of versions of a few pages", () => {
    const flash = smallFlash({}, {}, { filled: true });
    for (let i = 0; i < 8; i++) write(flash, 0);
    const merge = 8 * (pageReadUs + pageProgramUs) + 2 * blockEraseUs;
    expect(write(flash, 0)).toBe(writeOverheadUs + pageProgramUs + merge);
  });

  it("make a step back expensive where pages must come in order", () => {
    const inOrder = smallFlash({ anyOrder: false }, {}, { filled: true });
    const anyOrder = smallFlash({}, {}, { filled: true });
    for (const flash of [inOrder, anyOrder]) write(flash, 8);
    expect(write(inOrder, 0)).toBeGreaterThan(5 * pageProgramUs);
    expect(write(anyOrder, 0)).toBe(writeOverheadUs + pageProgramUs);
  });

  it("answer from the write cache at once, and write it out at a flush or at rest", () => {
    const flash = smallFlash({ bufferPages: 2 });
    expect(write(flash, 0)).toBe(writeOverheadUs);
    expect(write(flash, 4)).toBe(writeOverheadUs);
    expect(write(flash, 4)).toBe(writeOverheadUs);
    expect(write(flash, 8)).toBe(writeOverheadUs + pageProgramUs);
    expect(flash.flushUs()).toBe(writeOverheadUs + 2 * pageProgramUs);
    expect(flash.flushUs()).toBeLessThan(100);
    write(flash, 0);
    flash.rest(10 * pageProgramUs);
    expect(flash.flushUs()).toBeLessThan(100);
    expect(flash.work.programs).toBe(4);
  });

  it("lose what the write cache held when the power goes", () => {
    const flash = smallFlash({ bufferPages: 2 });
    write(flash, 0);
    flash.powerLost();
    flash.flushUs();
    expect(flash.layer.locate(0)).toBe(-1);
  });

  it("keep the write cache where a flush lies", () => {
    const flash = smallFlash({ bufferPages: 2 }, {}, { flushLies: true });
    write(flash, 0);
    expect(flash.flushUs()).toBeLessThan(100);
    expect(flash.work.programs).toBe(0);
  });

  it("hide programs behind the wire on a pipelined card", () => {
    const wireSectorUs = 200;
    const slow = smallFlash({}, {}, { wireSectorUs });
    const fast = smallFlash({}, { pipelined: true }, { wireSectorUs });
    expect(write(slow, 0, 32)).toBe(writeOverheadUs + 8 * pageProgramUs);
    // Each page is 800 µs on the wire: all but 200 of each program is hidden.
    expect(write(fast, 0, 32)).toBe(writeOverheadUs + pageProgramUs + 7 * 200);
  });

  it("program pages on several chips together, and copy them so", () => {
    const flash = smallFlash({}, { parallelPages: 4 }, { filled: true });
    expect(write(flash, 0, 32)).toBe(writeOverheadUs + 2 * pageProgramUs);
    write(flash, UNIT);
    expect(flash.work.copies).toBe(0);
  });

  it("read a page once, and nothing where nothing was written", () => {
    const flash = smallFlash();
    write(flash, 0, 8);
    flash.rest(0);
    expect(flash.readUs(0, 1)).toBe(readOverheadUs + pageReadUs);
    flash.rest(0);
    expect(flash.readUs(0, 8)).toBe(readOverheadUs + 2 * pageReadUs);
    flash.rest(0);
    expect(flash.readUs(100, 1)).toBe(readOverheadUs);
  });

  it("erase the block of a unit that holds nothing more, and only whole pages", () => {
    const flash = smallFlash({}, {}, { filled: true });
    expect(flash.eraseUs(0, UNIT)).toBe(writeOverheadUs + blockEraseUs);
    expect(flash.eraseUs(UNIT + 1, UNIT - 1)).toBe(writeOverheadUs);
    expect(flash.layer.locate(8)).not.toBe(-1);
    expect(flash.layer.locate(9)).toBe(-1);
    expect(flash.eraseByte).toBe(0xff);
  });
});

describe("the SLC cache", () => {
  const cached = { slcBlocks: 4, slcBypassSectors: 16 } as const;

  it("takes small writes fast, and lets long ones pass", () => {
    const flash = smallFlash(cached, {}, { filled: true });
    expect(write(flash, 0)).toBe(writeOverheadUs + ROUND.slcProgramUs);
    expect(write(flash, UNIT, 16)).toBe(writeOverheadUs + 4 * pageProgramUs);
  });

  it("is folded when it runs full, and that is when small writes become slow", () => {
    const flash = smallFlash(cached, {}, { filled: true });
    const times = Array.from({ length: 60 }, (_, i) => write(flash, scattered(i)));
    const fast = writeOverheadUs + ROUND.slcProgramUs;
    expect(times.slice(0, 20).every((us) => us === fast)).toBe(true);
    expect(Math.max(...times)).toBeGreaterThan(8 * pageProgramUs);
    expect(flash.work.folds).toBeGreaterThan(0);
  });

  it("never folds for writes to a small range: it holds them", () => {
    const flash = smallFlash(cached, {}, { filled: true });
    for (let i = 0; i < 300; i++) write(flash, (i % 6) * 4);
    expect(flash.work.folds).toBe(0);
  });

  it("is emptied while the card rests", () => {
    const rested = smallFlash(cached, {}, { filled: true });
    const busy = smallFlash(cached, {}, { filled: true });
    expect(longestWrite(rested, 100_000)).toBe(writeOverheadUs + ROUND.slcProgramUs);
    expect(longestWrite(busy, 0)).toBeGreaterThan(8 * pageProgramUs);
  });
});

describe("the spread of the times", () => {
  const middle = writeOverheadUs + pageProgramUs;

  it("is even about the median, within the jitter", () => {
    const flash = smallFlash({ pagesPerBlock: 64 }, SPREAD, { sectors: 64 * 4 * 16 });
    const times = sorted(Array.from({ length: 4000 }, (_, i) => write(flash, (i * 4) % (64 * 4))));
    expect(times[0]).toBeGreaterThanOrEqual(Math.floor(middle * 0.87));
    expect(Math.abs(times[2000]! / middle - 1)).toBeLessThan(0.01);
    expect(Math.abs(times[400]! / middle - 0.896)).toBeLessThan(0.01);
    expect(Math.abs(times[3000]! / middle - 1.065)).toBeLessThan(0.01);
  });

  it("has a long tail: now and then the card keeps house", () => {
    const house = { housekeepingPages: 100, housekeepingMinUs: 200_000, housekeepingMaxUs: 400_000 };
    const flash = smallFlash({}, { ...SPREAD, ...house });
    const times = Array.from({ length: 20_000 }, (_, i) => write(flash, (i * 4) % UNIT, 4));
    const stalls = sorted(times.filter((us) => us > 100_000));
    // Each write is a page; a merge is none here, since the unit is always written whole.
    expect(Math.abs(stalls.length / 200 - 1)).toBeLessThan(0.15);
    expect(stalls[0]).toBeGreaterThanOrEqual(200_000);
    expect(stalls.at(-1)).toBeLessThanOrEqual(400_000 + 20_000);
    expect(Math.abs(stalls[stalls.length >> 1]! / 300_000 - 1)).toBeLessThan(0.15);
    expect(sorted(times)[10_000]).toBeLessThan(2 * middle);
  });

  it("has none when the card rests long enough in between", () => {
    const house = { housekeepingPages: 20, housekeepingMinUs: 200_000, housekeepingMaxUs: 400_000 };
    const flash = smallFlash({}, house);
    for (let i = 0; i < 200; i++) {
      expect(write(flash, (i * 4) % UNIT, 4)).toBeLessThan(100_000);
      flash.rest(400_000);
    }
  });

  it("depends on the seed alone", () => {
    expect(timesOf(5)).toEqual(timesOf(5));
    expect(timesOf(5)).not.toEqual(timesOf(6));
  });
});

describe("what a cut program may destroy", () => {
  it("is what was programmed before into the same row of cells", () => {
    const flash = smallFlash();
    write(flash, 0, 4);
    // Page 1 of the open block is next, and shares its cells with page 0 (two bits a cell).
    expect(flash.mayDestroy(4, 0)).toBe(true);
    expect(flash.mayDestroy(4, UNIT)).toBe(false);
    write(flash, 4, 4);
    expect(flash.mayDestroy(8, 4)).toBe(false);
    expect(flash.mayDestroy(8, 0)).toBe(false);
  });

  it("is nothing beside SLC pages, in other blocks, or on cards that do not", () => {
    const slc = smallFlash({ bitsPerCell: 1 });
    write(slc, 0, 4);
    expect(slc.mayDestroy(4, 0)).toBe(false);
    const none = smallFlash({}, {}, { reach: "none" });
    write(none, 0, 4);
    expect(none.mayDestroy(4, 0)).toBe(false);
    const filled = smallFlash({}, {}, { filled: true });
    write(filled, 0, 4);
    expect(filled.mayDestroy(4, 8)).toBe(false);
  });

  it("is the whole open block where the reach is that wide", () => {
    const flash = smallFlash({}, {}, { reach: "block" });
    for (let page = 0; page < 5; page++) write(flash, page * 4, 4);
    expect(flash.mayDestroy(20, 0)).toBe(true);
    expect(flash.mayDestroy(20, 16)).toBe(true);
    expect(flash.mayDestroy(20, UNIT)).toBe(false);
  });
});

describe("wear", () => {
  it("ends the card when the spare blocks are used up: nothing more is taken, nothing is lost", () => {
    const flash = smallFlash({ enduranceErases: 20, bufferPages: 0 }, {}, { filled: true });
    let writes = 0;
    while (!flash.worn && writes < 100_000) write(flash, ((writes++ * 52) % SECTORS) & ~3, 4);
    expect(flash.worn).toBe(true);
    expect(flash.layer.pool.retired).toBeGreaterThan(flash.layer.size.spareBlocks);
    const places = Array.from({ length: SECTORS / 4 }, (_, page) => flash.layer.locate(page));
    expect(new Set(places).size).toBe(SECTORS / 4);
    const { programs } = flash.work;
    write(flash, 0, 4);
    expect(flash.work.programs).toBe(programs);
  });

  it("is spread over the blocks: even when one unit alone is written", () => {
    const level = smallFlash({ enduranceErases: 1000 }, {}, { filled: true });
    let writes = 0;
    while (!level.worn && writes < 400_000) write(level, (writes++ * 4) % UNIT, 4);
    // All blocks together stand this many erases; without moving cold data the free ones would stand an eighth.
    const total = level.layer.size.blocks * 1000;
    expect(level.layer.pool.erases / total).toBeGreaterThan(0.5);
  });

  it("begins where the card's former life left it", () => {
    expect(writesUntilWorn(70)).toBeLessThan(0.5 * writesUntilWorn(0));
  });
});

describe("read disturb", () => {
  it("makes a careful controller move the data, which the next command waits for, and loses none", () => {
    const flash = smallFlash({ readDisturbReads: READS }, {}, { filled: true });
    const before = flash.layer.locate(0);
    readOften(flash, READS - 1);
    expect(flash.layer.locate(0)).toBe(before);
    flash.rest(0);
    expect(flash.readUs(0, 1)).toBeGreaterThan(8 * pageProgramUs);
    expect(flash.layer.locate(0)).not.toBe(before);
    expect(flash.takeLost()).toBe(-1);
  });

  it("loses a sector of the block on a card that does not look, one each time", () => {
    const flash = smallFlash({ readDisturbReads: READS, refreshes: false }, {}, { filled: true });
    readOften(flash, READS - 1);
    expect(flash.takeLost()).toBe(-1);
    readOften(flash, 1);
    const lost = flash.takeLost();
    expect(lost).toBeGreaterThanOrEqual(0);
    expect(lost).toBeLessThan(UNIT);
    expect(flash.takeLost()).toBe(-1);
  });

  it("is undone by an erase", () => {
    const flash = smallFlash({ readDisturbReads: READS, refreshes: false }, {}, { filled: true });
    for (let i = 0; i < 4; i++) {
      readOften(flash, READS - 1);
      for (let page = 0; page < 8; page++) write(flash, page * 4, 4);
      write(flash, UNIT);
      write(flash, 2 * UNIT);
    }
    expect(flash.takeLost()).toBe(-1);
  });
});
