/**
 * The contents of a card: one content id a sector, in chunks that forks share until one of them writes,
 * and a running hash, so that two images can be told apart without reading them.
 */
import { ZEROS } from "./sector-contents.js";

const CHUNK_SECTORS = 256;
const CHUNK_SHIFT = 8;
const CHUNK_MASK = CHUNK_SECTORS - 1;
/** Sectors of the largest image, 64 GiB: the chunk table of an image of this size is still copied in about a millisecond. */
export const SECTORS_MAX = 1 << 27;
/** The chunk of every part never written; no image owns it, so nobody writes to it. */
const ZERO_CHUNK = new Int32Array(CHUNK_SECTORS).fill(ZEROS);

/**
 * What `content` at `sector` adds to CardImage.hashLow: a signed 32-bit value, 0 for ZEROS, so that a
 * blank image of any size has hash 0. The hash after a change is `hash - mix(old) + mix(new)`, `| 0`.
 */
export function mixLow(sector: number, content: number): number {
  if (content === ZEROS) return 0;
  let mixed = Math.imul(sector + 1, 0x9e3779b1) ^ Math.imul(content + 1, 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The same for CardImage.hashHigh: mixed in another order, so that both lanes rarely collide at once. */
export function mixHigh(sector: number, content: number): number {
  if (content === ZEROS) return 0;
  let mixed = Math.imul(content ^ 0x27d4eb2f, 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + Math.imul(sector ^ 0x5bd1e995, 0x297a2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x7feb352d);
  return mixed ^ (mixed >>> 15);
}

/** An array of content ids with cheap copies. A new image is all ZEROS. */
export class CardImage {
  /** Sum of mixLow over all sectors, modulo 2^32, signed. */
  hashLow = 0;
  /** Sum of mixHigh over all sectors, modulo 2^32, signed. */
  hashHigh = 0;
  private chunks: Int32Array[];
  /** 1 for each chunk that this image alone refers to and may write to. */
  private readonly owned: Uint8Array;

  /**
   * @param sectors size of the card in sectors of 512 bytes, 1 to 2^27
   * @throws Error for any other size
   */
  constructor(readonly sectors: number) {
    if (!Number.isInteger(sectors) || sectors < 1 || sectors > SECTORS_MAX) {
      throw new Error(`a card image has 1 to ${SECTORS_MAX} sectors, not ${sectors}`);
    }
    const chunks = Math.ceil(sectors / CHUNK_SECTORS);
    this.chunks = new Array<Int32Array>(chunks).fill(ZERO_CHUNK);
    this.owned = new Uint8Array(chunks);
  }

  /** An independent image with the same contents; chunks are copied when either of the two writes them. */
  fork(): CardImage {
    const copy = new CardImage(this.sectors);
    copy.chunks = this.chunks.slice();
    copy.hashLow = this.hashLow;
    copy.hashHigh = this.hashHigh;
    this.owned.fill(0);
    return copy;
  }

  /** Content id of a sector. @throws Error outside the card */
  get(sector: number): number {
    this.check(sector, 1);
    return this.chunks[sector >> CHUNK_SHIFT]![sector & CHUNK_MASK]!;
  }

  /** The first sector from `sector` on that is not ZEROS; -1 if none follows. Parts never written cost nothing. */
  nextWritten(sector: number): number {
    for (let at = sector; at < this.sectors;) {
      const chunk = this.chunks[at >> CHUNK_SHIFT]!;
      const end = Math.min(this.sectors, (at | CHUNK_MASK) + 1);
      if (chunk !== ZERO_CHUNK) {
        for (let i = at; i < end; i++) if (chunk[i & CHUNK_MASK] !== ZEROS) return i;
      }
      at = end;
    }
    return -1;
  }

  /** Every sector that is not ZEROS, ascending. */
  *written(): Generator<number> {
    for (let at = this.nextWritten(0); at >= 0; at = this.nextWritten(at + 1)) yield at;
  }

  /** How many chunks of 256 sectors two images keep as one: what a fork has not copied. */
  sharedChunks(other: CardImage): number {
    return this.chunks.filter((chunk, i) => chunk === other.chunks[i]).length;
  }

  /** Makes `content` the content of a sector. @throws Error outside the card */
  set(sector: number, content: number): void {
    this.check(sector, 1);
    const index = sector >> CHUNK_SHIFT;
    const old = this.chunks[index]![sector & CHUNK_MASK]!;
    if (old === content) return;
    if (this.owned[index] === 0) {
      this.chunks[index] = this.chunks[index]!.slice();
      this.owned[index] = 1;
    }
    this.chunks[index]![sector & CHUNK_MASK] = content;
    this.hashLow = (this.hashLow - mixLow(sector, old) + mixLow(sector, content)) | 0;
    this.hashHigh = (this.hashHigh - mixHigh(sector, old) + mixHigh(sector, content)) | 0;
  }

  /**
   * The sectors in which two images differ, ascending, at most `limit` of them.
   * @throws Error for images of different size
   */
  differences(other: CardImage, limit: number): number[] {
    this.checkSameSize(other);
    const found: number[] = [];
    for (let index = 0; index < this.chunks.length; index++) {
      const mine = this.chunks[index]!;
      const theirs = other.chunks[index]!;
      if (mine === theirs) continue;
      for (let i = 0; i < CHUNK_SECTORS; i++) {
        if (mine[i] === theirs[i]) continue;
        if (found.length >= limit) return found;
        found.push(index * CHUNK_SECTORS + i);
      }
    }
    return found;
  }

  /**
   * Whether `count` sectors from `sector` on are the same in both images.
   * @throws Error for images of different size or a range outside them
   */
  equalsRange(other: CardImage, sector: number, count: number): boolean {
    this.checkSameSize(other);
    this.check(sector, count);
    const end = sector + count;
    for (let at = sector; at < end;) {
      const chunkEnd = Math.min(end, (at | CHUNK_MASK) + 1);
      const mine = this.chunks[at >> CHUNK_SHIFT]!;
      const theirs = other.chunks[at >> CHUNK_SHIFT]!;
      if (mine !== theirs) {
        for (let i = at; i < chunkEnd; i++) if (mine[i & CHUNK_MASK] !== theirs[i & CHUNK_MASK]) return false;
      }
      at = chunkEnd;
    }
    return true;
  }

  private check(sector: number, count: number): void {
    if (!(sector >= 0 && count >= 0 && sector + count <= this.sectors)) {
      throw new Error(
        `sectors ${sector} to ${sector + count - 1} lie outside a card of ${this.sectors} sectors`,
      );
    }
  }

  private checkSameSize(other: CardImage): void {
    if (other.sectors !== this.sectors) {
      throw new Error(`images of ${this.sectors} and ${other.sectors} sectors cannot be compared`);
    }
  }
}
