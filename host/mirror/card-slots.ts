import { MEMBERS } from "../../assembly/layout.js";
import type { SdCard } from "../sdcard-emulator/card.js";
import type { CardBench } from "./card-bench.js";
import type { MirrorCard } from "./mirror-card.js";
import type { Slot } from "./mirror-options.js";
import { WORD_MAX } from "./option-limits.js";

/** The driver sees time pass by whole ticks; a settle time must have passed whole. */
const SETTLE_MARGIN_MS = 1;

/** The two slots of a mirror, and what is in them. */
export class CardSlots {
  private readonly inside: [MirrorCard | null, MirrorCard | null] = [null, null];
  private nonce = 0;

  /** @param connect gives commands to whatever is in a slot from now on */
  constructor(
    private readonly bench: CardBench,
    private readonly connect: (slot: Slot, chip: SdCard | null) => void,
  ) {
    for (let slot = 0; slot < MEMBERS; slot++) connect(slot as Slot, null);
  }

  get cards(): readonly [MirrorCard | null, MirrorCard | null] {
    return this.inside;
  }

  /** Sectors of the smaller card. @throws Error when there is none */
  get sectors(): number {
    const sectors = this.present().map((card) => card.sectors);
    if (sectors.length === 0) throw new Error("both slots are empty: insert() a card first");
    return Math.min(...sectors);
  }

  /** Settle time of the slower card, ms. */
  get settleMs(): number {
    return Math.max(0, ...this.present().map(settleMsOf));
  }

  /** Identities of the cards; zeros for an empty slot. */
  get ids(): readonly [readonly [number, number], readonly [number, number]] {
    const [a, b] = this.inside;
    return [a?.id ?? [0, 0], b?.id ?? [0, 0]];
  }

  /**
   * Puts a card into an empty slot and gives it power.
   * @throws Error, and nothing happens, when a card is there already, or when this one cannot be told from the other
   */
  insert(slot: Slot, card: MirrorCard): void {
    if (this.inside[slot] !== null)
      throw new Error(`slot ${slot} has a card already: pull(${slot}) it first`);
    const other = this.inside[1 - slot] ?? null;
    if (other !== null && other !== card && other.id[0] === card.id[0] && other.id[1] === card.id[1]) {
      throw new Error(
        `the card for slot ${slot} has the id of the card in slot ${1 - slot}: give each another seed, or an id`,
      );
    }
    const chip = card.plugIn(this.bench);
    this.inside[slot] = card;
    this.connect(slot, chip);
  }

  /** Takes a card out, in whatever state the cut of its power leaves it. @throws Error for an empty slot */
  pull(slot: Slot): MirrorCard {
    const card = this.inside[slot];
    if (card === null) throw new Error(`slot ${slot} is empty: there is nothing to pull`);
    card.unplug();
    this.inside[slot] = null;
    this.connect(slot, null);
    return card;
  }

  /** @param needed sectors in front of the data @throws Error when the driver could not even look for superblocks */
  checkMetadata(needed: number): void {
    if (this.sectors > needed) return;
    throw new Error(
      `a card has ${this.sectors} sectors, but the metadata alone takes ${needed}: pull() it, or make the mirror with another baseSector or metadataStride`,
    );
  }

  /** A controller starts. Cards without power get it back; those with power finish the command under way. */
  start(): void {
    for (const card of this.present()) {
      if (card.hasPower) card.resetController();
      else card.powerUp();
    }
  }

  cutPower(): void {
    for (const card of this.present()) card.cutPower();
  }

  /** One card loses its power. */
  cutPowerOf(slot: Slot): void {
    this.inside[slot]?.cutPower();
  }

  /** The controller is gone: cards that have power finish the command under way. */
  resetController(): void {
    for (const card of this.present()) if (card.hasPower) card.resetController();
  }

  /** A boot nonce above all that these cards have seen, in this mirror or another one. */
  nextNonce(): number {
    const seen = this.present().map((card) => card.bootsSeen);
    this.nonce = (Math.max(this.nonce, ...seen) + 1) % WORD_MAX;
    for (const card of this.present()) card.bootsSeen = this.nonce;
    return this.nonce;
  }

  private present(): MirrorCard[] {
    return this.inside.filter((card) => card !== null);
  }
}

/**
 * @param needed   sectors that a running array takes
 * @param settleMs settle time that its driver was told
 * @throws Error for a card that it cannot use
 */
export function checkFits(card: MirrorCard, needed: number, settleMs: number): void {
  if (card.sectors < needed) {
    throw new Error(
      `the card has ${card.sectors} sectors, but the array takes ${needed}: insert a larger one`,
    );
  }
  if (settleMsOf(card) > settleMs) {
    throw new Error(
      `the card settles for ${settleMsOf(card)} ms, but the array runs with settleMs ${settleMs}: stop(), insert() it, reassemble(), or make the mirror with a longer settleMs`,
    );
  }
}

/** Settle time of a card as the driver is told it, ms. */
function settleMsOf(card: MirrorCard): number {
  const { settleUs } = card.characteristics;
  return settleUs === 0 ? 0 : Math.ceil(settleUs / 1000) + SETTLE_MARGIN_MS;
}
