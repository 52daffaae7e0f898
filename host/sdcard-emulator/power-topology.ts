/**
 * How power goes: what a failure takes with it, as data, and its application to two cards. The owner gives the
 * controller and chooses the crash outcomes; that no outcome loses both copies of a data sector to collateral damage
 * is seen to here.
 */
import type { SdCard } from "./card.js";
import type { CardImage } from "./card-image.js";
import type { CrashAxis } from "./crash-space.js";
import { spareLastCopy, victimOf } from "./collateral.js";
import type { ClockHandler, VirtualClock } from "./virtual-clock.js";

/** Shared rail: both cards and the controller at once. */
export const POWER_SHARED = 0;
/** The controller resets, the cards keep their power and finish. */
export const POWER_RESET = 1;
/** Shared rail with skew: one card loses its power some time after the other. */
export const POWER_SKEW = 2;
/** One card loses its power while everything else goes on. */
export const POWER_ONE = 3;

/** What a topology does, in order; a wait lies between first and second. */
export interface PowerTopology {
  readonly name: "shared" | "reset" | "skew" | "one";
  readonly controllerDies: boolean;
  readonly firstLosesPower: boolean;
  readonly secondLosesPower: boolean;
  readonly waits: boolean;
}

/** The four topologies, by number. */
export const POWER_TOPOLOGIES: readonly PowerTopology[] = [
  { name: "shared", controllerDies: true, firstLosesPower: true, secondLosesPower: true, waits: false },
  { name: "reset", controllerDies: true, firstLosesPower: false, secondLosesPower: false, waits: false },
  { name: "skew", controllerDies: true, firstLosesPower: true, secondLosesPower: true, waits: true },
  { name: "one", controllerDies: false, firstLosesPower: true, secondLosesPower: false, waits: false },
];

/** One failure. */
export interface PowerFailureOptions {
  /** POWER_... */
  readonly topology: number;
  /** The card that loses its power first, or alone. Default 0. */
  readonly first?: 0 | 1;
  /** How long after it the other card loses its power, µs; of POWER_SKEW alone. Default 0: at the next event. */
  readonly skewUs?: number;
  /** Instead of a time: after so many calls of `stepped`, which its owner makes after each event of the clock. */
  readonly skewEvents?: number;
  /** Whether the controller lives until the other card loses its power too, or dies with the first. Default dies. */
  readonly controllerLivesOn?: boolean;
}

/** What a failure needs of a card: both faces have it. */
export interface PoweredCard {
  readonly media: CardImage;
  readonly metadataEnd: number;
  crashSpace(): readonly CrashAxis[];
  cutPower(choice: readonly number[]): void;
  /** The controller is gone: the card finishes what it has taken. */
  controllerReset(): void;
}

/** What a failure acts on. */
export interface PowerFailureParts<Card extends PoweredCard = SdCard> {
  readonly clock: VirtualClock;
  readonly cards: readonly [Card, Card];
  /** The controller dies: it must give no more commands and take no answers. Not called for POWER_ONE. */
  readonly haltController: () => void;
  /** A crash outcome for a card that loses its power now: an option for each axis of its crash space. */
  readonly chooseOutcome: (card: Card, member: number) => readonly number[];
}

const SECOND_CARD = 0;

/** A power failure under way; `over` once everything that it takes is gone. */
export class PowerFailure<Card extends PoweredCard = SdCard> implements ClockHandler {
  over = false;
  private readonly topology: PowerTopology;
  private readonly first: 0 | 1;
  private firstVictim = -1;
  private eventsLeft = 0;

  /** @throws Error for a topology that there is not, or a wait by events and by time at once */
  constructor(
    private readonly parts: PowerFailureParts<Card>,
    private readonly options: PowerFailureOptions,
  ) {
    const topology = POWER_TOPOLOGIES[options.topology];
    if (topology === undefined) throw new Error(`there is no power topology ${options.topology}`);
    if (options.skewUs !== undefined && options.skewEvents !== undefined) {
      throw new Error("a skew is a time or a number of events, not both");
    }
    this.topology = topology;
    this.first = options.first ?? 0;
  }

  /** The failure begins now; without skew it is over at once. */
  begin(): void {
    const { topology, options, parts, first } = this;
    const { controllerLivesOn = false, skewUs = 0, skewEvents = 0 } = options;
    const controllerDiesNow = topology.controllerDies && !(topology.waits && controllerLivesOn);
    if (controllerDiesNow) parts.haltController();
    if (topology.firstLosesPower) this.firstVictim = this.cut(first, -1);
    else parts.cards[first].controllerReset();
    if (!topology.waits) {
      this.endSecond();
      return;
    }
    // Without a controller it finishes what it has under way, as after a reset, until its own power goes.
    if (controllerDiesNow) parts.cards[1 - first]!.controllerReset();
    if (skewEvents > 0) this.eventsLeft = skewEvents;
    else parts.clock.schedule(skewUs, this, SECOND_CARD);
  }

  /** An event of the clock has happened; only a skew by events needs to be told. */
  stepped(): void {
    if (this.eventsLeft > 0 && --this.eventsLeft === 0) this.endSkew();
  }

  /** The clock's call; nobody else's. */
  onTime(): void {
    this.endSkew();
  }

  private endSkew(): void {
    if (this.options.controllerLivesOn === true) this.parts.haltController();
    this.endSecond();
  }

  private endSecond(): void {
    const { topology, parts, first } = this;
    if (topology.secondLosesPower) this.cut(1 - first, this.firstVictim);
    else if (topology.controllerDies) parts.cards[1 - first]!.controllerReset();
    this.over = true;
  }

  /** @returns the sector that the cut destroyed beside what was in flight, or -1 */
  private cut(member: number, otherVictim: number): number {
    const { cards, chooseOutcome } = this.parts;
    const card = cards[member]!;
    const chosen = chooseOutcome(card, member);
    const space = card.crashSpace();
    if (chosen.length !== space.length) {
      throw new Error(`a choice for ${chosen.length} axes does not fit a crash space of ${space.length}`);
    }
    const choice = spareLastCopy(space, chosen, card.metadataEnd, cards[1 - member]!.media, otherVictim);
    card.cutPower(choice);
    return victimOf(space, choice);
  }
}
