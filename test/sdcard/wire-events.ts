/** Each event, put on the wire in each state where it can happen: the driver goes where the table says. */
import { expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import {
  DATA_SECTORS,
  DATA_START,
  DISCARD,
  FAULTY,
  FLUSH,
  IN_SYNC,
  LiveBuffer,
  OK,
  READ,
  SpiBench,
  WRITE,
  spiModule,
} from "./spi-bench.js";
import * as wire from "./wire-fault.js";

const { spi } = spiModule();
const NEVER = 0xff;
const STATE = 0;
const SLOT = 0;
const STATES = Object.entries(layout)
  .filter(([name]) => name.startsWith("SPI_STATE_"))
  .map(([name, state]) => ({ name: name.replace("SPI_STATE_", ""), state }));
const stateOf = (name: string): number => STATES.find((each) => each.name === name)!.state;
const nameOf = (state: number): string => STATES.find((each) => each.state === state)!.name;
const EVENTS = ["GOOD", "IDLE", "REFUSED", "CORRUPT", "SILENT"];
/** States that only an error in a block leads to. */
const AFTER_READ_ERROR = ["READ_ABORT", "READ_ABORTED", "READ_STATUS"];
const AFTER_WRITE_ERROR = ["WRITE_ABORT", "WRITE_ABORTED", "WRITE_STATUS"];
/** Where nothing can go wrong: clocks without a card's word; the rest are limits of time, which have their own tests. */
const PLAIN = ["CLOCKS", "STREAM_STOP"];

const CASES = STATES.flatMap(({ name, state }) => {
  const kind = spi.cardStateKind(state);
  if ([wire.REST, wire.CHOICE, wire.PAUSE].includes(kind) || PLAIN.includes(name)) return [];
  return EVENTS.flatMap((event, number) => {
    const isPossible = number !== wire.GOOD && spi.cardTransition(state, number) !== NEVER;
    return isPossible ? [{ name, state, event, number }] : [];
  });
});

/** The states in which the driver may be seen next: choices, and waits of a card that is not busy, take no time. */
function seenAfter(state: number, event: number): Set<number> {
  const seen = new Set<number>();
  const passed = new Set<number>();
  const visit = (next: number): void => {
    if (passed.has(next)) return;
    passed.add(next);
    const kind = spi.cardStateKind(next);
    if (kind !== wire.CHOICE) seen.add(next);
    if (kind === wire.WAIT || next === stateOf("READY")) visit(spi.cardTransition(next, wire.GOOD));
    if (kind !== wire.CHOICE) return;
    for (let choice = 0; choice < layout.SPI_EVENTS; choice++) {
      const to = spi.cardTransition(next, choice);
      if (to !== NEVER) visit(to);
    }
  };
  visit(spi.cardTransition(state, event));
  // The same state again is not seen as another one.
  if (seen.has(state))
    for (let all = 0; all < 5; all++) {
      const to = spi.cardTransition(state, all);
      if (to !== NEVER) visit(to);
    }
  return seen;
}

interface Scene {
  readonly bench: SpiBench;
  readonly fault: wire.WireFault;
}

function play(state: number, event: number, name: string, buses: 1 | 2): Scene {
  const bench = new SpiBench({ buses, characteristics: profile("tlc-cached") });
  const isStart = state <= stateOf("START_FAILED");
  if (!isStart) bench.ready();
  const before = AFTER_READ_ERROR.includes(name) ? "READ_BLOCK" : "WRITE_BLOCK";
  const leads = AFTER_READ_ERROR.includes(name) || AFTER_WRITE_ERROR.includes(name);
  const first = leads ? new wire.WireFault(bench, SLOT, stateOf(before), wire.CORRUPT) : null;
  const [garble, reply] = [bench.cards[SLOT]!.garble, bench.cards[SLOT]!.reply];
  const fault = new wire.WireFault(bench, SLOT, state, event);
  const { garble: laterGarble, reply: laterReply } = bench.cards[SLOT]!;
  bench.cards[SLOT]!.garble = (mosi) => (first?.after === -1 ? garble(mosi) : laterGarble(mosi));
  bench.cards[SLOT]!.reply = (miso, mosi) =>
    first?.after === -1 ? reply(miso, mosi) : laterReply(miso, mosi);
  bench.afterStep = () => {
    first?.look();
    fault.look();
  };
  if (first !== null) first.armed = first.ofStreams = true;
  fault.armed = true;
  if (isStart) {
    bench.format();
    return { bench, fault };
  }
  for (let round = 0; round < 4 && fault.after < 0; round++) {
    const value = bench.contents.stamp(100 + round);
    expect(bench.request(WRITE, 32, 16, new LiveBuffer(16, value))).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    expect(bench.request(WRITE, 200 + 2 * round, 1, new LiveBuffer(1, value))).toBe(OK);
    for (let i = 0; i < 3; i++) expect(bench.request(READ, 32, 16, new LiveBuffer(16, 0))).toBe(OK);
    expect(bench.request(DISCARD, 64, 16)).toBe(OK);
    expect(bench.request(WRITE, 96, 16, new LiveBuffer(16, value))).toBe(OK);
    // Their regions are marked: the second one goes on where the stream stands.
    for (const sector of [96, 104])
      expect(bench.request(WRITE, sector, 8, new LiveBuffer(8, value))).toBe(OK);
    bench.runMs(1300);
  }
  bench.run(() => fault.after >= 0, "the event");
  return { bench, fault };
}

/** A test for each event in each state, of cards on so many buses. */
export function describeWireEvents(buses: 1 | 2): void {
  it.each(CASES)("$event in $name leads where the table says", ({ name, state, event, number }) => {
    const { bench, fault } = play(state, number, name, buses);
    expect({ event, met: fault.met }).toEqual({ event, met: true });
    expect([...seenAfter(state, number)].map(nameOf)).toContain(nameOf(fault.after));
    const next = spi.cardTransition(state, number);
    bench.runMs(1500);
    // A card that calls itself idle in the response to CMD58, as QEMU's always does: the checker believes it, and the driver
    // lets CMD16 judge.
    const believesIdle = name === "CAPACITY" && event === "IDLE";
    for (const [slot, card] of bench.cards.entries()) {
      if (believesIdle && slot === SLOT) {
        const rules = card.checker.violations.map(({ rule }) => rule);
        expect(rules).toEqual(["before-initialisation"]);
      } else card.expectLegal();
    }
    const { memberState } = bench.module.exports;
    if (next === stateOf("POWER_LOST") || next === stateOf("LOST")) {
      expect([memberState(0), memberState(1)]).toEqual([FAULTY, IN_SYNC]);
      expect(bench.mirror.cardWord(SLOT, STATE)).toBe(stateOf("OFF"));
    }
    if (memberState(0) !== IN_SYNC || memberState(1) !== IN_SYNC) return;
    for (let sector = DATA_START; sector < DATA_START + DATA_SECTORS; sector++) {
      expect(bench.cards[0]!.card.view(sector)).toBe(bench.cards[1]!.card.view(sector));
    }
  });
}
