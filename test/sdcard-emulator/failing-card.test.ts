/** F5: a card re-initialises or dies. */
import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK } from "../../assembly/layout.js";
import { ZEROS } from "../../host/sdcard-emulator/sector-contents.js";
import { CardOnBench, LiveBuffer, exact } from "./card-on-bench.js";

/** One sector in the cache, a write of which one sector came, and a read and a flush that wait. */
function busy(): { bench: CardOnBench; waiting: number[] } {
  const bench = new CardOnBench(exact("tlc-cached"));
  bench.write(1, 1);
  bench.drain();
  const write = bench.write(4, 2, 3);
  bench.steps(3);
  return { bench, waiting: [write, bench.readInto(new LiveBuffer(), 1, 1), bench.flush()] };
}

const statuses = (bench: CardOnBench): [number, number][] =>
  bench.answers.slice(1).map(({ token, status }) => [token, status]);

describe("a card that re-initialises", () => {
  it("loses of its cache what the caller chooses, fails all it had, and goes on", () => {
    const { bench, waiting } = busy();
    expect(bench.outcomes()[0]).toBe("1: kept | 1=1");
    const choice = bench.card.crashSpace().map((axis) => (axis.sector === 4 ? 1 : 0));
    bench.card.reinitialise(choice);
    expect(bench.answers).toHaveLength(1);
    expect(bench.outcomes()).toEqual([]);
    bench.drain();
    expect(statuses(bench)).toEqual(waiting.map((token) => [token, STATUS_CARD_FAILED]));
    expect([bench.card.idle, bench.card.dead]).toEqual([true, false]);
    expect([1, 4, 5].map((sector) => bench.card.media.get(sector))).toEqual([ZEROS, bench.content(2), ZEROS]);
    bench.write(1, 9);
    bench.drain();
    expect(bench.answers.at(-1)!.status).toBe(STATUS_OK);
    expect(bench.read(1)).toEqual(["9"]);
  });

  it("carries out what is submitted after it, behind the failures", () => {
    const { bench, waiting } = busy();
    bench.card.reinitialise(bench.card.crashSpace().map(() => 0));
    const late = bench.write(7, 7);
    bench.drain();
    expect(statuses(bench).at(-1)).toEqual([late, STATUS_OK]);
    expect(bench.answers).toHaveLength(1 + waiting.length + 1);
    expect(bench.read(7)).toEqual(["7"]);
  });

  it("does not flush later what a flush before would have", () => {
    const bench = new CardOnBench(exact("slow-settle"));
    bench.write(1, 1);
    bench.drain();
    const flush = bench.flush();
    while (bench.answers.at(-1)!.token !== flush) bench.steps(1);
    bench.card.reinitialise([0]);
    bench.drain();
    expect(bench.read(1)).toEqual(["0"]);
  });

  it("answers a controller reset's one orphan, and forgets the rest", () => {
    const { bench, waiting } = busy();
    bench.card.reinitialise(bench.card.crashSpace().map(() => 0));
    bench.card.controllerReset();
    const next = bench.write(9, 9);
    bench.drain();
    expect(statuses(bench)).toEqual([
      [waiting[0], STATUS_CARD_FAILED],
      [next, STATUS_OK],
    ]);
  });

  it("fails nothing any more after its power was cut", () => {
    const { bench } = busy();
    bench.card.reinitialise(bench.card.crashSpace().map(() => 0));
    bench.card.cutPower([]);
    bench.card.powerUp();
    bench.write(7, 7);
    bench.drain();
    expect(statuses(bench).map(([, status]) => status)).toEqual([STATUS_OK]);
  });

  it("refuses a choice that does not fit, and a card without power", () => {
    const { bench } = busy();
    expect(() => bench.card.reinitialise([])).toThrow(/does not fit/);
    expect(bench.card.idle).toBe(false);
    bench.card.cutPower(bench.card.crashSpace().map(() => 0));
    expect(() => bench.card.reinitialise([])).toThrow(/has no power/);
  });
});

describe("a card that dies", () => {
  it("silent: never answers again, power or not", () => {
    const { bench } = busy();
    bench.card.die(
      "silent",
      bench.card.crashSpace().map(() => 0),
    );
    bench.write(7, 7);
    bench.drain();
    expect([bench.answers.length, bench.clock.pending, bench.card.dead]).toEqual([1, 0, true]);
    bench.card.cutPower([]);
    bench.card.powerUp();
    bench.write(7, 7);
    bench.drain();
    expect([bench.answers.length, bench.card.media.get(7)]).toEqual([1, ZEROS]);
  });

  it("failing: fails what it had and all that comes, from a clock event", () => {
    const { bench, waiting } = busy();
    bench.card.die(
      "failing",
      bench.card.crashSpace().map(() => 0),
    );
    bench.drain();
    const late = [bench.write(7, 7), bench.flush(), bench.readInto(new LiveBuffer(), 1, 1)];
    expect(bench.answers).toHaveLength(1 + waiting.length);
    bench.drain();
    expect(statuses(bench)).toEqual([...waiting, ...late].map((token) => [token, STATUS_CARD_FAILED]));
    expect(bench.card.media.get(7)).toBe(ZEROS);
  });
});
