import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";

/** Outcomes of one cut that are tried one by one; above it they are covered. */
export const PRODUCT_MAX = 4096;

/** Tries one combined outcome: the options chosen are in the choices given to `visit`. */
export interface OutcomeVisitor {
  /** Chooses an option of an axis of a member. */
  choose(member: number, axis: number, option: number): void;
  /** Takes back the last choice. */
  unchoose(): void;
  /** All axes are chosen. Returns false to stop. */
  visit(): boolean;
}

interface MemberAxis {
  readonly member: number;
  readonly index: number;
  readonly options: number;
  readonly sector: number;
}

/** The outcomes of one cut, for both cards independently. */
export interface OutcomeCount {
  /** The whole product. */
  readonly possible: number;
  readonly visited: number;
  /** Pairs of options of one data sector (one of each card): all, and those visited. */
  readonly optionPairs: number;
  readonly optionPairsVisited: number;
}

/**
 * Visits the outcomes of a cut of both cards: the full product up to `productMax`, above it a covering set: every
 * combination of the metadata options of both cards, each with every pair of both cards' options for each data
 * sector. Pairs of different sectors share a visit, shifted against each other, so that the sectors don't move in step.
 */
export function visitOutcomes(
  axesA: readonly CrashAxis[],
  axesB: readonly CrashAxis[],
  dataStart: number,
  visitor: OutcomeVisitor,
  productMax = PRODUCT_MAX,
): OutcomeCount {
  const axes = [...memberAxes(0, axesA), ...memberAxes(1, axesB)];
  const possible = axes.reduce((product, axis) => product * axis.options, 1);
  const metadata = axes.filter((axis) => axis.sector < dataStart);
  const sectors = dataSectors(axes.filter((axis) => axis.sector >= dataStart));
  const optionPairs = sectors.reduce((sum, pair) => sum + pair.a * pair.b, 0);
  if (possible <= productMax) {
    const visited = visitProduct(axes, 0, visitor, () => (visitor.visit() ? 1 : -1));
    return { possible, visited: Math.abs(visited), optionPairs, optionPairsVisited: optionPairs };
  }
  const visited = visitProduct(metadata, 0, visitor, () => visitPairs(sectors, visitor));
  return { possible, visited: Math.abs(visited), optionPairs, optionPairsVisited: optionPairs };
}

function memberAxes(member: number, axes: readonly CrashAxis[]): MemberAxis[] {
  return axes.map((axis, index) => ({ member, index, options: axis.options.length, sector: axis.sector }));
}

/** Visits every combination; a negative count means that the visitor stopped. */
function visitProduct(
  axes: readonly MemberAxis[],
  at: number,
  visitor: OutcomeVisitor,
  leaf: () => number,
): number {
  if (at === axes.length) return leaf();
  const axis = axes[at]!;
  let visited = 0;
  for (let option = 0; option < axis.options; option++) {
    visitor.choose(axis.member, axis.index, option);
    const below = visitProduct(axes, at + 1, visitor, leaf);
    visitor.unchoose();
    visited += Math.abs(below);
    if (below < 0) return -visited;
  }
  return visited;
}

/** A data sector's axes on the two cards; a card whose sector is settled has one option. */
interface SectorPair {
  readonly sector: number;
  axisA: number;
  axisB: number;
  a: number;
  b: number;
}

function dataSectors(axes: readonly MemberAxis[]): SectorPair[] {
  const bySector = new Map<number, SectorPair>();
  for (const axis of axes) {
    let pair = bySector.get(axis.sector);
    if (pair === undefined) {
      pair = { sector: axis.sector, axisA: -1, axisB: -1, a: 1, b: 1 };
      bySector.set(axis.sector, pair);
    }
    if (axis.member === 0) {
      pair.axisA = axis.index;
      pair.a = axis.options;
    } else {
      pair.axisB = axis.index;
      pair.b = axis.options;
    }
  }
  return [...bySector.values()];
}

/**
 * Round k gives each sector its pair number k + shift: as many rounds as the sector with most pairs has. Done with
 * two shifts, so that neighbouring sectors meet both in like and in unlike states.
 */
function visitPairs(sectors: readonly SectorPair[], visitor: OutcomeVisitor): number {
  const rounds = sectors.reduce((most, pair) => Math.max(most, pair.a * pair.b), 1);
  let visited = 0;
  for (const stagger of [0, 1]) {
    for (let round = 0; round < rounds; round++) {
      let chosen = 0;
      for (let i = 0; i < sectors.length; i++) {
        const { a, b, axisA, axisB } = sectors[i]!;
        const number = (round + i * stagger) % (a * b);
        if (axisA >= 0) {
          visitor.choose(0, axisA, number % a);
          chosen++;
        }
        if (axisB >= 0) {
          visitor.choose(1, axisB, Math.floor(number / a));
          chosen++;
        }
      }
      const goOn = visitor.visit();
      for (; chosen > 0; chosen--) visitor.unchoose();
      visited++;
      if (!goOn) return -visited;
    }
  }
  return visited;
}
