import { MEMBERS, MEMBER_IN_SYNC, MEMBER_REBUILDING } from "../../../assembly/layout.js";
import { expectedAssembly, WINNER_BOTH, WINNER_NONE } from "../oracle/assembly-expectation.js";
import type { SectorHistory } from "../oracle/sector-history.js";
import type { SuperblockRecord } from "../oracle/superblock-record.js";
import { partnerOf } from "./card-identity.js";
import { CARDS } from "./scenario.js";

/**
 * Which cards hold what the history says, whatever the driver thinks: those that were in sync when the last answer
 * was given. A card that is left behind keeps the history that it had, in case it is the one that goes on.
 */
export class MemberTruth {
  /** By number of the card. */
  private readonly trusted: boolean[] = Array.from({ length: CARDS }, (_, card) => card < MEMBERS);
  private readonly pasts: (SectorHistory | undefined)[] = [];
  private readonly states: number[] = [];
  /** The card by which each slot came to its state: another may lie there before the driver notices. */
  private readonly cards: number[] = [];
  /** Cards that have gone different ways: a person may have to choose from now on. */
  private parted = false;
  /** A spare card has taken a member's place. */
  private replaced = false;

  constructor(private readonly history: SectorHistory) {}

  isTrusted(card: number): boolean {
    return this.trusted[card] === true;
  }

  /** Whether an assembly of these cards may ask for a person: one that was replaced knows nothing of that. */
  mayRefuse(slots: readonly [number, number]): boolean {
    return this.parted || this.replaced || slots.some((card) => card >= MEMBERS);
  }

  /** A boot begins with these cards. Without any that holds everything, a stale one may go its own way. */
  booted(cards: readonly number[]): void {
    this.states.length = 0;
    if (!cards.some((card) => this.trusted[card])) this.parted = true;
  }

  /**
   * An assembly ended well: the cards in sync are the truth from now on. If none of them was, it is another history
   * that goes on.
   */
  assembled(slots: readonly [number, number], states: readonly number[]): void {
    const inSync = slots.filter((_, slot) => states[slot] === MEMBER_IN_SYNC);
    const known = inSync.filter((card) => this.trusted[card]);
    if (inSync.length === 0) return;
    if (known.length === 0) {
      const past = this.pasts[inSync[0]!];
      this.parted = true;
      this.keepPasts();
      if (past !== undefined) this.history.adopt(past);
    } else {
      for (const [card, isTrusted] of this.trusted.entries()) {
        if (isTrusted && !inSync.includes(card)) this.pasts[card] = this.history.fork();
      }
    }
    this.trusted.fill(false);
    for (const card of known.length === 0 ? inSync.slice(0, 1) : inSync) this.trusted[card] = true;
    for (let slot = 0; slot < MEMBERS; slot++) {
      this.states[slot] = states[slot]!;
      this.cards[slot] = slots[slot]!;
    }
  }

  /** After each event of an assembled array. @returns whether anything changed */
  look(slots: readonly [number, number], stateOf: (slot: number) => number): boolean {
    let changed = false;
    for (let slot = 0; slot < MEMBERS; slot++) {
      const state = stateOf(slot);
      const before = this.states[slot];
      if (state === before) continue;
      changed = true;
      this.states[slot] = state;
      const card = slots[slot]!;
      if (state === MEMBER_IN_SYNC) {
        // A rebuild is over: the source and this card, and no third one.
        this.arePartners(slots);
      } else if (before === MEMBER_IN_SYNC || before === MEMBER_REBUILDING) {
        // One of a rebuild that is lost at its end may say durably that it is in sync, before the driver knows.
        this.pasts[this.cards[slot]!] = this.history.leaveBehind();
      }
      this.cards[slot] = card;
    }
    return changed;
  }

  /** The power was lost: what the cards durably say decides who holds everything, for before nobody was answered. */
  powerLost(slots: readonly [number, number], superblocks: readonly (SuperblockRecord | null)[]): void {
    const [a = null, b = null] = superblocks;
    const { winner } = expectedAssembly(a, b, false);
    if (winner === WINNER_BOTH) this.arePartners(slots);
    else if (winner !== WINNER_NONE) this.goesOnAlone(slots[winner]!);
    for (const [slot, superblock] of superblocks.entries()) {
      const partner = partnerOf(superblock);
      if (partner !== undefined) this.hasPartner(slots[slot]!, partner);
    }
  }

  /** A card leaves its slot. If it durably says that it is alone, what was answered since is on no other card. */
  left(card: number, superblock: SuperblockRecord | null): void {
    if (expectedAssembly(superblock, null, false).winner === 0) this.goesOnAlone(card);
  }

  /** All other cards are stale, those that lie on the shelf too. */
  private goesOnAlone(card: number): void {
    if (!this.isTrusted(card)) return;
    this.trusted.fill(false);
    this.trusted[card] = true;
  }

  /** Any third card is stale, and a person may have to be asked about it. */
  private hasPartner(card: number, partner: number): void {
    if (!this.isTrusted(card)) return;
    this.replaced ||= card >= MEMBERS || partner >= MEMBERS;
    this.arePartners([card, partner]);
  }

  private arePartners(cards: readonly [number, number]): void {
    if (!cards.some((card) => this.isTrusted(card))) return;
    this.trusted.fill(false);
    for (const card of cards) this.trusted[card] = true;
  }

  private keepPasts(): void {
    for (const [card, isTrusted] of this.trusted.entries()) {
      if (isTrusted) this.pasts[card] = this.history.fork();
    }
  }
}
