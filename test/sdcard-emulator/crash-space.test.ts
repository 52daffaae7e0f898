/** Golden crash spaces: what a cut may leave behind, step by step, for each kind of card. */
import { describe, expect, it } from "vitest";
import { UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";
import { CardOnBench, exact } from "./card-on-bench.js";

describe("crash space without a cache", () => {
  it("torn sectors: the one in flight may tear, the others of the transfer are old or new", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(4, 1, 2);
    expect(bench.outcomes()).toEqual([]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1/0 | 4=error"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1 | 4=1/0 | 4=0/1 | 4=error"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1", "5: kept | 5=2/0 | 5=error"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1", "5: kept | 5=2 | 5=2/0 | 5=0/2 | 5=error"]);
    expect(bench.answers).toEqual([]);
    bench.steps(1);
    expect(bench.answers).toHaveLength(1);
    expect(bench.outcomes()).toEqual([]);
    expect([bench.card.media.get(4), bench.card.media.get(5)]).toEqual([bench.content(1), bench.content(2)]);
  });

  it("atomic sectors: old or new, and nothing at all while a sector is half received", () => {
    const bench = new CardOnBench(exact("slc"));
    bench.write(4, 1, 2);
    const seen: string[][] = [];
    for (let i = 0; i < 5; i++) {
      bench.steps(1);
      seen.push(bench.outcomes());
    }
    const both = ["4: kept | 4=1", "5: kept | 5=2"];
    expect(seen).toEqual([[], ["4: kept | 4=1"], ["4: kept | 4=1"], both, []]);
  });

  it("a mix with an unreadable old sector is unreadable", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(4, 1);
    bench.steps(2);
    const error = bench.card
      .crashSpace()[0]!
      .options.findIndex((option) => option.contents[0] === UNREADABLE);
    bench.card.cutPower([error]);
    bench.card.powerUp();
    bench.write(4, 2);
    bench.steps(1);
    expect(bench.outcomes()).toEqual([]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=2"]);
  });

  it("with a settle time: what was completed stays losable until it has settled", () => {
    const bench = new CardOnBench(exact("mlc", { settleUs: 10_000 }));
    bench.write(4, 1);
    bench.steps(3);
    bench.write(4, 2);
    bench.steps(3);
    expect(bench.answers).toHaveLength(2);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1 | 4=2"]);
    bench.write(4, 3);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=1 | 4=2 | 4=3/2 | 4=error | 4=3/1 | 4=3/0"]);
    bench.steps(2);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 4=2 | 4=3"]);
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });
});

describe("crash space with an unordered cache", () => {
  it("any version of each sector, and a torn one only while it is received", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(9, 1);
    bench.write(4, 2);
    bench.write(9, 3);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["9: kept | 9=1/0 | 9=error"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["9: kept | 9=1"]);
    bench.steps(5);
    expect(bench.outcomes()).toEqual(["4: kept | 4=2", "9: kept | 9=1 | 9=3/1 | 9=error | 9=3/0"]);
    bench.drain();
    expect(bench.outcomes()).toEqual(["4: kept | 4=2", "9: kept | 9=1 | 9=3"]);
  });

  it("drops versions without effect and axes without choice", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(1, 7);
    bench.drain();
    bench.flush();
    bench.drain();
    bench.write(1, 7);
    bench.write(2, 8);
    bench.write(2, 8);
    bench.drain();
    expect(bench.outcomes()).toEqual(["2: kept | 2=8"]);
    bench.write(2, 9);
    bench.write(2, 8);
    bench.drain();
    expect(bench.outcomes()).toEqual(["2: kept | 2=8 | 2=9"]);
  });

  it("a flush covers only what was complete when it was submitted", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(1, 1);
    bench.drain();
    bench.write(2, 2);
    bench.steps(2);
    bench.flush();
    bench.drain();
    expect(bench.outcomes()).toEqual(["2: kept | 2=2"]);
    expect(bench.card.media.get(1)).toBe(bench.content(1));
    bench.flush();
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });

  it("what is flushed stays losable for the settle time after the answer", () => {
    const bench = new CardOnBench(exact("slow-settle"));
    bench.write(1, 1);
    bench.drain();
    const flush = bench.flush();
    while (bench.answers.at(-1)!.token !== flush) bench.steps(1);
    expect(bench.outcomes()).toEqual(["1: kept | 1=1"]);
    expect(bench.clock.nextUs() - bench.clock.nowUs).toBe(5000);
    bench.write(3, 3);
    bench.steps(3);
    expect(bench.outcomes()).toEqual(["1: kept | 1=1", "3: kept | 3=3"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["3: kept | 3=3"]);
  });

  it("a flush that begins before a version settled does not settle it sooner or later", () => {
    const bench = new CardOnBench(exact("slow-settle"));
    bench.write(1, 1);
    bench.drain();
    const first = bench.flush();
    bench.flush();
    while (bench.answers.at(-1)!.token !== first) bench.steps(1);
    const settledAtUs = bench.clock.nowUs + 5000;
    while (bench.outcomes().length > 0) bench.steps(1);
    expect(bench.clock.nowUs).toBe(settledAtUs);
  });
});

describe("crash space with an ordered cache", () => {
  it("is one axis of prefixes, the sector in flight torn on top of all of them", () => {
    const bench = new CardOnBench(exact("ordered-cache"));
    bench.write(9, 1);
    bench.write(4, 2);
    bench.write(9, 3);
    bench.steps(7);
    expect(bench.outcomes()).toEqual(["4: kept | 9=1 | 4=2+9=1 | 4=2+9=3/1 | 4=2+9=error"]);
    bench.steps(1);
    expect(bench.outcomes()).toEqual(["4: kept | 9=1 | 4=2+9=1 | 4=2+9=3"]);
    bench.drain();
    bench.flush();
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });

  it("drops a prefix that has the effect of an earlier one", () => {
    const bench = new CardOnBench(exact("ordered-cache"));
    bench.write(1, 5);
    bench.drain();
    bench.flush();
    bench.drain();
    for (const stamp of [5, 6, 5, 6, 7]) bench.write(1, stamp);
    bench.drain();
    expect(bench.outcomes()).toEqual(["1: kept | 1=6 | 1=7"]);
  });
});

describe("crash version", () => {
  it.each(["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle"])(
    "changes with every change of the crash space or the media (%s)",
    (name) => {
      const bench = new CardOnBench(exact(name));
      bench.write(3, 1, 2);
      bench.write(3, 3);
      bench.flush();
      let before = { version: -1, state: "" };
      let changes = 0;
      do {
        const state = JSON.stringify([bench.outcomes(), bench.card.media.hashLow]);
        if (state !== before.state) {
          expect(bench.card.crashVersion).not.toBe(before.version);
          changes++;
        }
        before = { version: bench.card.crashVersion, state };
        expect(bench.card.crashSpace()).toBe(bench.card.crashSpace());
      } while (bench.clock.step());
      expect(changes).toBeGreaterThan(3);
    },
  );
});
