import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { ScriptedHost } from "./scripted-host.js";

const { REGION_CLEAN, REGION_CLEAN_CANDIDATE, REGION_DIRTY, REGION_MAYBE_DIRTY, STATUS_OK } = layout;

/** A region written and finished, and an epoch opened. */
function candidate(): ScriptedHost {
  const host = ScriptedHost.clean();
  host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
  host.settle();
  expect(host.states()[0]).toBe(REGION_MAYBE_DIRTY);
  host.tick(10);
  expect(host.states()[0]).toBe(REGION_CLEAN_CANDIDATE);
  expect(host.epochs).toHaveLength(1);
  host.forgetTrace();
  return host;
}

describe("the sync gate", () => {
  it("clears after a sync and a flush of both cards, and then writes the record", () => {
    const host = candidate();
    host.exports.syncDone(host.epochs[0]!, STATUS_OK);
    expect(host.trace).toEqual(["A flush", "B flush"]);
    host.answer();
    expect(host.states()[0]).toBe(REGION_CLEAN_CANDIDATE);
    host.answer();
    expect(host.states()[0]).toBe(REGION_CLEAN);
    expect(host.trace[2]).toMatch(/^A write [23]\+1$/);
  });

  it("does nothing for a candidate that is written before the sync is answered", () => {
    const host = candidate();
    host.exports.submit(layout.REQUEST_WRITE, 1, 1, 5, 2);
    host.settle();
    host.exports.syncDone(host.epochs[0]!, STATUS_OK);
    host.settle();
    expect(host.states()[0]).toBe(REGION_MAYBE_DIRTY);
  });

  it("does nothing for a candidate that is written while the cards are flushed", () => {
    const host = candidate();
    host.exports.syncDone(host.epochs[0]!, STATUS_OK);
    host.exports.submit(layout.REQUEST_WRITE, 1, 1, 5, 2);
    host.settle();
    expect(host.states()[0]).toBe(REGION_MAYBE_DIRTY);
  });

  it("takes no answer but the one of its epoch", () => {
    const host = candidate();
    const stale = host.exports.counter(layout.COUNTER_STALE_ANSWERS);
    host.exports.syncDone(host.epochs[0]! - 1, STATUS_OK);
    host.exports.syncDone(host.epochs[0]! + 1, STATUS_OK);
    expect(host.exports.counter(layout.COUNTER_STALE_ANSWERS)).toBe(stale + 2);
    expect(host.trace).toEqual([]);
    expect(host.states()[0]).toBe(REGION_CLEAN_CANDIDATE);
  });

  it("demotes all candidates when the sync failed, and asks again", () => {
    const host = candidate();
    host.exports.syncDone(host.epochs[0]!, layout.STATUS_CARD_FAILED);
    expect(host.states()[0]).toBe(REGION_MAYBE_DIRTY);
    host.tick(10);
    expect(host.epochs).toHaveLength(2);
  });

  it("never makes a candidate of a region with a write in flight", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.exports.submit(layout.REQUEST_WRITE, 2, 1, 6, 2);
    while (!host.answers.has(2)) host.answer(({ sector }) => sector !== 4);
    host.tick(10);
    expect(host.states().slice(0, 2)).toEqual([REGION_DIRTY, REGION_CLEAN_CANDIDATE]);
  });

  it("does not trust a bit whose clear is on its way to the cards", () => {
    const host = candidate();
    host.exports.syncDone(host.epochs[0]!, STATUS_OK);
    host.answer();
    host.answer();
    expect(host.states()[0]).toBe(REGION_CLEAN);
    host.forgetTrace();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 2);
    host.settle();
    const trace = host.forgetTrace();
    const data = trace.indexOf("A write 4+1");
    const records = trace.slice(0, data).filter((line) => /write [23]\+1/.test(line));
    expect(records, "the clear's second card, then a record with the mark on both").toHaveLength(3);
  });
});

describe("stop", () => {
  it("clears behind one more sync and ends with nothing marked", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    expect(host.exports.stop(3)).toBe(STATUS_OK);
    host.settle();
    expect(host.answers.has(3)).toBe(false);
    expect(host.exports.submit(layout.REQUEST_WRITE, 2, 1, 5, 2), "the last sync may write").toBe(STATUS_OK);
    host.settle();
    host.exports.syncDone(host.epochs.pop()!, STATUS_OK);
    host.settle();
    expect(host.answers.get(3)).toBe(STATUS_OK);
    expect(host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 4)).toBe(layout.STATUS_STATE);
    expect(host.assemble()).toBe(STATUS_OK);
    const marked = host.states().map((state) => state === layout.REGION_NEEDS_SYNC);
    expect(marked, "region 1 was written after the pass had begun").toEqual([false, true, false, false]);
  });

  it("flushes both cards after its sync and before the record that clears", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    host.forgetTrace();
    host.exports.stop(3);
    expect(host.trace).toEqual([]);
    host.exports.syncDone(host.epochs.pop()!, STATUS_OK);
    host.settle();
    const record = host.trace.findIndex((line) => / write [23]/.test(line));
    expect(host.trace.slice(0, record)).toEqual(["A flush", "B flush"]);
  });

  it("asks for no further sync once its pass is over", () => {
    const host = ScriptedHost.clean();
    host.exports.stop(3);
    host.settle();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    host.exports.syncDone(host.epochs.pop()!, STATUS_OK);
    // The cards are being flushed for the last time, and region 0 is unproven.
    host.tick(1000);
    expect(host.epochs).toEqual([]);
    host.settle();
    expect(host.answers.get(3)).toBe(STATUS_OK);
  });

  it("leaves everything marked when its sync fails", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    host.exports.stop(3);
    host.settle();
    host.exports.syncDone(host.epochs.pop()!, layout.STATUS_CARD_FAILED);
    host.settle();
    expect(host.answers.get(3)).toBe(STATUS_OK);
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.states()[0]).toBe(layout.REGION_NEEDS_SYNC);
  });

  it("holds under never as well", () => {
    const host = ScriptedHost.clean();
    host.exports.stop(2);
    host.settle();
    for (const epoch of host.epochs.splice(0)) host.exports.syncDone(epoch, STATUS_OK);
    host.settle();
    expect(host.assemble(undefined, layout.POLICY_NEVER)).toBe(STATUS_OK);
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    host.tick(100_000);
    host.settle();
    expect(host.epochs).toEqual([]);
    expect(host.states()[0]).toBe(REGION_MAYBE_DIRTY);
    host.exports.stop(3);
    expect(host.epochs).toHaveLength(1);
  });
});
