/**
 * Which sectors of a card faults have made unreadable, and what lay there. The media show the damage, because
 * recoveries fork them and must find it without a second look; here is what the pristine media would hold.
 */
import type { CardImage } from "./card-image.js";

/** torn: in flight at a cut. collateral: destroyed beside it. latent: gone bad by itself. */
export type DamageCause = "torn" | "collateral" | "latent";

export interface Damage {
  readonly cause: DamageCause;
  /** Content id of what the sector held before. */
  readonly pristine: number;
}

/** The damage on one card. A write to a damaged sector heals it. */
export class FaultOverlay {
  private readonly damaged = new Map<number, Damage>();

  /** Number of damaged sectors. */
  get size(): number {
    return this.damaged.size;
  }

  /** Damaged sectors, ascending. */
  get sectors(): number[] {
    return [...this.damaged.keys()].toSorted((a, b) => a - b);
  }

  /** What happened to a sector; undefined if nothing did. */
  at(sector: number): Damage | undefined {
    return this.damaged.get(sector);
  }

  /** A sector that held `pristine` is unreadable from now on. */
  damage(sector: number, pristine: number, cause: DamageCause): void {
    this.damaged.set(sector, { cause, pristine });
  }

  /** The sector was written. */
  heal(sector: number): void {
    this.damaged.delete(sector);
  }

  /** An independent image of these media as they would be without the damage. */
  pristine(media: CardImage): CardImage {
    const image = media.fork();
    for (const [sector, { pristine }] of this.damaged) image.set(sector, pristine);
    return image;
  }
}
