/**
 * Interned pieces: equal runs of 256 bytes get the same small integer, in order of first sight. The bytes
 * are kept once, in blocks that never move, under a hash table with open addressing.
 */
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { EMPTY, avalanche, grown, insert } from "./open-addressing.js";

/** Pieces of a sector: the grain at which a transfer samples the live buffer and a sector tears. */
export const PIECES_PER_SECTOR = 2;
export const PIECE_BYTES = SECTOR_BYTES / PIECES_PER_SECTOR;
/** Piece id of 256 zero bytes. */
export const ZERO_PIECE = 0;

const PIECE_WORDS = PIECE_BYTES / 4;
/** Pieces in one block of storage: storage grows by whole blocks, so views into it stay valid. */
const BLOCK_PIECES = 1024;
/** 512 MiB of bytes. */
const PIECES_MAX = 1 << 21;

/** All distinct pieces of a run. A new table holds ZERO_PIECE. */
export class PieceTable {
  private readonly blocks: Uint32Array[] = [];
  private readonly views: Uint8Array[] = [];
  private hashes = new Int32Array(BLOCK_PIECES);
  private table = new Int32Array(4 * BLOCK_PIECES).fill(EMPTY);
  private readonly scratch = new Uint32Array(PIECE_WORDS);
  private readonly scratchBytes = new Uint8Array(this.scratch.buffer);
  /** Word view of the caller's memory used last: making a view for each call costs more than the hash. */
  private callerWords = this.scratch;

  constructor() {
    this.intern(this.scratchBytes, 0);
  }

  /** Number of distinct pieces; every piece id is below it. */
  get length(): number {
    return this.views.length;
  }

  /**
   * Piece id of the 256 bytes at `offset`.
   * @throws Error when fewer than 256 bytes are there, or when the table is full
   */
  intern(bytes: Uint8Array, offset: number): number {
    if (!(offset >= 0 && offset + PIECE_BYTES <= bytes.length)) {
      throw new Error(
        `a piece of ${PIECE_BYTES} bytes at ${offset} ends outside a buffer of ${bytes.length}`,
      );
    }
    const at = bytes.byteOffset + offset;
    if ((at & 3) === 0) return this.internWords(this.wordsOver(bytes.buffer), at >>> 2);
    for (let i = 0; i < PIECE_BYTES; i++) this.scratchBytes[i] = bytes[offset + i]!;
    return this.internWords(this.scratch, 0);
  }

  /** Whether the 256 bytes at `offset` are this piece; interns nothing. @throws Error when fewer bytes are there */
  matches(piece: number, bytes: Uint8Array, offset: number): boolean {
    this.check(piece);
    if (!(offset >= 0 && offset + PIECE_BYTES <= bytes.length)) {
      throw new Error(`a piece at byte ${offset} ends outside a buffer of ${bytes.length} bytes`);
    }
    const at = bytes.byteOffset + offset;
    if ((at & 3) === 0) return this.equals(piece, this.wordsOver(bytes.buffer), at >>> 2);
    for (let i = 0; i < PIECE_BYTES; i++) this.scratchBytes[i] = bytes[offset + i]!;
    return this.equals(piece, this.scratch, 0);
  }

  /** Piece id of 64 little-endian words that are all `n`, an unsigned 32-bit value. */
  internRepeated(n: number): number {
    for (let i = 0; i < PIECE_BYTES; i++) this.scratchBytes[i] = n >>> (8 * (i & 3));
    return this.internWords(this.scratch, 0);
  }

  /** The bytes of a piece: a view into the table, which the caller must not write to. */
  bytesOf(piece: number): Uint8Array {
    this.check(piece);
    return this.views[piece]!;
  }

  /** @throws Error for a piece id that was never given out */
  check(piece: number): void {
    if (!(piece >= 0 && piece < this.views.length)) {
      throw new Error(`piece ${piece} does not exist: piece ids come from internPiece and stamp`);
    }
  }

  private wordsOver(buffer: ArrayBufferLike): Uint32Array<ArrayBuffer> {
    if (this.callerWords.buffer !== buffer) {
      this.callerWords = new Uint32Array(buffer as ArrayBuffer, 0, buffer.byteLength >>> 2);
    }
    return this.callerWords;
  }

  private internWords(words: Uint32Array, start: number): number {
    const hash = hashWords(words, start);
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const piece = this.table[slot]!;
      if (piece === EMPTY) return this.add(words, start, hash, slot);
      if (this.hashes[piece] === hash && this.equals(piece, words, start)) return piece;
      slot = (slot + 1) & mask;
    }
  }

  private equals(piece: number, words: Uint32Array, start: number): boolean {
    const block = this.blocks[Math.floor(piece / BLOCK_PIECES)]!;
    const base = (piece % BLOCK_PIECES) * PIECE_WORDS;
    // Four words a round: this is the innermost loop of a campaign.
    for (let a = base, b = start, end = base + PIECE_WORDS; a < end; a += 4, b += 4) {
      if (
        block[a] !== words[b] ||
        block[a + 1] !== words[b + 1] ||
        block[a + 2] !== words[b + 2] ||
        block[a + 3] !== words[b + 3]
      ) {
        return false;
      }
    }
    return true;
  }

  private add(words: Uint32Array, start: number, hash: number, slot: number): number {
    const piece = this.views.length;
    if (piece === PIECES_MAX) {
      throw new Error(`${PIECES_MAX} distinct pieces are the limit of one SectorContents: use a fresh one`);
    }
    if (piece % BLOCK_PIECES === 0) this.blocks.push(new Uint32Array(BLOCK_PIECES * PIECE_WORDS));
    const block = this.blocks[this.blocks.length - 1]!;
    const base = (piece % BLOCK_PIECES) * PIECE_WORDS;
    for (let i = 0; i < PIECE_WORDS; i++) block[base + i] = words[start + i]!;
    this.views.push(new Uint8Array(block.buffer, 4 * base, PIECE_BYTES));
    if (piece === this.hashes.length) this.hashes = grown(this.hashes);
    this.hashes[piece] = hash;
    this.table[slot] = piece;
    if (2 * piece >= this.table.length) this.rehash();
    return piece;
  }

  private rehash(): void {
    this.table = new Int32Array(2 * this.table.length).fill(EMPTY);
    for (let piece = 0; piece < this.views.length; piece++) insert(this.table, this.hashes[piece]!, piece);
  }
}

function hashWords(words: Uint32Array, start: number): number {
  let hash = 0;
  for (let i = 0; i < PIECE_WORDS; i++) {
    hash = Math.imul(hash ^ words[start + i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return avalanche(hash);
}
