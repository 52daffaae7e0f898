import { describe, expect, it } from "vitest";
import { END_POWER, END_RESET } from "../../host/campaign/world/scenario.js";
import {
  POWER_ONE,
  POWER_RESET,
  POWER_SHARED,
  POWER_SKEW,
  POWER_TOPOLOGIES,
  PowerFailure,
  type PowerFailureOptions,
} from "../../host/sdcard-emulator/power-topology.js";
import { UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";
import type { SdCard, SdCardOptions } from "../../host/sdcard-emulator/card.js";
import { CardOnBench, exact } from "./card-on-bench.js";

/** Two cards on one clock, each with a sector in its cache and a write of two sectors under way. */
class TwoCards {
  readonly a: CardOnBench;
  readonly b: CardOnBench;
  readonly log: string[] = [];

  constructor(profile = "tlc-cached", options: Partial<SdCardOptions> = {}) {
    this.a = new CardOnBench(exact(profile), 1, undefined, undefined, options);
    this.b = new CardOnBench(exact(profile), 2, this.a.clock, this.a.contents, options);
    for (const card of [this.a, this.b]) card.write(1, 1);
    this.a.drain();
    for (const card of [this.a, this.b]) {
      card.write(4, 2, 3);
      card.write(8, 4);
    }
    this.a.steps(6);
  }

  failure(
    options: PowerFailureOptions,
    choose: (card: SdCard) => number[] = (card) => card.crashSpace().map(() => 0),
  ): PowerFailure {
    return new PowerFailure(
      {
        clock: this.a.clock,
        cards: [this.a.card, this.b.card],
        haltController: () => this.log.push(`halt ${this.a.clock.nowUs}`),
        chooseOutcome: (card, member) => {
          this.log.push(`cut ${member} ${this.a.clock.nowUs}`);
          return choose(card);
        },
      },
      options,
    );
  }
}

/** The outcome that loses sector 1 to collateral damage, and nothing else. */
function destroySectorOne(card: SdCard): number[] {
  return card.crashSpace().map(({ options }) =>
    Math.max(
      0,
      options.findIndex(({ destroys }) => destroys === 1),
    ),
  );
}

describe("a power failure", () => {
  it("has the numbers that scenarios have", () => {
    expect([END_POWER, END_RESET]).toEqual([POWER_SHARED, POWER_RESET]);
    expect(POWER_TOPOLOGIES.map(({ name }) => name)).toEqual(["shared", "reset", "skew", "one"]);
  });

  it("shared: takes both cards and the controller at once", () => {
    const cards = new TwoCards();
    const now = cards.a.clock.nowUs;
    const failure = cards.failure({ topology: POWER_SHARED });
    failure.begin();
    expect(cards.log).toEqual([`halt ${now}`, `cut 0 ${now}`, `cut 1 ${now}`]);
    expect([failure.over, cards.a.clock.pending]).toEqual([true, 0]);
  });

  it("reset: leaves the cards their power to finish", () => {
    const cards = new TwoCards();
    cards.failure({ topology: POWER_RESET }).begin();
    expect(cards.log).toEqual([expect.stringContaining("halt")]);
    cards.a.drain();
    for (const card of [cards.a, cards.b]) {
      expect(card.answers).toHaveLength(2);
      expect(card.card.view(4)).toBe(card.content(2));
      expect(card.card.view(8)).not.toBe(card.content(4));
    }
  });

  it("one: takes one card, and the other and the controller go on", () => {
    const cards = new TwoCards();
    const failure = cards.failure({ topology: POWER_ONE, first: 1 });
    failure.begin();
    expect(cards.log).toEqual([`cut 1 ${cards.a.clock.nowUs}`]);
    expect(failure.over).toBe(true);
    cards.a.drain();
    expect([cards.a.answers.length, cards.b.answers.length]).toEqual([3, 1]);
    expect(cards.a.card.view(8)).toBe(cards.a.content(4));
  });

  it("skew, controller dead: the other card finishes what it has under way until its power goes too", () => {
    const cards = new TwoCards();
    const start = cards.a.clock.nowUs;
    const failure = cards.failure({ topology: POWER_SKEW, skewUs: 5000 });
    failure.begin();
    expect(failure.over).toBe(false);
    cards.a.drain();
    expect(cards.log).toEqual([`halt ${start}`, `cut 0 ${start}`, `cut 1 ${start + 5000}`]);
    expect(failure.over).toBe(true);
    expect([cards.a.answers.length, cards.b.answers.length]).toEqual([1, 2]);
  });

  it("skew, controller alive: the other card takes its commands until then", () => {
    const cards = new TwoCards();
    const start = cards.a.clock.nowUs;
    const failure = cards.failure({
      topology: POWER_SKEW,
      first: 1,
      skewUs: 5000,
      controllerLivesOn: true,
    });
    failure.begin();
    cards.a.write(9, 9);
    cards.a.drain();
    expect(cards.log).toEqual([`cut 1 ${start}`, `halt ${start + 5000}`, `cut 0 ${start + 5000}`]);
    expect([cards.a.answers.length, cards.b.answers.length]).toEqual([4, 1]);
  });

  it("skew by events: after as many steps as said", () => {
    const cards = new TwoCards();
    const failure = cards.failure({ topology: POWER_SKEW, skewEvents: 3, controllerLivesOn: true });
    failure.begin();
    const over = [1, 2, 3, 4].map(() => {
      if (!failure.over) cards.a.clock.step();
      failure.stepped();
      return failure.over;
    });
    expect(over).toEqual([false, false, true, true]);
    expect(cards.log.map((line) => line.split(" ")[0])).toEqual(["cut", "halt", "cut"]);
    expect(cards.a.clock.pending).toBe(0);
  });

  it.each([POWER_SHARED, POWER_SKEW])(
    "never destroys both copies of a data sector (topology %i)",
    (topology) => {
      for (const [metadataEnd, lost] of [
        [0, [true, false]],
        [2, [true, true]],
      ] as const) {
        const cards = new TwoCards("collateral", { metadataEnd, mayDestroy: (_, victim) => victim === 1 });
        cards.failure({ topology, skewUs: 1 }, destroySectorOne).begin();
        cards.a.drain();
        expect([cards.a, cards.b].map(({ card }) => card.media.get(1) === UNREADABLE)).toEqual(lost);
      }
    },
  );

  it("refuses what it cannot do", () => {
    const cards = new TwoCards();
    expect(() => cards.failure({ topology: 4 })).toThrow(/no power topology 4/);
    expect(() => cards.failure({ topology: POWER_SKEW, skewUs: 1, skewEvents: 1 })).toThrow(/not both/);
    expect(() => cards.failure({ topology: POWER_SHARED }, () => []).begin()).toThrow(/does not fit/);
  });
});
