/** What is known of one command: the shape of a line of the command table. */
import type { CardGeneration } from "./card-identity.js";
import type { CardParts } from "./card-parts.js";

/** What a card is doing when a command comes in: one bit each, so that a rule can allow several. */
export const IN_IDLE = 0x01;
/** Initialised and at rest. */
export const IN_READY = 0x02;
/** Blocks of a read go out. */
export const IN_READ = 0x04;
/** A token of a write is awaited, busy or not. */
export const IN_WRITE = 0x08;
/** Busy at the end of a write, an erase or the like. */
export const IN_BUSY = 0x10;

/** Formats of responses (SD Physical Layer Simplified Specification, 7.3.2). R1b is R1 and then busy. */
export type ResponseFormat = "R1" | "R1b" | "R2" | "R3" | "R7";

/**
 * What the argument is, and so what it may be:
 * - any: stuff bits, or looked at by the handler alone
 * - read, write, erase, group: an address; see argument-rules.ts
 * - block-length: CMD16's
 */
export type ArgumentKind = "any" | "read" | "write" | "erase" | "group" | "block-length";

/** What follows the response: how many bytes a block has, and who sends it. */
export interface DataPhase {
  /** either: bit 0 of the argument says which, 1 for a read (CMD56). */
  readonly direction: "none" | "read" | "write" | "either";
  /** Bytes of a block; "block-length": CMD16's, "sector": CMD16's on SDSC cards, else 512. */
  readonly bytes: number | "block-length" | "sector";
  /** Whether block follows block until the host stops it. */
  readonly multiple: boolean;
}

export const NO_DATA: DataPhase = { direction: "none", bytes: 0, multiple: false };

/** One block that the card sends. */
export function reads(bytes: DataPhase["bytes"], multiple = false): DataPhase {
  return { direction: "read", bytes, multiple };
}

/** One block that the host sends. */
export function writes(bytes: DataPhase["bytes"], multiple = false): DataPhase {
  return { direction: "write", bytes, multiple };
}

/** Carries a command out that is legal and whose argument is well. @returns further bits of R1 */
export type CommandHandler = (parts: CardParts, argument: number) => number;

export interface CommandRule {
  readonly index: number;
  /** Whether it is an application command, which CMD55 has to announce. */
  readonly application: boolean;
  /** The specification's abbreviation. */
  readonly name: string;
  readonly response: ResponseFormat;
  /** The class that a card must have: CLASS_... */
  readonly commandClass: number;
  /** IN_... bits. */
  readonly legalIn: number;
  /** A locked card refuses all but some (4.3.7). */
  readonly whenLocked: boolean;
  /** Generations that do not know it though they have its class. */
  readonly unknownTo: readonly CardGeneration[];
  /** Whether it leaves an erase sequence alone (4.3.5). */
  readonly keepsErase: boolean;
  readonly argument: ArgumentKind;
  readonly data: DataPhase;
  readonly run: CommandHandler;
}

type Optional = "application" | "whenLocked" | "unknownTo" | "keepsErase" | "argument" | "legalIn" | "data";

/** A line of the table, without what most lines have alike. */
export function rule(given: Omit<CommandRule, Optional> & Partial<CommandRule>): CommandRule {
  return {
    application: false,
    whenLocked: false,
    unknownTo: [],
    keepsErase: false,
    argument: "any",
    data: NO_DATA,
    legalIn: IN_READY,
    ...given,
  };
}
