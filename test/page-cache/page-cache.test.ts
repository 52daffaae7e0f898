import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import { FLAG_AT_ONCE } from "../../host/page-cache/modifier.js";
import { SYNC_FAILS, SYNC_WITHOUT_FLUSH, SYNC_WITH_FLUSH } from "../../host/page-cache/whole-sync.js";
import { UNREADABLE, ZEROS } from "../../host/sdcard-emulator/sector-contents.js";
import { bench } from "./cache-bench.js";
import { REQUEST_US } from "./scripted-device.js";

describe("write-back", () => {
  it("clears the dirty flag, submits the live page, and writes it again if it was modified meanwhile", () => {
    const { cache, clock, device, contents, fill, run, observer } = bench({ writeBackUs: 1000 });
    const old = fill(0, 1);
    const fresh = contents.stamp(2);
    run(1000);
    expect(cache.page(0)).toMatchObject({ dirty: false, writing: true });
    // Five steps of 20 us: the pieces are sampled at 1020, 1040, 1060 and 1080.
    run(1050);
    expect(cache.modify(0, 0, 0, fresh, FLAG_AT_ONCE)).toBe(true);
    expect(cache.modify(0, 1, 1, fresh, FLAG_AT_ONCE)).toBe(true);
    expect(cache.page(0)).toMatchObject({ dirty: true, writing: true });
    run(1000 + REQUEST_US);
    // Sector 0 was sampled before the store, sector 1 in the middle of it.
    expect([device.view[0], device.view[1]]).toEqual([
      contents.sectorOf(old, old),
      contents.sectorOf(old, fresh),
    ]);
    run();
    expect([device.view[0], device.view[1]]).toEqual([
      contents.sectorOf(fresh, old),
      contents.sectorOf(old, fresh),
    ]);
    expect(device.log).toEqual(["write 0+2", "write 0+2"]);
    expect(observer.notes.slice(0, 4)).toEqual([
      "1000: write 0 submitted 0+2 from 0",
      `1050: write 0 modified 0.0=${fresh}`,
      `1050: write 0 modified 1.1=${fresh}`,
      "1100: write 0 done 0",
    ]);
    expect(clock.pending).toBe(0);
    expect(cache.idle).toBe(true);
  });

  it("takes only pages of the given age, and a bounded number of them per pass, starving none", () => {
    const { cache, device, fill, run } = bench({ writeBackUs: 1000, dirtyAgeUs: 1500, pagesPerPass: 1 });
    for (const page of [0, 1, 2]) fill(page, page + 1);
    run(1999);
    expect(device.log).toEqual([]);
    run(2999);
    expect(device.log).toEqual(["write 0+2"]);
    fill(0, 9);
    run(4999);
    expect(device.log).toEqual(["write 0+2", "write 2+2", "write 4+2"]);
    run();
    expect(device.log).toEqual(["write 0+2", "write 2+2", "write 4+2", "write 0+2"]);
    expect(cache.dirtyPages).toBe(0);
  });

  it("begins each pass where the last one ended: a page that is dirtied all the time starves nobody", () => {
    const { device, fill, run } = bench({ writeBackUs: 1000, pagesPerPass: 1 });
    fill(0, 1);
    fill(1, 1);
    run(1500);
    fill(0, 2);
    run(2500);
    expect(device.log).toEqual(["write 0+2", "write 2+2"]);
  });

  it("never has two writes of one page under way, and never loses a refused one", () => {
    const { cache, device, fill, run, answers, observer } = bench();
    device.capacity = 1;
    for (const page of [0, 1, 2, 3]) fill(page, page + 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(50);
    fill(0, 7);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    run();
    expect(device.log).toEqual(["write 0+2", "write 2+2", "write 4+2", "write 6+2", "write 0+2"]);
    expect(device.refused).toBeGreaterThan(0);
    expect(device.refused).toBeLessThan(10);
    expect(answers.list.map((answer) => answer.tag)).toEqual([1, 2]);
    let open = 0;
    for (const note of observer.notes) {
      if (note.includes("submitted")) open++;
      if (note.includes("done")) open--;
      expect(open).toBeLessThanOrEqual(1);
    }
  });

  it("tries again by itself when others keep the device busy", () => {
    const { cache, device, fill, run, answers } = bench();
    device.capacity = 0;
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run(5000);
    expect(device.refused).toBeLessThan(10);
    device.capacity = 8;
    run();
    expect(answers.statusOf(1)).toBe(STATUS_OK);
  });

  it("keeps a page dirty whose write failed", () => {
    const { cache, device, fill, run, answers } = bench();
    device.failWrites = STATUS_CARD_FAILED;
    fill(1, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run();
    expect(answers.statusOf(1)).toBe(STATUS_CARD_FAILED);
    expect(device.log).toEqual(["write 2+2"]);
    expect(cache.page(1).dirty).toBe(true);
    expect(cache.counters).toMatchObject({ writes: 1, writesFailed: 1, syncs: 1, syncsFailed: 1 });
  });

  it("tries a failed page again in a later pass", () => {
    const { cache, device, fill, run } = bench({ writeBackUs: 40 });
    device.failWrites = STATUS_CARD_FAILED;
    fill(1, 1);
    // Passes at 40 and 80; the timer stops then, as nothing is dirty. The write fails at 140.
    run(150);
    device.failWrites = STATUS_OK;
    run();
    expect(device.log).toEqual(["write 2+2", "write 2+2"]);
    expect(cache.dirtyPages).toBe(0);
  });

  it("takes answers that the device gives from inside the call", () => {
    const { cache, device, fill, run, answers, observer, contents } = bench();
    device.immediate = true;
    const piece = fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    cache.read(2, answers, 2);
    run();
    expect(answers.list.map((answer) => [answer.tag, answer.status])).toEqual([
      [2, STATUS_OK],
      [1, STATUS_OK],
    ]);
    expect(device.durable[0]).toBe(contents.sectorOf(piece, piece));
    expect(observer.notes.map((note) => note.replace(/^\d+: /, "")).slice(0, 2)).toEqual([
      "write 0 submitted 0+2 from 0",
      "write 0 done 0",
    ]);
  });
});

describe("the mail's holes", () => {
  it("sets a late dirty flag late: a sync in between passes the page by", () => {
    const { cache, device, contents, fill, run, answers } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run(90); // all pieces are sampled
    const fresh = contents.stamp(2);
    cache.modify(0, 0, 0, fresh, 5000);
    run(300);
    cache.sync(SYNC_WITH_FLUSH, answers, 2);
    run(1000);
    expect(answers.statusOf(2)).toBe(STATUS_OK);
    expect(device.log).toEqual(["write 0+2", "flush", "flush"]);
    expect(cache.page(0).dirty).toBe(false);
    run(5090);
    expect(cache.page(0).dirty).toBe(true);
    cache.sync(SYNC_WITH_FLUSH, answers, 3);
    run();
    expect(device.durable[0]).toBe(contents.sectorOf(fresh, contents.stamp(1)));
    expect(cache.counters.lateFlags).toBe(1);
  });

  it("forgets a page in flight: its buffer is sampled and modified to the end, then never written again", () => {
    const { cache, device, contents, fill, run, answers, observer } = bench();
    const old = fill(0, 1);
    const fresh = contents.stamp(2);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run(50);
    cache.modify(0, 0, 0, fresh, FLAG_AT_ONCE); // too late for the card
    expect(cache.forget(0)).toBe(true);
    expect(cache.forget(0)).toBe(false);
    cache.modify(0, 1, 1, fresh, FLAG_AT_ONCE); // just in time
    cache.read(0, answers, 2);
    expect(cache.dirtyPages).toBe(0);
    run();
    expect(device.log).toEqual(["write 0+2", "read 0+2", "flush"]);
    expect(observer.notes).toContain(`50: write 0 modified 1.1=${fresh}`);
    expect(device.view[1]).toBe(contents.sectorOf(old, fresh));
    expect(answers.statusOf(1)).toBe(STATUS_OK);
    // The new life of the page is what the device gave, not what the old buffer held.
    expect(cache.page(0).contentOf(0)).toBe(contents.sectorOf(old, old));
    expect(answers.timeOf(2)).toBeGreaterThanOrEqual(2 * REQUEST_US);
    expect(cache.counters).toMatchObject({ forgotten: 1, forgottenInFlight: 1 });
  });

  it("voids the late flag of a forgotten page, also if the page is back by then", () => {
    const { cache, fill, run, answers, contents } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run();
    cache.modify(0, 0, 0, contents.stamp(2), 5000);
    cache.forget(0);
    cache.read(0, answers, 2);
    run();
    expect(cache.page(0)).toMatchObject({ present: true, dirty: false });
  });
});

describe("locked mode", () => {
  it("lets stores wait for the end of the write-back, and counts their time", () => {
    const { cache, device, contents, fill, run, answers, observer } = bench({ locked: true });
    const old = fill(0, 1);
    const fresh = contents.stamp(2);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(30);
    expect(cache.modify(0, 1, 1, fresh, FLAG_AT_ONCE)).toBe(false);
    run(40);
    expect(cache.modify(0, 1, 1, contents.stamp(3), FLAG_AT_ONCE)).toBe(false);
    expect(cache.page(0).dirty).toBe(false);
    run();
    expect(device.view[1]).toBe(contents.sectorOf(old, old));
    expect(cache.page(0).contentOf(1)).toBe(contents.sectorOf(old, contents.stamp(3)));
    expect(cache.page(0).dirty).toBe(true);
    expect(cache.counters).toMatchObject({ stalls: 2, stalledUs: 70 + 60 });
    expect(observer.notes.some((note) => note.includes("modified"))).toBe(false);
    expect(cache.modify(0, 0, 0, fresh, FLAG_AT_ONCE)).toBe(true);
  });

  it("stores into a page that was forgotten meanwhile only when it is loaded again", () => {
    const { cache, device, contents, fill, run, answers } = bench({ locked: true });
    fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(30);
    cache.modify(0, 0, 0, contents.stamp(2), FLAG_AT_ONCE);
    cache.forget(0);
    run();
    expect(device.log).toEqual(["write 0+2", "read 0+2"]);
    expect(cache.page(0).contentOf(0)).toBe(contents.sectorOf(contents.stamp(2), contents.stamp(1)));
  });
});

describe("reads", () => {
  it("load an absent page once for all who wait, and answer at once when it is present", () => {
    const { cache, device, contents, run, answers, observer } = bench();
    const content = contents.sectorOf(contents.stamp(5), contents.stamp(6));
    device.view[3] = content;
    cache.read(1, answers, 1);
    cache.read(1, answers, 2);
    expect(cache.modify(1, 0, 0, contents.stamp(7), FLAG_AT_ONCE)).toBe(false);
    run();
    expect(device.log).toEqual(["read 2+2"]);
    expect(observer.notes).toEqual([`100: read 2=${ZEROS}`, `100: read 3=${content}`]);
    expect(answers.list.map((answer) => answer.tag)).toEqual([1, 2]);
    expect(cache.page(1).samplePiece(0, 0)).toBe(contents.stamp(7));
    expect(cache.page(1).contentOf(1)).toBe(content);
    expect(cache.page(1).dirty).toBe(true);
    cache.read(1, answers, 3);
    expect(answers.statusOf(3)).toBe(STATUS_OK);
  });

  it("go sector by sector after an error, report each, and fail; a whole-page overwrite heals", () => {
    const { cache, device, contents, run, answers, observer, fill } = bench();
    device.view[2] = UNREADABLE;
    cache.modify(1, 1, 0, contents.stamp(7), FLAG_AT_ONCE);
    cache.read(1, answers, 1);
    run();
    expect(device.log).toEqual(["read 2+2", "read 2+1", "read 3+1"]);
    expect(observer.notes.map((note) => note.replace(/^\d+: /, ""))).toEqual([
      `read 2=${UNREADABLE}`,
      `read 3=${ZEROS}`,
    ]);
    expect(answers.statusOf(1)).toBe(STATUS_READ_ERROR);
    expect(cache.page(1).present).toBe(false);
    expect(cache.counters).toMatchObject({ loadsFailed: 1, storesDropped: 1 });
    const piece = fill(1, 4);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    run();
    expect(device.view[2]).toBe(contents.sectorOf(piece, piece));
  });

  it("do not undo a whole-page overwrite that came while the page was being loaded", () => {
    const { cache, device, contents, run, answers, fill } = bench();
    cache.read(0, answers, 1);
    run(50);
    const piece = fill(0, 3);
    cache.sync(SYNC_WITH_FLUSH, answers, 2);
    run();
    expect(cache.page(0).contentOf(1)).toBe(contents.sectorOf(piece, piece));
    expect(device.log).toEqual(["read 0+2", "write 0+2", "flush"]);
    expect(answers.list.map((answer) => [answer.tag, answer.status])).toEqual([
      [1, STATUS_OK],
      [2, STATUS_OK],
    ]);
  });
});

describe("a crash", () => {
  it("empties memory, silences everybody, and ignores late completions", () => {
    const { cache, device, contents, run, answers, fill, observer } = bench({ writeBackUs: 500 });
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    cache.read(2, answers, 2);
    cache.modify(3, 0, 0, contents.stamp(2), 100);
    run(50);
    const before = observer.notes.length;
    cache.crash(); // a controller reset: the device goes on and answers
    run(5000);
    expect(answers.list).toEqual([]);
    expect(observer.notes.length).toBe(before);
    expect(cache.dirtyPages).toBe(0);
    expect(cache.idle).toBe(true);
    const piece = contents.stamp(1);
    expect(device.view[0]).toBe(contents.sectorOf(piece, piece));
    cache.read(0, answers, 3);
    run();
    expect(answers.statusOf(3)).toBe(STATUS_OK);
    expect(cache.page(0).contentOf(0)).toBe(contents.sectorOf(piece, piece));
    expect(cache.page(3).present).toBe(false);
  });

  it("leaves nothing on the clock, and nothing of the old boot in the way of the new one", () => {
    const { cache, clock, contents, device, run, answers, fill } = bench({ writeBackUs: 500 });
    fill(0, 1);
    cache.modify(0, 0, 0, contents.stamp(2), 460); // its flag would come at 460
    for (let i = 0; i < 30; i++) cache.sync(SYNC_FAILS, answers, i);
    cache.modify(1, 0, 0, contents.stamp(2), FLAG_AT_ONCE);
    cache.crash();
    expect(clock.pending).toBe(0);
    run(400);
    expect(answers.list).toEqual([]);
    for (let i = 0; i < 30; i++) cache.sync(SYNC_WITHOUT_FLUSH, answers, i);
    cache.read(0, answers, 100);
    cache.read(1, answers, 101);
    run(700);
    expect(answers.list.length).toBe(32);
    expect(cache.dirtyPages).toBe(0);
    expect(cache.page(1).contentOf(0)).toBe(ZEROS);
    fill(2, 3);
    run(1199);
    expect(device.log).toEqual(["read 0+2", "read 2+2"]);
    run();
    expect(device.log).toEqual(["read 0+2", "read 2+2", "write 4+2"]);
  });

  it("keeps the new boot's pages apart from buffers that a card still fills", () => {
    const { cache, contents, device, run, answers, fill } = bench();
    cache.read(0, answers, 1);
    run(50);
    cache.crash();
    const piece = fill(0, 8);
    run();
    expect(device.log).toEqual(["read 0+2"]);
    expect(cache.page(0).contentOf(0)).toBe(contents.sectorOf(piece, piece));
    expect(cache.page(0).dirty).toBe(true);
  });
});

describe("arguments", () => {
  it("are checked with a sentence that says what is wrong", () => {
    const { cache, device } = bench();
    expect(() => cache.modify(4, 0, 0, 0, 0)).toThrow("page 4 is outside the 4 pages of the device");
    expect(() => cache.modify(0, 2, 0, 0, 0)).toThrow("page 0 has no piece 0 in sector 2");
    expect(() => cache.modify(0, 0, 0, 0, -1)).toThrow("whole number from 0");
    expect(() => cache.overwrite(0, [0], 0)).toThrow("page 0 has 4 pieces, not 1");
    expect(() => bench({ pagesPerPass: 0 })).toThrow("never ends");
    expect(() => bench({ sectorsPerPage: 0 })).toThrow("page size");
    expect(() => cache.crash({ ...device, sectors: 9 } as never)).toThrow("9 sectors");
  });
});
