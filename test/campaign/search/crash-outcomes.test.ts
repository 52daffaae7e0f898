/** Outcomes of a cut: all of them, or a covering set whose coverage is counted as it is. */
import { describe, expect, it } from "vitest";
import { visitOutcomes, type OutcomeCount } from "../../../host/campaign/search/crash-outcomes.js";
import type { CrashAxis } from "../../../host/sdcard-emulator/crash-space.js";

const DATA_START = 100;

/** An axis of one sector. */
function single(sector: number, options: number): CrashAxis {
  return {
    sector,
    options: Array.from({ length: options }, (_, i) =>
      i === 0 ? { sectors: [], contents: [] } : { sectors: [sector], contents: [i] },
    ),
  };
}

/** The axis of an ordered card: option k is the first k of the sectors. */
function ordered(...sectors: number[]): CrashAxis {
  const options = Array.from({ length: sectors.length + 1 }, (_, length) => ({
    sectors: sectors.slice(0, length),
    contents: sectors.slice(0, length).map(() => 1),
  }));
  return { sector: Math.min(...sectors), options };
}

/** Every visit as the option of each axis, "a,b|c"; stops after `stopAfter`. */
function visits(
  a: CrashAxis[],
  b: CrashAxis[],
  productMax?: number,
  stopAfter = Infinity,
): { count: OutcomeCount; seen: string[] } {
  const choices = [a.map(() => -1), b.map(() => -1)];
  const chosen: [number, number][] = [];
  const seen: string[] = [];
  const visitor = {
    choose(member: number, axis: number, option: number): void {
      expect(choices[member]![axis]).toBe(-1);
      choices[member]![axis] = option;
      chosen.push([member, axis]);
    },
    unchoose(): void {
      const [member, axis] = chosen.pop()!;
      choices[member]![axis] = -1;
    },
    visit(): boolean {
      expect(choices.flat()).not.toContain(-1);
      seen.push(choices.join("|"));
      return seen.length < stopAfter;
    },
  };
  const count = visitOutcomes(a, b, DATA_START, visitor, productMax);
  expect(chosen).toEqual([]);
  expect(count.visited).toBe(seen.length);
  return { count, seen };
}

const sequence = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe("the full product", () => {
  it("visits each combination once", () => {
    const { count, seen } = visits([single(3, 2), single(100, 3)], [single(100, 4), single(101, 2)]);
    expect(count).toEqual({
      possible: 48,
      visited: 48,
      exhaustive: true,
      optionPairs: 14,
      optionPairsVisited: 14,
    });
    expect(new Set(seen).size).toBe(48);
  });

  it("is the one outcome of two settled cards", () => {
    const { count } = visits([], []);
    expect(count).toMatchObject({ possible: 1, visited: 1, exhaustive: true, optionPairs: 0 });
  });

  it("is not exhaustive when the visitor stops", () => {
    const { count } = visits([single(3, 2)], [single(100, 3)], 4096, 4);
    expect(count).toMatchObject({ possible: 6, visited: 4, exhaustive: false, optionPairsVisited: 0 });
  });
});

describe("the covering set", () => {
  it("visits every metadata combination with every pair of each data sector", () => {
    const { count, seen } = visits(
      [single(3, 2), single(100, 3), single(102, 2)],
      [single(4, 3), single(100, 2), single(101, 4)],
      10,
    );
    const found = new Set(seen);
    const has = (pattern: RegExp): boolean => [...found].some((text) => pattern.test(text));
    for (const a of sequence(2)) {
      for (const b of sequence(3)) {
        for (const x of sequence(3)) {
          for (const y of sequence(2)) expect(has(new RegExp(`^${a},${x},.\\|${b},${y},.$`))).toBe(true);
        }
        for (const y of sequence(4)) expect(has(new RegExp(`^${a},.,.\\|${b},.,${y}$`))).toBe(true);
        for (const x of sequence(2)) expect(has(new RegExp(`^${a},.,${x}\\|${b},.,.$`))).toBe(true);
      }
    }
    // 2 x 3 of metadata, two shifts of 6 rounds.
    expect(count).toMatchObject({ possible: 288, visited: 72, exhaustive: false });
    expect([count.optionPairs, count.optionPairsVisited]).toEqual([12, 12]);
  });

  it("tries the pairs of a single sector once, which is everything", () => {
    const { count, seen } = visits([single(3, 2), single(100, 3)], [single(100, 3)], 10);
    expect(new Set(seen).size).toBe(18);
    expect(count).toMatchObject({ possible: 18, visited: 18, exhaustive: true });
  });

  it("does not call itself exhaustive for repeated visits", () => {
    const { count, seen } = visits([single(100, 2), single(101, 3)], [], 5);
    expect(new Set(seen).size).toBeLessThan(6);
    expect(count).toMatchObject({ possible: 6, visited: 6, exhaustive: false });
  });

  it("claims no pairs when the visitor stops", () => {
    const { count } = visits([single(100, 3)], [single(100, 3), single(101, 3)], 10, 5);
    expect(count).toMatchObject({ visited: 5, exhaustive: false, optionPairs: 12, optionPairsVisited: 0 });
  });
});

describe("ordered cards", () => {
  const prefixes = ordered(104, 3, 100, 3);

  it("every prefix meets all metadata and all data options of the other card", () => {
    const { count, seen } = visits([prefixes], [single(3, 2), single(100, 3), single(101, 4)], 50);
    for (const prefix of sequence(5)) {
      for (const m of sequence(2)) {
        for (const x of sequence(3))
          expect(seen.some((s) => s.startsWith(`${prefix}|${m},${x},`))).toBe(true);
        for (const y of sequence(4)) {
          expect(seen.some((s) => s.startsWith(`${prefix}|${m},`) && s.endsWith(`,${y}`))).toBe(true);
        }
      }
    }
    expect(count).toMatchObject({ possible: 120, optionPairs: 35, optionPairsVisited: 35 });
  });

  it("two of them: every pair of prefixes, if they fit", () => {
    const { count, seen } = visits([prefixes], [ordered(100, 101, 3)], 20);
    expect(new Set(seen).size).toBe(20);
    expect(count).toMatchObject({ exhaustive: true, optionPairs: 20, optionPairsVisited: 20 });
  });

  it.each([0, 1])(
    "two of them: every prefix, and as many different pairs as fit (longer card: %i)",
    (longer) => {
      const long = [ordered(...sequence(39).map((i) => 100 + i))];
      const short = [ordered(...sequence(29).map((i) => 100 + i))];
      const { count, seen } = longer === 0 ? visits(long, short, 400) : visits(short, long, 400);
      expect(new Set(seen).size).toBe(400);
      for (const card of [0, 1]) {
        const options = new Set(seen.map((text) => text.split("|")[card]));
        expect(options.size).toBe(card === longer ? 40 : 30);
      }
      expect(count).toEqual({
        possible: 1200,
        visited: 400,
        exhaustive: false,
        optionPairs: 1200,
        optionPairsVisited: 400,
      });
    },
  );

  it("have one axis each", () => {
    expect(() => visits([prefixes, ordered(100, 101)], [])).toThrow(/two crash axes/);
  });
});
