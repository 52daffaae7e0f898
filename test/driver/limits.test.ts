import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_BUSY, STATUS_CARD_FAILED, STATUS_OK, STATUS_RANGE, STATUS_STATE } = layout;

/** The token of the first read and the number of the first epoch of a boot. */
function boot(bootNonce: number): { token: number; epoch: number } {
  const host = new ScriptedHost();
  host.format();
  expect(host.assemble(OPTIONS, layout.POLICY_SYNC_GATED, bootNonce)).toBe(STATUS_OK);
  host.tick(1);
  host.settle();
  host.tick(10);
  host.settle();
  host.exports.submit(layout.REQUEST_READ, 0, 1, 0, 1);
  return { token: host.pending[0]!.token, epoch: host.epochs[0]! };
}

describe("submit", () => {
  it("refuses what lies outside the array, and touches nothing", () => {
    const host = ScriptedHost.clean();
    const refused = [
      [layout.REQUEST_WRITE, 8, 1],
      [layout.REQUEST_WRITE, 7, 2],
      [layout.REQUEST_WRITE, 0, 0],
      [layout.REQUEST_READ, 0xffffffff, 2],
      [layout.REQUEST_WRITE, 0, layout.REQUEST_SECTORS_MAX + 1],
      [layout.REQUEST_OPERATIONS, 0, 1],
    ] as const;
    for (const [operation, sector, count] of refused) {
      expect(host.exports.submit(operation, sector, count, 0, 1)).toBe(STATUS_RANGE);
    }
    expect(host.trace).toEqual([]);
    expect(host.states()).toEqual(Array.from({ length: 4 }, () => layout.REGION_CLEAN));
  });

  it("answers BUSY when its pool is full, touches nothing then, and goes on after a completion", () => {
    const host = ScriptedHost.clean();
    const slots = layout.REQUESTS - layout.REQUESTS_OWN;
    for (let tag = 0; tag < slots; tag++) {
      expect(host.exports.submit(layout.REQUEST_READ, 0, 1, tag, tag)).toBe(STATUS_OK);
    }
    expect(host.exports.submit(layout.REQUEST_WRITE, 6, 1, 99, 99)).toBe(STATUS_BUSY);
    expect(host.states()[3]).toBe(layout.REGION_CLEAN);
    host.answer();
    expect(host.exports.submit(layout.REQUEST_WRITE, 6, 1, 99, 99)).toBe(STATUS_OK);
    host.settle();
    expect(host.answers.get(99)).toBe(STATUS_OK);
  });

  it("is refused before assembly, after stop, and while assembling", () => {
    const host = new ScriptedHost();
    expect(host.exports.submit(layout.REQUEST_READ, 0, 1, 0, 1)).toBe(STATUS_STATE);
    expect(host.exports.stop(1)).toBe(STATUS_STATE);
    host.format();
    expect(host.exports.assemble(layout.POLICY_SYNC_GATED, 1, 2)).toBe(STATUS_OK);
    expect(host.exports.submit(layout.REQUEST_READ, 0, 1, 0, 3)).toBe(STATUS_STATE);
    expect(host.exports.assemble(layout.POLICY_SYNC_GATED, 1, 4)).toBe(STATUS_STATE);
    expect(host.exports.configure(layout.OPTION_EPOCH_MS, 5)).toBe(STATUS_STATE);
  });
});

describe("completions", () => {
  it("that match nothing under way are counted and ignored", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_READ, 0, 1, 0, 1);
    const { token } = host.pending[0]!;
    const stale = host.exports.counter(layout.COUNTER_STALE_ANSWERS);
    host.exports.complete(token + 0x100, STATUS_OK, 0);
    host.exports.complete(0, STATUS_OK, 0);
    expect(host.answers.has(1)).toBe(false);
    host.answer();
    expect(host.answers.get(1)).toBe(STATUS_OK);
    host.exports.complete(token, STATUS_OK, 0);
    expect(host.exports.counter(layout.COUNTER_STALE_ANSWERS)).toBe(stale + 3);
  });

  it("of the boot before do not match: two boots that do the same give other tokens and epochs", () => {
    const [one, other] = [boot(1), boot(2)];
    expect(boot(1)).toEqual(one);
    expect(other.token).not.toBe(one.token);
    expect(other.epoch).not.toBe(one.epoch);
  });
});

describe("two cards that fail a write", () => {
  it("stop the driver: every request fails, and none is accepted until the next assembly", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.exports.submit(layout.REQUEST_READ, 2, 1, 6, 2);
    host.answer((command) => command.name === "write", STATUS_CARD_FAILED);
    expect([...host.answers.keys()].filter((tag) => tag < 9000)).toEqual([]);
    host.absent.add(0).add(1);
    host.settle();
    expect([host.answers.get(1), host.answers.get(2)]).toEqual([STATUS_CARD_FAILED, STATUS_CARD_FAILED]);
    expect(host.exports.submit(layout.REQUEST_READ, 2, 1, 6, 3)).toBe(STATUS_STATE);
    host.absent.clear();
    expect(host.assemble()).toBe(STATUS_OK);
  });
});

describe("the work of a call", () => {
  it("sends a bounded number of commands", () => {
    const host = ScriptedHost.clean();
    for (let tag = 0; tag < layout.REQUESTS - layout.REQUESTS_OWN; tag++)
      host.exports.submit(layout.REQUEST_WRITE, tag % 8, 1, 5, tag);
    host.settle();
    // All writes of one region leave when its mark becomes durable: two for each request of a caller.
    const most = host.exports.counter(layout.COUNTER_SUBMITS_PER_CALL_MAX);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(layout.SUBMITS_PER_CALL_MAX);
  });
});
