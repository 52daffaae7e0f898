import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import {
  PIECE_BYTES,
  SectorContents,
  UNREADABLE,
  ZERO_PIECE,
  ZEROS,
} from "../../host/sdcard-emulator/sector-contents.js";

describe("sector contents", () => {
  it("knows the zero piece and the zero sector from the start", () => {
    const contents = new SectorContents();
    expect(contents.internPiece(new Uint8Array(PIECE_BYTES), 0)).toBe(ZERO_PIECE);
    expect(contents.internSector(new Uint8Array(SECTOR_BYTES), 0)).toBe(ZEROS);
    expect([contents.pieceOf(ZEROS, 0), contents.pieceOf(ZEROS, 1)]).toEqual([ZERO_PIECE, ZERO_PIECE]);
    expect([contents.pieces, contents.contents]).toEqual([1, 2]);
  });

  it("gives equal bytes equal ids, wherever they lie, and others other ids", () => {
    // Alphabets of two values make equal pieces likely; offsets make the reads unaligned.
    const piece = fc.uint8Array({ minLength: PIECE_BYTES, maxLength: PIECE_BYTES, max: 1 });
    const placed = fc.tuple(piece, fc.nat(7));
    fc.assert(
      fc.property(fc.array(placed, { minLength: 2, maxLength: 12 }), (pieces) => {
        const contents = new SectorContents();
        const ids = pieces.map(([bytes, offset]) => {
          const roomy = new Uint8Array(PIECE_BYTES + 8);
          roomy.set(bytes, offset);
          return contents.internPiece(roomy, offset);
        });
        for (let i = 0; i < pieces.length; i++) {
          const back = new Uint8Array(PIECE_BYTES + 3);
          contents.copyPiece(ids[i]!, back, 3);
          expect(back.subarray(3)).toEqual(pieces[i]![0]);
          for (let k = 0; k < i; k++) {
            const equal = pieces[i]![0].every((byte, at) => byte === pieces[k]![0][at]);
            expect(ids[i] === ids[k]).toBe(equal);
          }
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("tells pieces apart that differ in one last bit", () => {
    const contents = new SectorContents();
    const seen = new Set<number>();
    for (let bit = 0; bit < PIECE_BYTES * 8; bit++) {
      const bytes = new Uint8Array(PIECE_BYTES);
      bytes[bit >> 3] = 1 << (bit & 7);
      seen.add(contents.internPiece(bytes, 0));
    }
    expect(seen.size).toBe(PIECE_BYTES * 8);
  });

  it("keeps ids, bytes and views through the growth of every table", () => {
    const contents = new SectorContents();
    const early = contents.bytesOfPiece(contents.stamp(1));
    const ids: number[] = [];
    for (let n = 1; n <= 9000; n++) ids.push(contents.sectorOf(contents.stamp(n), contents.stamp(n + 1)));
    expect(new Set(ids).size).toBe(ids.length);
    for (let n = 1; n <= 9000; n++) {
      expect(contents.sectorOf(contents.stamp(n), contents.stamp(n + 1))).toBe(ids[n - 1]);
    }
    expect(early).toEqual(contents.bytesOfPiece(contents.stamp(1)));
    expect([...early.subarray(0, 8)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it("tells pieces apart whose 32-bit hashes collide, as some of so many must", () => {
    const contents = new SectorContents();
    for (let n = 1; n <= 200_000; n++) contents.stamp(n);
    expect(contents.pieces).toBe(200_001);
  });

  it("gives ids in order of first sight", () => {
    const contents = new SectorContents();
    const [a, b] = [contents.stamp(500), contents.stamp(3)];
    expect([a, b, contents.stamp(500)]).toEqual([1, 2, 1]);
    expect([contents.sectorOf(b, a), contents.sectorOf(a, b), contents.sectorOf(b, a)]).toEqual([2, 3, 2]);
  });

  it("stamps all 64 words, up to the largest", () => {
    const contents = new SectorContents();
    const bytes = contents.bytesOfPiece(contents.stamp(0xfffefdfc));
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < PIECE_BYTES; i += 4) expect(words.getUint32(i, true)).toBe(0xfffefdfc);
    for (const wrong of [0, -1, 1.5, 2 ** 32]) expect(() => contents.stamp(wrong)).toThrow(/stamp/);
  });

  it("copies and compares whole sectors", () => {
    const contents = new SectorContents();
    const content = contents.sectorOf(contents.stamp(7), contents.stamp(8));
    const bytes = new Uint8Array(SECTOR_BYTES + 5);
    contents.copySector(content, bytes, 5);
    expect(contents.internSector(bytes, 5)).toBe(content);
    expect(contents.equals(content, bytes, 5)).toBe(true);
    for (const at of [5, 5 + PIECE_BYTES - 1, 5 + PIECE_BYTES, 5 + SECTOR_BYTES - 1]) {
      bytes[at]! ^= 0x80;
      expect(contents.equals(content, bytes, 5)).toBe(false);
      bytes[at]! ^= 0x80;
    }
    expect(contents.equals(UNREADABLE, bytes, 5)).toBe(false);
  });

  it("sees bytes that changed since the last call on the same memory", () => {
    const contents = new SectorContents();
    const memory = new Uint8Array(4096);
    expect(contents.internPiece(memory, 1024)).toBe(ZERO_PIECE);
    memory[1024 + 255] = 1;
    const changed = contents.internPiece(memory.subarray(512), 512);
    expect(changed).not.toBe(ZERO_PIECE);
    expect(contents.bytesOfPiece(changed)[255]).toBe(1);
  });

  it("refuses what does not exist", () => {
    const contents = new SectorContents();
    const bytes = new Uint8Array(SECTOR_BYTES);
    expect(() => contents.pieceOf(UNREADABLE, 0)).toThrow(/unreadable/);
    expect(() => contents.copySector(UNREADABLE, bytes, 0)).toThrow(/unreadable/);
    expect(() => contents.pieceOf(2, 0)).toThrow(/does not exist/);
    expect(() => contents.pieceOf(ZEROS, 2)).toThrow(/pieces 0 and 1/);
    expect(() => contents.sectorOf(0, 9)).toThrow(/piece 9/);
    expect(() => contents.bytesOfPiece(-1)).toThrow(/piece -1/);
    expect(() => contents.internPiece(bytes, SECTOR_BYTES - 255)).toThrow(/outside/);
    expect(() => contents.equals(ZEROS, bytes, 1)).toThrow(/outside/);
  });
});
