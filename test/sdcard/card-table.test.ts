/** The table of a card's states, cell by cell. */
import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { spiModule } from "./spi-bench.js";

const { spi } = spiModule();
const NEVER = 0xff;
const STATES = Object.entries(layout)
  .filter(([name]) => name.startsWith("SPI_STATE_"))
  .map(([name, value]) => ({ name: name.replace("SPI_STATE_", ""), value }));
const byName = new Map(STATES.map(({ name, value }) => [name, value]));
const nameOf = (value: number) => STATES.find((state) => state.value === value)?.name;

// What may happen in a state of each kind: GOOD 0, IDLE 1, REFUSED 2, CORRUPT 3, SILENT 4.
const REST = 0;
const CHOICE = 1;
const EVENTS_OF_KIND = [
  [],
  [],
  [0, 1, 2, 3, 4],
  [0, 4],
  [0, 2, 4],
  [0, 3],
  [0, 2, 3, 4],
  [0, 3],
  [0, 4],
] as const;
/** Bursts without a register cannot come wrong. */
const PLAIN_BYTES = ["CLOCKS", "STREAM_STOP"];

/** Every state that a state leads to. */
function follow(from: number): Set<number> {
  const seen = new Set([from]);
  for (const state of seen) {
    for (let event = 0; event < layout.SPI_EVENTS; event++) {
      const next = spi.cardTransition(state, event);
      if (next !== NEVER) seen.add(next);
    }
  }
  return seen;
}

describe("the table of card states", () => {
  it("has a name for each state, in order", () => {
    expect(STATES.map(({ value }) => value)).toEqual(Array.from({ length: layout.SPI_STATES }, (_, i) => i));
    expect(STATES.length).toBe(90);
  });

  it.each(STATES)("$name answers each event that its kind has, and no other", ({ name, value }) => {
    const kind = spi.cardStateKind(value);
    const next = Array.from({ length: layout.SPI_EVENTS }, (_, event) => spi.cardTransition(value, event));
    const possible = next.flatMap((state, event) => (state === NEVER ? [] : [event]));
    for (const state of next) expect(state === NEVER || state < STATES.length).toBe(true);
    if (kind === REST || kind === CHOICE) {
      // The choices are counted from 0 on.
      expect(possible.length).toBeGreaterThan(0);
      expect(possible).toEqual(possible.map((_, i) => i));
    } else if (PLAIN_BYTES.includes(name)) expect(possible).toEqual([0]);
    else expect(possible).toEqual(EVENTS_OF_KIND[kind]);
  });

  it("leads from OFF to every state, and from every state to OFF", () => {
    expect(STATES.filter(({ value }) => !follow(0).has(value))).toEqual([]);
    expect(STATES.filter(({ value }) => !follow(value).has(0))).toEqual([]);
  });

  it("takes an idle bit of a card that was initialised for the loss of its power, everywhere", () => {
    const ready = byName.get("READY")!;
    const commands = STATES.filter(({ value }) => value > ready && spi.cardStateKind(value) === 2);
    expect(commands.length).toBeGreaterThan(10);
    for (const { value } of commands) expect(nameOf(spi.cardTransition(value, 1))).toBe("POWER_LOST");
  });

  it("never leaves a silent card in use", () => {
    const ready = byName.get("READY")!;
    for (const { value } of STATES.filter(
      (state) => state.value > ready && spi.cardStateKind(state.value) === 2,
    )) {
      expect(nameOf(spi.cardTransition(value, 4))).toBe("LOST");
    }
  });
});
