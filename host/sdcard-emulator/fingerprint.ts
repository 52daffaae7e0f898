/**
 * The transfer fingerprint: 32 bits of what a card accepted of one write. Two cards that accepted the same bytes give
 * the same one; how surely two that did not give different ones is the checksum's affair.
 */
import { BLOCK_ORDER_FACTOR } from "../../assembly/layout.js";
import { PIECE_BYTES } from "./piece-table.js";
import { crc16, crc32c, type Crc } from "./sector-crc.js";
import type { SectorContents } from "./sector-contents.js";

/** What a card sums each block with; "none" reports 0. */
export type FingerprintKind = "none" | "crc16" | "crc32c";

const CRCS: Readonly<Record<Exclude<FingerprintKind, "none">, Crc>> = { crc16, crc32c };

/** Generator polynomial of CRC16-CCITT with its highest term: three bytes whose checksum is 0 wherever they stand. */
const CRC16_ZERO = [0x01, 0x10, 0x21] as const;

/** The fingerprint of a transfer after one more block. A transfer begins with 0. @returns signed 32 bits */
export function addBlock(fingerprint: number, crc: number): number {
  // The 1 makes a block whose checksum is 0 count.
  return (Math.imul(fingerprint, BLOCK_ORDER_FACTOR) + crc + 1) | 0;
}

/** The checksum of each content, computed when first asked for. All cards on one SectorContents may share one. */
export class SectorFingerprints {
  private sums = new Int32Array(1024);
  private known = new Uint8Array(1024);
  private readonly crc: Crc;

  constructor(
    private readonly contents: SectorContents,
    kind: Exclude<FingerprintKind, "none">,
  ) {
    this.crc = CRCS[kind];
  }

  /** Checksum of the 512 bytes of a content, as signed 32 bits. @throws Error for UNREADABLE, which has none */
  crcOf(content: number): number {
    if (this.known[content] === 1) return this.sums[content]!;
    const { contents, crc } = this;
    const first = contents.bytesOfPiece(contents.pieceOf(content, 0));
    const sum = crc(crc(0, first), contents.bytesOfPiece(contents.pieceOf(content, 1)));
    if (content >= this.sums.length) this.grow(content);
    this.sums[content] = sum;
    this.known[content] = 1;
    return this.sums[content]!;
  }

  private grow(content: number): void {
    let length = this.sums.length;
    while (length <= content) length *= 2;
    const sums = new Int32Array(length);
    sums.set(this.sums);
    this.sums = sums;
    const known = new Uint8Array(length);
    known.set(this.known);
    this.known = known;
  }
}

/**
 * Another piece that no CRC16 tells from this one, whatever the sector's other piece is: the known limit of that
 * fingerprint, for a rig to inject. The checksum is linear, so adding (XOR) a multiple of the generator changes
 * nothing; here the generator itself, at one place. CRC32C always tells the two apart.
 * @param piece   id of a piece
 * @param variant which of the collisions: 0 to 253, the byte at which the pieces begin to differ
 * @returns id of the colliding piece; colliding again with the same variant leads back
 * @throws Error for another variant, an unknown piece, or when the table is full
 */
export function collidingPiece(contents: SectorContents, piece: number, variant: number): number {
  if (!(Number.isInteger(variant) && variant >= 0 && variant + CRC16_ZERO.length <= PIECE_BYTES)) {
    throw new Error(
      `there are collisions 0 to ${PIECE_BYTES - CRC16_ZERO.length} of a piece, not ${variant}`,
    );
  }
  const bytes = contents.bytesOfPiece(piece).slice();
  CRC16_ZERO.forEach((byte, i) => (bytes[variant + i]! ^= byte));
  return contents.internPiece(bytes, 0);
}
