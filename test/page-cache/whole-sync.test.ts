import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK } from "../../assembly/layout.js";
import { SYNC_FAILS, SYNC_WITHOUT_FLUSH, SYNC_WITH_FLUSH } from "../../host/page-cache/whole-sync.js";
import { bench } from "./cache-bench.js";
import { REQUEST_US } from "./scripted-device.js";

describe("a whole-device sync", () => {
  it("writes the pages dirty at its start, no later ones, then flushes", () => {
    const { cache, device, answers, fill, run, observer } = bench();
    fill(0, 1);
    fill(2, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 7);
    fill(1, 1); // dirtied later, even before the first write went out
    run();
    expect(device.log).toEqual(["write 0+2", "write 4+2", "flush"]);
    expect(answers.list).toEqual([{ tag: 7, status: STATUS_OK, atUs: 3 * REQUEST_US }]);
    expect(cache.dirtyPages).toBe(1);
    expect(observer.notes.at(-1)).toBe("300: sync 0 acknowledged 0");
  });

  it("without a flush leaves the device's cache alone", () => {
    const { cache, device, answers, fill, run, contents } = bench();
    const piece = fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run();
    expect(device.log).toEqual(["write 0+2"]);
    expect(device.view[0]).toBe(contents.sectorOf(piece, piece));
    expect(device.durable[0]).not.toBe(device.view[0]);
    expect(answers.statusOf(1)).toBe(STATUS_OK);
  });

  it("that fails writes nothing and says so", () => {
    const { cache, device, answers, fill, run } = bench();
    fill(0, 1);
    cache.sync(SYNC_FAILS, answers, 1);
    expect(answers.list).toEqual([]);
    run();
    expect(device.log).toEqual([]);
    expect(answers.statusOf(1)).toBe(STATUS_CARD_FAILED);
    expect(cache.dirtyPages).toBe(1);
    expect(cache.counters).toMatchObject({ syncs: 1, syncsFailed: 1 });
  });

  it("with nothing to do still flushes, and answers from a later event", () => {
    const { cache, device, answers, run } = bench();
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    expect(answers.list).toEqual([]);
    run();
    expect(device.log).toEqual(["flush"]);
    expect(answers.list.map((answer) => answer.tag)).toEqual([2, 1]);
  });

  it("waits for writes in flight at its start", () => {
    const { cache, answers, fill, run } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(50);
    expect(cache.dirtyPages).toBe(0);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    run();
    expect(answers.timeOf(2)).toBe(REQUEST_US);
  });

  it("writes a dirty page under write-back again when the running write has ended", () => {
    const { cache, device, answers, fill, run, contents } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(90);
    const fresh = contents.stamp(2);
    cache.modify(0, 0, 0, fresh, 0);
    cache.sync(SYNC_WITH_FLUSH, answers, 2);
    run();
    expect(device.log).toEqual(["write 0+2", "write 0+2", "flush"]);
    expect(device.durable[0]).toBe(contents.sectorOf(fresh, contents.stamp(1)));
    expect([answers.timeOf(1), answers.timeOf(2)]).toEqual([REQUEST_US, 3 * REQUEST_US]);
  });

  it("is never joined to a running one: each flushes for itself, after its own writes", () => {
    const { cache, device, answers, fill, run } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run(150); // the first one's flush is under way
    fill(1, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 2);
    run();
    expect(device.log).toEqual(["write 0+2", "flush", "write 2+2", "flush"]);
    expect([answers.timeOf(1), answers.timeOf(2)]).toEqual([2 * REQUEST_US, 4 * REQUEST_US]);
  });

  it("does not wait for a page that is forgotten before its write began", () => {
    const { cache, device, answers, fill, run } = bench();
    device.capacity = 1;
    fill(0, 1);
    fill(1, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(50);
    cache.forget(1);
    run();
    expect(device.log).toEqual(["write 0+2"]);
    expect(answers.timeOf(1)).toBe(REQUEST_US);
  });

  it("waits for the running write of a page that is forgotten, but not for the one after", () => {
    const { cache, device, answers, fill, run, contents } = bench();
    fill(0, 1);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 1);
    run(50);
    cache.modify(0, 0, 0, contents.stamp(2), 0);
    cache.sync(SYNC_WITHOUT_FLUSH, answers, 2);
    cache.forget(0);
    run();
    expect(device.log).toEqual(["write 0+2"]);
    expect(answers.timeOf(2)).toBe(REQUEST_US);
  });

  it("reports a failed flush", () => {
    const { cache, device, answers, fill, run } = bench();
    device.failFlushes = STATUS_CARD_FAILED;
    fill(0, 1);
    cache.sync(SYNC_WITH_FLUSH, answers, 1);
    run();
    expect(answers.statusOf(1)).toBe(STATUS_CARD_FAILED);
  });

  it("has a limit, with a clear sentence", () => {
    const { cache, answers } = bench();
    expect(() => {
      for (let i = 0; i < 31; i++) cache.sync(SYNC_WITH_FLUSH, answers, i);
    }).toThrow("more than 30 syncs at once");
  });
});
