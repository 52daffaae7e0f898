/**
 * Interned sector contents. A sector is two pieces of 256 bytes; equal bytes always get the same small
 * integer, in order of first sight, so comparing, storing and hashing a sector costs one integer and
 * the ids of a replayed run are the same again.
 */
import { SectorFingerprints, type FingerprintKind } from "./fingerprint.js";
import { EMPTY, avalanche, grown, insert } from "./open-addressing.js";
import { PIECE_BYTES, PieceTable, ZERO_PIECE } from "./piece-table.js";

export { PIECES_PER_SECTOR, PIECE_BYTES, ZERO_PIECE } from "./piece-table.js";

/** Content id of a sector that reads as an error. It has no pieces. */
export const UNREADABLE = 0;
/** Content id of the all-zero sector. */
export const ZEROS = 1;

const CONTENTS_FIRST = 1024;
const CONTENTS_MAX = 1 << 23;

/** The table of all pieces and sectors seen in a run; both cards and every buffer of the run share one. */
export class SectorContents {
  private readonly pieceTable = new PieceTable();
  private firstPieces = new Int32Array(CONTENTS_FIRST);
  private secondPieces = new Int32Array(CONTENTS_FIRST);
  private table = new Int32Array(4 * CONTENTS_FIRST).fill(EMPTY);
  private count = 1; // UNREADABLE takes id 0 and is not in the table
  private readonly stamps = new Map<number, number>();
  private readonly sums = new Map<FingerprintKind, SectorFingerprints>();

  constructor() {
    this.sectorOf(ZERO_PIECE, ZERO_PIECE);
  }

  /** Number of distinct pieces; every piece id is below it. */
  get pieces(): number {
    return this.pieceTable.length;
  }

  /** Number of content ids, UNREADABLE included; every content id is below it. */
  get contents(): number {
    return this.count;
  }

  /**
   * Piece id of the 256 bytes at `offset`.
   * @throws Error when fewer than 256 bytes are there, or when the table is full
   */
  internPiece(bytes: Uint8Array, offset: number): number {
    return this.pieceTable.intern(bytes, offset);
  }

  /**
   * Content id of the sector made of these two pieces.
   * @throws Error for a piece id that was never given out, or when the table is full
   */
  sectorOf(firstPiece: number, secondPiece: number): number {
    this.pieceTable.check(firstPiece);
    this.pieceTable.check(secondPiece);
    const mask = this.table.length - 1;
    let slot = hashPair(firstPiece, secondPiece) & mask;
    for (;;) {
      const content = this.table[slot]!;
      if (content === EMPTY) return this.add(firstPiece, secondPiece, slot);
      if (this.firstPieces[content] === firstPiece && this.secondPieces[content] === secondPiece)
        return content;
      slot = (slot + 1) & mask;
    }
  }

  /** Content id of the 512 bytes at `offset`. Errors as internPiece. */
  internSector(bytes: Uint8Array, offset: number): number {
    const first = this.internPiece(bytes, offset);
    return this.sectorOf(first, this.internPiece(bytes, offset + PIECE_BYTES));
  }

  /**
   * Piece id of piece 0 or 1 of a content.
   * @throws Error for UNREADABLE, for an unknown content and for any other piece number
   */
  pieceOf(content: number, piece: number): number {
    if (content === UNREADABLE)
      throw new Error("an unreadable sector has no bytes: test for UNREADABLE first");
    if (!(content > UNREADABLE && content < this.count)) {
      throw new Error(`content ${content} does not exist: content ids come from sectorOf and internSector`);
    }
    if (piece === 0) return this.firstPieces[content]!;
    if (piece === 1) return this.secondPieces[content]!;
    throw new Error(`a sector has pieces 0 and 1, not ${piece}`);
  }

  /** The 256 bytes of a piece: a view into the table, which the caller must not write to. */
  bytesOfPiece(piece: number): Uint8Array {
    return this.pieceTable.bytesOf(piece);
  }

  /** Copies the 256 bytes of a piece to `target` at `offset`. */
  copyPiece(piece: number, target: Uint8Array, offset: number): void {
    target.set(this.bytesOfPiece(piece), offset);
  }

  /** Copies 512 bytes; throws on UNREADABLE, which has none. */
  copySector(content: number, target: Uint8Array, offset: number): void {
    this.copyPiece(this.pieceOf(content, 0), target, offset);
    this.copyPiece(this.pieceOf(content, 1), target, offset + PIECE_BYTES);
  }

  /** Whether the 512 bytes at `offset` are this content; UNREADABLE equals no bytes. Interns nothing. */
  equals(content: number, bytes: Uint8Array, offset: number): boolean {
    if (content === UNREADABLE) return false;
    const pieces = this.pieceTable;
    return (
      pieces.matches(this.pieceOf(content, 0), bytes, offset) &&
      pieces.matches(this.pieceOf(content, 1), bytes, offset + PIECE_BYTES)
    );
  }

  /**
   * Piece id of synthetic data: 64 little-endian words that are all `n`.
   * @param n 1 to 2^32 - 1 (0 would be the zero piece, which stands for "never written")
   */
  stamp(n: number): number {
    const known = this.stamps.get(n);
    if (known !== undefined) return known;
    if (!Number.isInteger(n) || n < 1 || n > 0xffffffff) {
      throw new Error(`a stamp is an integer from 1 to 2^32 - 1, not ${n}`);
    }
    const piece = this.pieceTable.internRepeated(n);
    this.stamps.set(n, piece);
    return piece;
  }

  /** The checksums of all contents: one table a kind, whoever asks. */
  fingerprints(kind: Exclude<FingerprintKind, "none">): SectorFingerprints {
    let sums = this.sums.get(kind);
    if (sums === undefined) this.sums.set(kind, (sums = new SectorFingerprints(this, kind)));
    return sums;
  }

  private add(firstPiece: number, secondPiece: number, slot: number): number {
    const content = this.count;
    if (content === CONTENTS_MAX) {
      throw new Error(
        `${CONTENTS_MAX} distinct sectors are the limit of one SectorContents: use a fresh one`,
      );
    }
    if (content === this.firstPieces.length) {
      this.firstPieces = grown(this.firstPieces);
      this.secondPieces = grown(this.secondPieces);
    }
    this.count = content + 1;
    this.firstPieces[content] = firstPiece;
    this.secondPieces[content] = secondPiece;
    this.table[slot] = content;
    if (2 * content >= this.table.length) this.rehash();
    return content;
  }

  private rehash(): void {
    this.table = new Int32Array(2 * this.table.length).fill(EMPTY);
    for (let content = ZEROS; content < this.count; content++) {
      insert(this.table, hashPair(this.firstPieces[content]!, this.secondPieces[content]!), content);
    }
  }
}

function hashPair(firstPiece: number, secondPiece: number): number {
  return avalanche(Math.imul(firstPiece, 0x9e3779b1) + secondPiece);
}
