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
export const ACTION_KINDS = 6;
/** Value of `amount`. */
export const EVEN_IF_NEEDED = 1;

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

/** How a boot ends, unless it is the last one. */
export interface BootEnd {
  readonly topology: number;
  /** Since the boot began, us. */
  readonly atUs: number;
  /** Picks the crash outcome: for each axis in turn, option (pick shifted) modulo options. */
  readonly pick: number;
}

export interface Boot {
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
