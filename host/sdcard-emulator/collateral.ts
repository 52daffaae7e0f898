/**
 * Collateral damage (F3): a program that a cut interrupts may destroy a sector that was durable before, in the same
 * erase block. One axis a card: at most one victim per card per cut, so at most one metadata sector. Of all
 * candidates a bounded sample is offered; over a campaign's cuts the sample wanders over all of them.
 *
 * That never both copies of one data sector go in one cut concerns both cards: `victimOf` and `spareLastCopy` are for
 * whoever combines their outcomes.
 */
import type { CardImage } from "./card-image.js";
import type { CrashAxis, CrashOption } from "./crash-space.js";
import type { DurableHistory } from "./durable-history.js";
import { avalanche } from "./open-addressing.js";
import { UNREADABLE, ZEROS } from "./sector-contents.js";

/** Victims of each kind among the options of one cut. */
export const VICTIMS_EACH = 2;
/** How far from the interrupted program victims are looked for, in sectors either way. */
export const VICTIM_REACH = 16;
const NO_VICTIM = -1;

/** What decides which sectors an interrupted program may destroy. */
export interface CollateralLimits {
  /** Seed of the sample. */
  readonly seed: number;
  /** Sectors below it are metadata. */
  readonly metadataEnd: number;
  /** Whether an interrupted program of one sector may destroy the other, which is durable. */
  readonly mayDestroy: (programmed: number, victim: number) => boolean;
}

/** Victims are looked for near what was being programmed, and among what became durable last. */
export class Collateral {
  constructor(private readonly limits: CollateralLimits) {}

  /**
   * The axis of the victims: none, or one of at most VICTIMS_EACH metadata and as many data sectors.
   * @param programmed what a cut now interrupts: a sector in flight, else sectors of the cache
   * @param taken      sectors that other axes change, and that are therefore no victims
   * @returns null when nothing can be destroyed
   */
  axis(
    media: CardImage,
    history: DurableHistory,
    programmed: readonly number[],
    taken: ReadonlySet<number>,
  ): CrashAxis | null {
    const victims = this.victims(media, history, programmed, taken);
    if (victims.length === 0) return null;
    const options: CrashOption[] = [{ sectors: [], contents: [] }];
    for (const victim of victims)
      options.push({ sectors: [victim], contents: [UNREADABLE], destroys: victim });
    return { sector: victims[0]!, options };
  }

  private victims(
    media: CardImage,
    history: DurableHistory,
    programmed: readonly number[],
    taken: ReadonlySet<number>,
  ): number[] {
    const { seed, metadataEnd, mayDestroy } = this.limits;
    const found = new Set<number>();
    for (const source of programmed) {
      const consider = (sector: number): void => {
        if (sector < 0 || sector >= media.sectors || taken.has(sector)) return;
        const content = media.get(sector);
        if (content !== ZEROS && content !== UNREADABLE && mayDestroy(source, sector)) found.add(sector);
      };
      for (let far = 1; far <= VICTIM_REACH; far++) {
        consider(source - far);
        consider(source + far);
      }
      for (let i = 0; i < history.length; i++) consider(history.sectorAt(i));
    }
    const salt = avalanche(seed) ^ Math.imul(history.changes, 0x9e3779b1);
    const lot = (sector: number): number => avalanche(Math.imul(sector + 1, 0x85ebca6b) ^ salt);
    const drawn = [...found].toSorted((a, b) => lot(a) - lot(b));
    const metadata = drawn.filter((sector) => sector < metadataEnd).slice(0, VICTIMS_EACH);
    const data = drawn.filter((sector) => sector >= metadataEnd).slice(0, VICTIMS_EACH);
    return [...metadata, ...data].toSorted((a, b) => a - b);
  }
}

/** The sector that a crash outcome destroys beside what was in flight; -1 for none. */
export function victimOf(space: readonly CrashAxis[], choice: readonly number[]): number {
  for (let i = 0; i < space.length; i++) {
    const { destroys } = space[i]!.options[choice[i]!]!;
    if (destroys !== undefined) return destroys;
  }
  return NO_VICTIM;
}

/**
 * Keeps a crash outcome of one card within the fault model, given the media of the other card as the same cut leaves
 * or left them: takes back what would lose the second copy of a data sector to collateral damage on either card.
 * @param otherVictim what the cut destroyed on the other card: victimOf its outcome; -1 for none
 * @returns the same choice, or a milder one
 */
export function spareLastCopy(
  space: readonly CrashAxis[],
  choice: readonly number[],
  metadataEnd: number,
  otherMedia: CardImage,
  otherVictim: number,
): number[] {
  return choice.map((chosen, i) => {
    const { sectors, contents, destroys } = space[i]!.options[chosen]!;
    const loses = sectors.some((sector, k) => {
      if (sector < metadataEnd || contents[k] !== UNREADABLE) return false;
      return sector === otherVictim || (destroys === sector && otherMedia.get(sector) === UNREADABLE);
    });
    return loses ? 0 : chosen;
  });
}
