/**
 * Recovery leaves no card with a single valid record that it is about to overwrite: a card that lacks the newest record
 * gets it first. Else two cuts in a row, each in a record, leave a card with none, and what it says alone is made up.
 */
import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const SLOTS = [2, 3];
const SEQUENCE_AT = 12;
const { BITMAP_SERIAL, BITMAP_SINGLE, OPTION_BITMAP_SCHEME, STATUS_OK } = layout;

/** Number of the record in a slot of a card; -1 for one that is torn. */
function sequenceIn(host: ScriptedHost, member: number, slot: number): number {
  const sector = host.cards[member]![slot]!;
  return sector.every((byte) => byte === 0)
    ? -1
    : new DataView(sector.buffer, sector.byteOffset).getUint32(SEQUENCE_AT, true);
}

/** Slot of the newest record of a card. */
function newestSlot(host: ScriptedHost, member: number): number {
  const [first, second] = SLOTS.map((slot) => sequenceIn(host, member, slot)) as [number, number];
  return first > second ? SLOTS[0]! : SLOTS[1]!;
}

function newest(host: ScriptedHost, member: number): number {
  return sequenceIn(host, member, newestSlot(host, member));
}

describe.each([
  ["serial", BITMAP_SERIAL, 1],
  ["single", BITMAP_SINGLE, 2],
] as const)("in the scheme %s", (_, scheme, step) => {
  const options = { ...OPTIONS, more: new Map([[OPTION_BITMAP_SCHEME, scheme]]) };

  /** An array, and what B held a record of its own earlier. */
  function arrayAndBefore(): { host: ScriptedHost; before: Uint8Array[] } {
    const host = ScriptedHost.clean("production", options);
    let before = host.snapshot()[1];
    const number = (): number => sequenceIn(host, 1, newestSlot(host, 1));
    for (let sector = 0, was = number(); number() === was; sector += 2) {
      before = host.snapshot()[1];
      expect(host.write(sector % 8, 1, 100 + sector)).toBe(STATUS_OK);
      host.clear();
    }
    // In `single` the newest record of all is on A, by one more boot, and B has the one before, or should.
    if (scheme === BITMAP_SINGLE && newest(host, 0) < newest(host, 1)) {
      expect(host.assemble(options)).toBe(STATUS_OK);
    }
    return { host, before };
  }

  it.each(["torn", "never written"] as const)("a record that is %s on B is written there first", (how) => {
    const { host, before } = arrayAndBefore();
    const slot = newestSlot(host, 1);
    const lacking = newest(host, 1);
    if (how === "torn") host.cards[1]![slot]!.fill(0);
    else host.cards[1]![slot]!.set(before[slot]!);
    expect(sequenceIn(host, 1, slot)).not.toBe(lacking);
    host.forgetTrace();
    const written: string[] = [];
    const { cardSubmit } = host;
    host.cardSubmit = (...values) => {
      cardSubmit.apply(host, values);
      const [member, command, sector] = values;
      if ((command & ~layout.CARD_OWN_BUFFER) !== layout.CARD_WRITE || !SLOTS.includes(sector)) return;
      const other = SLOTS[0]! + SLOTS[1]! - sector;
      written.push(`${"AB"[member]} slot ${sector - 2}, beside ${sequenceIn(host, member, other)}`);
    };
    expect(host.assemble(options)).toBe(STATUS_OK);
    expect(written[0]).toBe(`B slot ${slot - 2}, beside ${lacking - step}`);
    // Whatever is written next, the other slot of that card holds the record before it.
    expect(written.length).toBeGreaterThan(1);
    for (const [index, text] of written.slice(1).entries()) {
      const member = text.startsWith("A") ? 0 : 1;
      const after = newest(host, member);
      expect({ index, text }).toEqual({
        index,
        text: `${"AB"[member]} slot ${newestSlot(host, member) - 2}, beside ${after - step}`,
      });
    }
  });

  it("nothing is written again where no card lacks a record", () => {
    const { host } = arrayAndBefore();
    host.forgetTrace();
    expect(host.assemble(options)).toBe(STATUS_OK);
    const records = host.forgetTrace().filter((line) => /write [23]\+1/.test(line));
    expect(records).toHaveLength(scheme === BITMAP_SINGLE ? 1 : 2);
  });
});
