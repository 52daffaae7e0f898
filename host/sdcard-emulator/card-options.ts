/** How a card is made, and what it needs from whoever gives it commands. */
import type { CardImage } from "./card-image.js";
import type { CardPhysics } from "./card-physics.js";
import type { MediaObserver } from "./card-storage.js";
import type { CardCharacteristics } from "./characteristics.js";
import type { FingerprintKind } from "./fingerprint.js";
import type { SectorContents } from "./sector-contents.js";
import type { TransientFaults } from "./transient-faults.js";
import type { VirtualClock } from "./virtual-clock.js";

/** A live buffer: sampled while the transfer runs, never copied beforehand. */
export interface TransferBuffer {
  /** Piece id (SectorContents) that the buffer holds right now. Must not call the card. */
  samplePiece(sector: number, piece: number): number;
  /** A read delivers the content id of one sector. Must not call the card. */
  storeSector(sector: number, content: number): void;
}

/**
 * Answer to a command: its token, STATUS_OK, STATUS_READ_ERROR or STATUS_CARD_FAILED, and for a write the fingerprint
 * of the bytes that this card accepted, 32 bits unsigned (0: this card gives none). May call the card.
 */
export type CardCompletion = (token: number, status: number, fingerprint: number) => void;

/** How a card is made. */
export interface SdCardOptions {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** The card's durable contents; the card owns it from now on. */
  readonly media: CardImage;
  readonly characteristics: CardCharacteristics;
  /** Seed of the card's timing; only its low 32 bits count. */
  readonly seed: number;
  readonly onComplete: CardCompletion;
  readonly onMediaChange?: MediaObserver;
  /** What the completions of writes say of the bytes accepted; default none. Both cards of an array have the same. */
  readonly fingerprint?: FingerprintKind;
  /** Sectors below it are metadata: of those a cut destroys at most one (F3). Default 0: there are none. */
  readonly metadataEnd?: number;
  /**
   * Whether an interrupted program of one sector may destroy another, durable one (F3, and then only on cards that
   * do). Default: as the flash says, without one in the same erase block. An array scaled down below its erase blocks says here what it keeps apart.
   */
  readonly mayDestroy?: (programmed: number, victim: number) => boolean;
  /**
   * The flash behind the card: read, busy, flush times, wear, and what lies beside what. Default: none, and the times
   * are those of the characteristics. With it, of those only the command's and the pieces' count.
   */
  readonly physics?: CardPhysics;
  /** Faults that pass (F6); default none. */
  readonly transients?: TransientFaults;
}

/** What a dead card does with commands: never answers, or answers each STATUS_CARD_FAILED. */
export type DeadCard = "silent" | "failing";
