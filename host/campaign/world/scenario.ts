import type { CardClass } from "./card-class.js";
import type { PolicyChoice } from "./policy-choice.js";

/** A thread stores into a piece of a page: `amount` is the delay of the dirty flag, us. */
export const ACTION_STORE = 0;
/** A page is forgotten: evicted if it is settled, or with EVEN_IF_NEEDED whatever it holds (a hole of the mail). */
export const ACTION_FORGET = 1;
/** An application syncs: `amount` is the kind (SYNC_...). */
export const ACTION_SYNC = 2;
/** A page is read. */
export const ACTION_READ = 3;
/** A direct write of `amount` sectors begins at data sector `page`. */
export const ACTION_DIRECT = 4;
/**
 * A thread stores into the direct writer's buffer: sector offset `sector`, piece `piece`; between writes, or with
 * EVEN_IF_NEEDED also during one (a hole: nobody writes that buffer again).
 */
export const ACTION_DIRECT_STORE = 5;
/** A member command for the card in slot `page`: `amount` is MEMBER_... */
export const ACTION_MEMBER = 6;
/** Something happens to the card in slot `page`: `amount` is HAPPENS_..., `sector` what it says there. */
export const ACTION_CARD = 7;
/** `amount` data sectors from `page` on are discarded. */
export const ACTION_DISCARD = 8;
/** A write of `amount` sectors from data sector `page` on that is answered once it is durable, from a buffer of its own. */
export const ACTION_FUA = 9;
/** The scrub is told `amount` (SCRUB_...), from region `page` on. */
export const ACTION_SCRUB = 10;
/** A thread stores a whole page, which need not be loaded for that. */
export const ACTION_OVERWRITE = 11;
export const ACTION_KINDS = 12;
/** Value of `amount`. */
export const EVEN_IF_NEEDED = 1;

/** The card dies and never answers again. */
export const HAPPENS_SILENT = 0;
/** The card dies and fails every command. */
export const HAPPENS_FAILS = 1;
/** The card initialises itself anew, its cache is lost, and the host tells the driver so. */
export const HAPPENS_REINITIALISES = 2;
/** Data sector `sector` becomes unreadable, unless it is the only good copy. */
export const HAPPENS_SPOILS = 3;
/** The card is pulled out. */
export const HAPPENS_PULLED = 4;
/** Card number `sector` is put in, in place of what is in the slot; CARD_NONE: the one that was there last. */
export const HAPPENS_INSERTED = 5;
export const HAPPENINGS = 6;

/** One thing that the world above the mirror does. Its value, where it stores one, is its own serial number. */
export interface Action {
  /** Since the assembly of its boot ended, us. */
  readonly atUs: number;
  readonly kind: number;
  readonly page: number;
  readonly sector: number;
  readonly piece: number;
  readonly amount: number;
}

/** Both cards lose power. */
export const END_POWER = 0;
/** The controller resets, the cards keep power and finish. */
export const END_RESET = 1;

/** The array is stopped in good order, then both cards lose power. */
export const END_STOP = 2;
/** Both cards lose power, one (pick modulo 2) some time (pick / 2 modulo SKEW_US_MAX) after the other and the controller. */
export const END_SKEW = 3;
/** The controller resets, and one card (pick modulo 2) loses its power. */
export const END_ONE = 4;
export const ENDS = 5;
/** Skew of a shared rail at most, us. */
export const SKEW_US_MAX = 4096;

/** The two cards that the array is made on, and what else lies on the table. */
export const CARD_SPARE = 2;
export const CARD_FOREIGN = 3;
/** In place of a card: nothing. */
export const CARD_NONE = 4;
export const CARDS = 4;

/** How a boot ends, unless it is the last one. */
export interface BootEnd {
  readonly topology: number;
  /** Since the boot began, us. */
  readonly atUs: number;
  /** Picks the crash outcome: for each axis in turn, option (pick shifted) modulo options. */
  readonly pick: number;
}

export interface Boot {
  /** Number of the card in each slot (0, 1, CARD_...) from this boot on; default: as they were. */
  readonly slots?: readonly [number, number];
  /** A person's choice between two histories, as OPTION_CHOOSE; default none. */
  readonly choose?: number;
  readonly actions: readonly Action[];
  readonly end: BootEnd;
}

/** A small array to search exhaustively. */
export interface ScenarioGeometry {
  readonly cardSectors: number;
  readonly regionShift: number;
  readonly metadataStride: number;
  readonly sectorsPerPage: number;
}

/** What decides a world below the threads: cards, driver and page cache. */
export interface WorldSettings {
  readonly policy: PolicyChoice;
  /** Profile of each card. */
  readonly profiles: readonly [string, string];
  /** What both cards are made of instead, if names do not say it; no case id holds such a world. Default: by `profiles`. */
  readonly classes?: readonly [CardClass, CardClass];
  readonly geometry: ScenarioGeometry;
  /** Seed of the cards' timing. */
  readonly timing: number;
  /** BUG_... */
  readonly bug: number;
  readonly epochMs: number;
  readonly tickUs: number;
  readonly writeBackUs: number;
  readonly dirtyAgeUs: number;
  /** Kinds of sync that answer the driver's requests, in turn. */
  readonly syncKinds: readonly number[];
  /** How long the layer above takes to begin a sync that the driver asks for, us. */
  readonly syncDelayUs: number;
  /** Further options of the driver, OPTION_... and value, by ascending option; default none. */
  readonly options?: readonly (readonly [number, number])[];
  /** 1 for an array that was formatted empty over garbage; default 0: all written, zeros. */
  readonly empty?: number;
  /** 1 if what threads store into a place are bytes that no CRC16 tells from each other; default 0. */
  readonly collides?: number;
  /** Transient faults of both cards, of 1,000 commands: rejected, read error, timeout, endless busy, latent; default none. */
  readonly transients?: readonly number[];
}

/** Everything that decides a run: two runs of one scenario are the same, event for event. */
export interface Scenario extends WorldSettings {
  readonly boots: readonly Boot[];
}

/** Eight data sectors in four regions, metadata in four more: the smallest array in which everything can happen. */
export const TINY: ScenarioGeometry = {
  cardSectors: 12,
  regionShift: 1,
  metadataStride: 1,
  sectorsPerPage: 1,
};
