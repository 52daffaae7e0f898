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
  /** Whether its options change more than one sector between them: the prefixes of an ordered cache. */
  readonly wide: boolean;
}

/** The outcomes of one cut, for both cards independently. */
export interface OutcomeCount {
  /** The whole product. */
  readonly possible: number;
  readonly visited: number;
  /** Whether every outcome was visited. */
  readonly exhaustive: boolean;
  /**
   * Pairs of options, one of each card: of each data sector, with every pair of prefixes if a card is ordered. All, and
   * those visited with every combination of the metadata (0 when the visitor stopped).
   */
  readonly optionPairs: number;
  readonly optionPairsVisited: number;
}

/**
 * Visits the outcomes of a cut of both cards: the full product up to `productMax`, above it a covering set: every
 * combination of the metadata options of both cards, each with every pair of both cards' options for each data
 * sector. Pairs of different sectors share a visit, shifted against each other, so that the sectors don't move in step.
 * The single axis of an ordered card spans metadata and data, so it is combined like metadata; of more than
 * `productMax` pairs of prefixes of two such cards, as many are visited as fit, every prefix at least once.
 * @throws Error for a card with two axes of several sectors: an ordered card has one axis
 */
export function visitOutcomes(
  axesA: readonly CrashAxis[],
  axesB: readonly CrashAxis[],
  dataStart: number,
  visitor: OutcomeVisitor,
  productMax = PRODUCT_MAX,
): OutcomeCount {
  const axes = [...memberAxes(0, axesA), ...memberAxes(1, axesB)];
  const possible = productOf(axes);
  const metadata = axes.filter((axis) => !axis.wide && axis.sector < dataStart);
  const sectors = dataSectors(axes.filter((axis) => !axis.wide && axis.sector >= dataStart));
  const prefixes = prefixPair(axes.filter((axis) => axis.wide));
  const allPrefixes = prefixes.a * prefixes.b;
  const pairsEach = sectors.reduce((sum, pair) => sum + pair.a * pair.b, 0);
  const optionPairs = sectors.length === 0 && allPrefixes > 1 ? allPrefixes : pairsEach * allPrefixes;
  if (possible <= productMax) {
    const visited = visitProduct(axes, 0, visitor, () => (visitor.visit() ? 1 : -1));
    const exhaustive = Math.abs(visited) === possible;
    return {
      possible,
      visited: Math.abs(visited),
      exhaustive,
      optionPairs,
      optionPairsVisited: exhaustive ? optionPairs : 0,
    };
  }
  const rounds = Math.max(prefixes.a, prefixes.b);
  const shiftsMax = Math.max(1, Math.floor(productMax / productOf(metadata) / rounds));
  const shifts = Math.min(prefixes.a, prefixes.b, shiftsMax);
  const visited = visitProduct(metadata, 0, visitor, () => visitPrefixes(prefixes, shifts, sectors, visitor));
  return {
    possible,
    visited: Math.abs(visited),
    // Rounds over several sectors repeat some combinations, so only without them does the count prove it.
    exhaustive: sectors.length < 2 && Math.abs(visited) === possible,
    optionPairs,
    optionPairsVisited: visited < 0 ? 0 : (optionPairs / allPrefixes) * rounds * shifts,
  };
}

function memberAxes(member: number, axes: readonly CrashAxis[]): MemberAxis[] {
  return axes.map(({ options, sector }, index) => {
    const wide = options.some((option) => option.sectors.some((changed) => changed !== sector));
    return { member, index, options: options.length, sector, wide };
  });
}

function productOf(axes: readonly MemberAxis[]): number {
  return axes.reduce((product, axis) => product * axis.options, 1);
}

/** The axes of ordered cards; a card that is not ordered has one option. */
function prefixPair(wide: readonly MemberAxis[]): SectorPair {
  const pair: SectorPair = { axisA: -1, axisB: -1, a: 1, b: 1 };
  for (const axis of wide) {
    if ((axis.member === 0 ? pair.axisA : pair.axisB) >= 0) {
      throw new Error(
        `card ${axis.member} has two crash axes of several sectors; an ordered card has one axis`,
      );
    }
    setAxis(pair, axis);
  }
  return pair;
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

/** An axis of each card that are paired, as those of one data sector; a card whose sector is settled has one option. */
interface SectorPair {
  axisA: number;
  axisB: number;
  a: number;
  b: number;
}

function setAxis(pair: SectorPair, axis: MemberAxis): void {
  if (axis.member === 0) {
    pair.axisA = axis.index;
    pair.a = axis.options;
  } else {
    pair.axisB = axis.index;
    pair.b = axis.options;
  }
}

function dataSectors(axes: readonly MemberAxis[]): SectorPair[] {
  const bySector = new Map<number, SectorPair>();
  for (const axis of axes) {
    let pair = bySector.get(axis.sector);
    if (pair === undefined) bySector.set(axis.sector, (pair = { axisA: -1, axisB: -1, a: 1, b: 1 }));
    setAxis(pair, axis);
  }
  return [...bySector.values()];
}

/** Chooses an option of each card's axis. @returns how many choices that took */
function choosePair(pair: SectorPair, optionA: number, optionB: number, visitor: OutcomeVisitor): number {
  if (pair.axisA >= 0) visitor.choose(0, pair.axisA, optionA);
  if (pair.axisB >= 0) visitor.choose(1, pair.axisB, optionB);
  return (pair.axisA >= 0 ? 1 : 0) + (pair.axisB >= 0 ? 1 : 0);
}

/**
 * Each shift visits every option of both axes, one card ahead of the other by that much; as many shifts as the
 * shorter axis has options visit every pair once. Fewer are spread evenly, beginning with the cards in step.
 */
function visitPrefixes(
  prefixes: SectorPair,
  shifts: number,
  sectors: readonly SectorPair[],
  visitor: OutcomeVisitor,
): number {
  const { a, b } = prefixes;
  const rounds = Math.max(a, b);
  const spread = Math.min(a, b) / shifts;
  let visited = 0;
  for (let i = 0; i < shifts; i++) {
    const shift = Math.floor(i * spread);
    for (let round = 0; round < rounds; round++) {
      // The longer axis counts on, the shorter one is shifted against it.
      const optionA = a >= b ? round : (round + shift) % a;
      const optionB = a >= b ? (round + shift) % b : round;
      const chosen = choosePair(prefixes, optionA, optionB, visitor);
      const below = visitPairs(sectors, visitor);
      for (let k = 0; k < chosen; k++) visitor.unchoose();
      visited += Math.abs(below);
      if (below < 0) return -visited;
    }
  }
  return visited;
}

/**
 * Round k gives each sector its pair number k + shift: as many rounds as the sector with most pairs has. Done with
 * two shifts where there are several sectors, so that neighbours meet both in like and in unlike states.
 */
function visitPairs(sectors: readonly SectorPair[], visitor: OutcomeVisitor): number {
  const rounds = sectors.reduce((most, pair) => Math.max(most, pair.a * pair.b), 1);
  const staggers = sectors.length < 2 ? 1 : 2;
  let visited = 0;
  for (let stagger = 0; stagger < staggers; stagger++) {
    for (let round = 0; round < rounds; round++) {
      let chosen = 0;
      for (let i = 0; i < sectors.length; i++) {
        const pair = sectors[i]!;
        const number = (round + i * stagger) % (pair.a * pair.b);
        chosen += choosePair(pair, number % pair.a, Math.floor(number / pair.a), visitor);
      }
      const goOn = visitor.visit();
      for (; chosen > 0; chosen--) visitor.unchoose();
      visited++;
      if (!goOn) return -visited;
    }
  }
  return visited;
}
