import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { DEGRADED, degraded, isInSync } from "./degraded-array.js";
import { ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;
/** With a stride of one sector the copies lie in the first two. */
const COPIES = [0, 1] as const;

function spoil(card: Uint8Array[], copy: number): void {
  card[COPIES[copy]!]!.fill(0xff);
}

describe("superblock copies that are not the same", () => {
  for (const [a, b] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    it(`are written anew by an assembly: copy ${a} of A and copy ${b} of B bad, then the others`, () => {
      const host = ScriptedHost.clean();
      spoil(host.cards[0], a);
      spoil(host.cards[1], b);
      expect(host.assemble()).toBe(STATUS_OK);
      for (const card of host.cards) expect(card[COPIES[0]]).toEqual(card[COPIES[1]]);
      spoil(host.cards[0], 1 - a);
      spoil(host.cards[1], 1 - b);
      expect(host.assemble()).toBe(STATUS_OK);
      expect(isInSync(host)).toBe(true);
    });
  }

  it("are written anew where the older one says another history", () => {
    const host = degraded();
    const before = ScriptedHost.clean();
    // The last superblock was cut: the first copy still tells of both cards.
    host.cards[0][COPIES[0]] = before.cards[0][COPIES[0]]!.slice();
    host.absent.add(1);
    expect(host.assemble(DEGRADED)).toBe(STATUS_OK);
    spoil(host.cards[0], 1);
    expect(host.assemble(DEGRADED)).toBe(STATUS_OK);
    expect(host.read(0, 50)).toBe(2);
    host.absent.clear();
    expect(host.assemble()).toBe(STATUS_OK);
    host.until(() => isInSync(host));
    expect(host.read(0, 51)).toBe(2);
  });

  it("are left as they are when they are the same: an assembly of a clean pair writes no superblock", () => {
    const host = ScriptedHost.clean();
    host.forgetTrace();
    expect(host.assemble()).toBe(STATUS_OK);
    const written = host.trace.filter((line) => COPIES.some((copy) => line.endsWith(` write ${copy}+1`)));
    expect(written).toEqual([]);
    spoil(host.cards[0], 1);
    host.assemble();
    expect(host.trace.filter((line) => line.endsWith("write 0+1") || line.endsWith("write 1+1"))).toEqual([
      "A write 1+1",
      "A write 0+1",
    ]);
  });
});
