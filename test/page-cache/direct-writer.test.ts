import { describe, expect, it } from "vitest";
import { STATUS_OK } from "../../assembly/layout.js";
import { DirectWriter } from "../../host/page-cache/direct-writer.js";
import { SYNC_WITHOUT_FLUSH } from "../../host/page-cache/whole-sync.js";
import { bench } from "./cache-bench.js";

describe("a direct writer", () => {
  it("writes any sectors from its own buffer, which may change in flight", () => {
    const { cache, contents, device, answers, run, observer } = bench();
    const writer = new DirectWriter(cache.queue, observer, 3);
    const [a, b] = [contents.stamp(1), contents.stamp(2)];
    for (let piece = 0; piece < 6; piece++) writer.store(piece >> 1, piece & 1, a);
    expect(writer.start(3, 2, answers, 5)).toBe(true);
    expect(writer.start(0, 1, answers, 6)).toBe(false);
    run(50);
    writer.store(0, 0, b); // already sampled
    writer.store(1, 1, b); // not yet
    writer.store(2, 0, b); // not part of this write
    run();
    expect(device.log).toEqual(["write 3+2"]);
    expect([device.view[3], device.view[4]]).toEqual([contents.sectorOf(a, a), contents.sectorOf(a, b)]);
    expect(answers.list).toEqual([{ tag: 5, status: STATUS_OK, atUs: 100 }]);
    expect(observer.notes).toEqual([
      "0: write 0 submitted 3+2 from 0",
      `50: write 0 modified 0.0=${b}`,
      `50: write 0 modified 1.1=${b}`,
      "100: write 0 done 0",
    ]);
    // The buffer keeps what was stored: the next write takes it along.
    writer.start(0, 1, answers, 7);
    run();
    expect(device.view[0]).toBe(contents.sectorOf(b, a));
    expect(writer.writes).toBe(2);
  });

  it("shares the device with the cache's pages, overlaps them, and wakes their refused requests", () => {
    const { cache, contents, device, answers, run, observer, fill } = bench();
    device.capacity = 1;
    const writer = new DirectWriter(cache.queue, observer, 1);
    writer.store(0, 0, contents.stamp(9));
    writer.start(1, 1, answers, 1);
    fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    run();
    expect(device.log).toEqual(["write 1+1", "write 0+2"]);
    expect(answers.list.map((answer) => answer.tag)).toEqual([1, 2]);
  });

  it("is forgotten by a crash, buffer and all", () => {
    const { cache, contents, device, answers, run, observer } = bench();
    const writer = new DirectWriter(cache.queue, observer, 1);
    writer.store(0, 0, contents.stamp(9));
    writer.start(1, 1, answers, 1);
    run(20);
    cache.crash();
    writer.crash();
    writer.store(0, 1, contents.stamp(8)); // the new boot's buffer, not the one in flight
    run();
    expect(answers.list).toEqual([]);
    expect(device.view[1]).toBe(contents.sectorOf(contents.stamp(9), 0));
    expect(writer.underWay).toBe(false);
    writer.start(2, 1, answers, 2);
    run();
    expect(device.view[2]).toBe(contents.sectorOf(0, contents.stamp(8)));
    expect(answers.statusOf(2)).toBe(STATUS_OK);
    expect(observer.notes.filter((note) => note.includes("modified"))).toEqual([]);
  });

  it("refuses writes larger than its buffer", () => {
    const { cache, observer, answers } = bench();
    const writer = new DirectWriter(cache.queue, observer, 2);
    expect(() => writer.start(0, 3, answers, 1)).toThrow("1 to 2 sectors, not 3");
    expect(() => writer.store(2, 0, 0)).toThrow("no piece 0 in sector 2");
  });
});
