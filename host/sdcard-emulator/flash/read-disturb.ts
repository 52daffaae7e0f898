/**
 * Reading wears too: each page read lifts the charge of its neighbours a little, until a block's data must be moved.
 * A controller that does not move them, or has no block left, loses a sector now and then.
 */
import type { FlashState } from "../image/card-state.js";
import { Prng } from "../prng.js";
import { NONE } from "./open-units.js";
import type { TranslationLayer } from "./translation-layer.js";

const SALT = 0x64697374;
/** Draws until a written page is found in the block that suffers. */
const TRIES = 64;

export class ReadDisturb {
  private readonly prng: Prng;
  /** Sectors lost and not yet told. */
  private readonly lost: number[];

  constructor(
    private readonly layer: TranslationLayer,
    seed: number,
    from?: ReadDisturb,
  ) {
    this.prng = from?.prng.fork() ?? new Prng(seed ^ SALT);
    this.lost = from?.lost.slice() ?? [];
  }

  /** A logical page was read at this physical one. */
  read(page: number, at: number): void {
    const { layer } = this;
    const { pagesPerBlock, readDisturbReads, refreshes } = layer.geometry;
    const block = Math.floor(at / pagesPerBlock);
    if (layer.pool.countReads(block, 1) < readDisturbReads) return;
    layer.pool.forgetReads(block);
    const unit = Math.floor(page / pagesPerBlock);
    if (refreshes && !layer.worn) {
      // An open unit gets a fresh block when it is closed.
      if (layer.blockOf(unit) === block) layer.refresh(unit);
    } else this.lose(unit, block);
  }

  /** The next lost sector that was not told, or -1. */
  takeLost(): number {
    return this.lost.shift() ?? NONE;
  }

  save(): FlashState["disturb"] {
    return { generator: this.prng.position, lost: this.lost.slice() };
  }

  restore({ generator, lost }: FlashState["disturb"]): void {
    this.prng.moveTo(generator);
    this.lost.splice(0, this.lost.length, ...lost);
  }

  private lose(unit: number, block: number): void {
    const { pagesPerBlock, pageSectors } = this.layer.geometry;
    for (let i = 0; i < TRIES; i++) {
      const page = unit * pagesPerBlock + (this.prng.next() % pagesPerBlock);
      const at = this.layer.locate(page);
      if (at === NONE || Math.floor(at / pagesPerBlock) !== block) continue;
      this.lost.push(page * pageSectors + (this.prng.next() % pageSectors));
      return;
    }
  }
}
