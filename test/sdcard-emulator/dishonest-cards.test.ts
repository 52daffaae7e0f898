/** F4: cards on which no driver can keep every promise. */
import { describe, expect, it } from "vitest";
import { STATUS_OK } from "../../assembly/layout.js";
import { checkCharacteristics, profile } from "../../host/sdcard-emulator/characteristics.js";
import { HISTORY_SECTORS } from "../../host/sdcard-emulator/durable-history.js";
import { CardOnBench, exact } from "./card-on-bench.js";

describe("a lying flush", () => {
  it("is answered like an honest one, and what it covered may still be lost", () => {
    const [liar, honest] = [new CardOnBench(exact("lying-flush")), new CardOnBench(exact("tlc-cached"))];
    for (const bench of [liar, honest]) {
      bench.write(3, 1);
      bench.drain();
      bench.flush();
      bench.drain();
    }
    expect(liar.answers).toEqual(honest.answers);
    expect(honest.outcomes()).toEqual([]);
    expect(liar.outcomes()).toEqual(["3: kept | 3=1"]);
    expect(liar.read(3)).toEqual(["1"]);
  });

  it("needs a cache to lie about", () => {
    expect(() => checkCharacteristics({ ...profile("mlc"), flush: "lying" })).toThrow(/lie about/);
  });
});

describe("a flush that never ends", () => {
  it("is never answered, nor is what waits behind it, until the card re-initialises", () => {
    const bench = new CardOnBench(exact("endless-flush"));
    bench.write(3, 1);
    bench.flush();
    bench.write(4, 2);
    bench.drain();
    expect(bench.answers.map(({ token, status }) => [token, status])).toEqual([[1, STATUS_OK]]);
    expect(bench.card.idle).toBe(false);
    bench.card.reinitialise([1]);
    bench.drain();
    expect(bench.answers).toHaveLength(3);
    expect(bench.read(3)).toEqual(["1"]);
  });
});

describe("silent rollback", () => {
  it("may bring one older durable version back, of the sectors that changed last", () => {
    const bench = new CardOnBench(exact("rollback"));
    for (const [sector, stamp] of [
      [3, 1],
      [3, 2],
      [5, 3],
    ] as const) {
      bench.write(sector, stamp);
      bench.drain();
    }
    expect(bench.outcomes()).toEqual(["3: kept | 5=0 | 3=1"]);
    bench.card.cutPower([2]);
    expect(bench.read(3)).toEqual(STATUS_OK);
    bench.card.powerUp();
    expect(bench.read(3)).toEqual(["1"]);
    expect(bench.outcomes()).toEqual([]);
  });

  it("leaves what is being written to the other axes, and forgets what changed long ago", () => {
    const bench = new CardOnBench(exact("rollback"));
    for (let i = 0; i < 2 * HISTORY_SECTORS; i++) bench.write(i, i + 1);
    bench.drain();
    bench.write(15, 99);
    bench.steps(2);
    const space = bench.card.crashSpace();
    const rollback = space.find((axis) => axis.options.some((option) => option.sectors[0] !== axis.sector))!;
    expect(rollback.options.slice(1).map((option) => option.sectors)).toEqual(
      [14, 13, 12, 11, 10, 9, 8].map((sector) => [sector]),
    );
    expect(space.map((axis) => axis.sector)).toEqual([8, 15]);
  });

  it("brings no error back", () => {
    const bench = new CardOnBench(exact("rollback"));
    bench.write(3, 1);
    bench.drain();
    bench.card.spoil(3);
    bench.write(3, 2);
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });

  it("is no outcome on an honest card", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(3, 1, 2);
    bench.write(3, 3, 4);
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });
});

/** When the answers of some writes come. */
function times(misdirectPerMille: number): number[] {
  const bench = new CardOnBench({ ...profile("misdirect"), misdirectPerMille }, 7);
  for (let i = 0; i < 20; i++) bench.write(i, i + 1);
  bench.drain();
  return bench.answers.map(({ atUs }) => atUs);
}

describe("a misdirected write", () => {
  it("is answered as if nothing were wrong, and lands where one bit of its address is turned over", () => {
    const bench = new CardOnBench(exact("misdirect", { misdirectPerMille: 1000 }));
    const landings = new Set<number>();
    for (let i = 1; i <= 60; i++) {
      bench.write(6, i);
      bench.drain();
      landings.add(bench.durable.at(-1)![0]);
    }
    expect([...landings].toSorted((a, b) => a - b)).toEqual([2, 4, 7, 14, 22]);
    expect(bench.answers.every(({ status }) => status === STATUS_OK)).toBe(true);
    expect(bench.read(6)).toEqual(["0"]);
  });

  it("moves a transfer whole, and never off the card", () => {
    const bench = new CardOnBench(exact("misdirect", { misdirectPerMille: 1000 }));
    for (let i = 0; i < 40; i++) bench.write(14, 1, 2, 3, 4);
    bench.drain();
    const starts = bench.durable.filter(([, content]) => content === bench.content(1)).map(([at]) => at);
    expect(starts.length).toBeGreaterThan(2);
    for (const at of starts) {
      expect(bench.durable).toContainEqual([at + 1, bench.content(2)]);
      expect([14, 15, 12, 10, 6].includes(at)).toBe(true);
    }
  });

  it("does not move the card's timing", () => {
    expect(times(1000)).toEqual(times(0));
  });
});
