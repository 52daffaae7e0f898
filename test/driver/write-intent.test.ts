import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { configureDriver } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const WRITE = layout.REQUEST_WRITE;

describe("the write intent", () => {
  it("puts a mark durably on one card, then on the other, and only then sends data", () => {
    const host = ScriptedHost.clean();
    expect(host.exports.submit(WRITE, 0, 1, 5, 1)).toBe(layout.STATUS_OK);
    host.settle();
    const trace = host.forgetTrace();
    expect(trace).toHaveLength(6);
    expect(trace[0]).toMatch(/^A write [23]\+1$/);
    expect(trace[1]).toBe("A flush");
    expect(trace[2]).toBe(trace[0]!.replace("A", "B"));
    expect(trace[3]).toBe("B flush");
    expect(trace.slice(4)).toEqual(["A write 4+1", "B write 4+1"]);
    expect(host.answers.get(1)).toBe(layout.STATUS_OK);
  });

  it("sends data at once into a region whose mark is durable", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(WRITE, 0, 1, 5, 1);
    host.settle();
    host.forgetTrace();
    host.exports.submit(WRITE, 1, 1, 5, 2);
    expect(host.trace).toEqual(["A write 5+1", "B write 5+1"]);
  });

  it("lets marks that come while a record is written join the next record, not the one under way", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(WRITE, 0, 1, 5, 1);
    host.exports.submit(WRITE, 2, 1, 6, 2);
    expect(host.trace).toHaveLength(1);
    host.settle();
    const trace = host.forgetTrace();
    const records = trace.filter((line) => /write [23]\+1/.test(line));
    expect(records).toHaveLength(4);
    expect(new Set(records.map((line) => line.slice(2))).size).toBe(2);
    expect(trace.indexOf("A write 6+1")).toBeGreaterThan(trace.lastIndexOf("B flush"));
  });

  it("waits for the settle time of each card before data leaves", () => {
    const host = ScriptedHost.clean();
    host.driver.reset();
    configureDriver(host.exports, { ...OPTIONS, epochMs: 1_000_000, settleMs: 5 });
    host.exports.assemble(layout.POLICY_SYNC_GATED, 8, 1);
    const steps = (): void => {
      host.tick(1);
      host.settle();
    };
    for (let i = 0; i < 60 && !host.answers.has(1); i++) steps();
    host.forgetTrace();
    host.exports.submit(WRITE, 0, 1, 5, 2);
    host.settle();
    expect(host.forgetTrace().map((line) => line.slice(0, 7))).toEqual(["A write", "A flush"]);
    for (let i = 0; i < 5; i++) steps();
    expect(
      host.trace,
      "5 ms have not passed for sure: the time of the flush is only known to a tick",
    ).toEqual([]);
    steps();
    expect(
      host.forgetTrace().map((line) => line.slice(0, 7)),
      "a further flush shows that the card has had its power all the time",
    ).toEqual(["A flush", "B write", "B flush"]);
    for (let i = 0; i < 6; i++) steps();
    expect(host.trace).toEqual(["B flush", "A write 4+1", "B write 4+1"]);
  });

  it("marks every region that a request spans, at submit", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(WRITE, 1, 4, 5, 1);
    const { REGION_DIRTY, REGION_CLEAN } = layout;
    expect(host.states()).toEqual([REGION_DIRTY, REGION_DIRTY, REGION_DIRTY, REGION_CLEAN]);
  });
});
