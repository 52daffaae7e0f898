/**
 * A board with two cards through any number of power cuts: the chip is a new one after each, the cards stay. Topologies are
 * those of the fault model (SPEC.md section 6).
 */
import { spareLastCopy, victimOf } from "../sdcard-emulator/collateral.js";
import { POWER_ONE, POWER_RESET, POWER_SKEW, POWER_TOPOLOGIES } from "../sdcard-emulator/power-topology.js";
import type { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import { Board, type BoardCard } from "./board.js";
import type { ChipTime } from "./chip-time.js";
import type { FirmwareImage } from "./firmware-image.js";

export interface PoweredBoardOptions {
  readonly firmware: FirmwareImage;
  /** What both cards look at. */
  readonly time: ChipTime;
  readonly cards: readonly [SpiCard, SpiCard];
  /** How each is wired; `device` may be something that watches the card. */
  readonly wiring: readonly [BoardCard, BoardCard];
  readonly strict?: boolean;
  /** Sectors below it are metadata: of them a cut may destroy both copies as collateral damage. Default 0. */
  readonly metadataEnd?: number;
}

export interface PowerCut {
  /** POWER_SHARED, POWER_RESET, POWER_SKEW or POWER_ONE. */
  readonly topology: number;
  /** The card that loses its power first, or alone. Default 0. */
  readonly first?: 0 | 1;
  /** POWER_SKEW: how long after it the other card does, µs; the chip has none from the first on. Default 0. */
  readonly skewUs?: number;
  /** A crash outcome of a card that loses its power now: for each axis of its crash space the index of an option. */
  readonly chooseOutcome: (card: SpiCard, member: number) => readonly number[];
}

const NS_PER_US = 1000;

export class PoweredBoard {
  /** The board that is on; null after a cut, until powerOn. */
  board: Board | null = null;
  private readonly off = [false, false];
  private boots = 0;

  constructor(private readonly options: PoweredBoardOptions) {}

  /** Power comes: cards without it get it, and another chip boots. @throws Error if a board is on */
  powerOn(): Board {
    if (this.board !== null) throw new Error("the board has power already: cut comes first");
    const { firmware, time, wiring, strict = true } = this.options;
    for (const member of [0, 1]) this.powerCard(member);
    this.board = new Board({ firmware, time, cards: wiring, strict, seed: ++this.boots });
    return this.board;
  }

  /**
   * The power goes now. Only POWER_ONE leaves the board on; its card gets power again by `powerCard`, or powerOn.
   * @throws Error for a topology that there is not, or without power
   */
  cut({ topology, first = 0, skewUs = 0, chooseOutcome }: PowerCut): void {
    const kind = POWER_TOPOLOGIES[topology];
    if (kind === undefined) throw new Error(`there is no power topology ${topology}`);
    if (this.board === null) throw new Error("the board has no power: powerOn comes first");
    if (kind.controllerDies) {
      this.board.powerOff();
      this.board = null;
    }
    if (topology === POWER_RESET) return;
    const victim = this.cutCard(first, -1, chooseOutcome);
    if (topology === POWER_ONE) return;
    // The other card goes on with what it has accepted until its own power goes.
    if (topology === POWER_SKEW) this.options.time.pass(skewUs * NS_PER_US);
    this.cutCard(1 - first, victim, chooseOutcome);
  }

  /** A card that lost its power gets it again; nothing happens to one that has it. */
  powerCard(member: number): void {
    if (this.off[member] === false) return;
    this.options.cards[member]!.powerUp();
    this.off[member] = false;
  }

  /** @returns the sector that was destroyed beside what was in flight, or -1 */
  private cutCard(member: number, otherVictim: number, choose: PowerCut["chooseOutcome"]): number {
    if (this.off[member]!) return -1;
    const { cards, metadataEnd = 0 } = this.options;
    const card = cards[member]!;
    const space = card.crashSpace();
    const chosen = choose(card, member);
    if (chosen.length !== space.length) {
      throw new Error(`a choice for ${chosen.length} axes does not fit a crash space of ${space.length}`);
    }
    const choice = spareLastCopy(space, chosen, metadataEnd, cards[1 - member]!.media, otherVictim);
    card.cutPower(choice);
    this.off[member] = true;
    return victimOf(space, choice);
  }
}
