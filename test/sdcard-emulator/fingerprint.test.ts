import { describe, expect, it } from "vitest";
import { collidingPiece, type FingerprintKind } from "../../host/sdcard-emulator/fingerprint.js";
import { crc16, crc32c } from "../../host/sdcard-emulator/sector-crc.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import { CardOnBench, LiveBuffer, exact } from "./card-on-bench.js";

const DIGITS = new TextEncoder().encode("123456789");

function bench(fingerprint: FingerprintKind, of?: CardOnBench, profile = "mlc"): CardOnBench {
  const clock = of?.clock ?? new VirtualClock();
  const contents = of?.contents ?? new SectorContents();
  return new CardOnBench(exact(profile), 1, clock, contents, { fingerprint });
}

/** Fingerprint of one write of sectors with these stamps. */
function written(card: CardOnBench, ...stamps: number[]): number {
  card.write(3, ...stamps);
  card.drain();
  return card.answers.at(-1)!.fingerprint;
}

describe("checksums", () => {
  it("have the check values of their specifications", () => {
    expect(crc16(0, DIGITS)).toBe(0x31c3);
    expect(crc32c(0, DIGITS)).toBe(0xe3069283);
    // The SD specification's own example: 512 bytes of 0xff.
    expect(crc16(0, new Uint8Array(512).fill(0xff))).toBe(0x7fa1);
  });

  it("go on where they were left", () => {
    for (const crc of [crc16, crc32c]) {
      expect(crc(crc(0, DIGITS.subarray(0, 4)), DIGITS.subarray(4))).toBe(crc(0, DIGITS));
    }
  });
});

describe("the fingerprint of a write", () => {
  it("is 0 on a card that gives none, and of other commands", () => {
    expect(written(bench("none"), 1, 2)).toBe(0);
    const card = bench("crc32c");
    written(card, 1);
    card.readInto(new LiveBuffer(), 3, 1);
    card.flush();
    card.drain();
    expect(card.answers.map((answer) => answer.fingerprint === 0)).toEqual([false, true, true]);
  });

  it.each(["crc16", "crc32c"] as const)("%s: tells bytes, their order and their number apart", (kind) => {
    const card = bench(kind);
    const transfers = [[1, 2], [2, 1], [1], [2], [1, 2, 0x10], [1, 1], [1, 1, 1]];
    const fingerprints = transfers.map((stamps) => written(card, ...stamps));
    expect(new Set(fingerprints).size).toBe(transfers.length);
    expect(transfers.map((stamps) => written(card, ...stamps))).toEqual(fingerprints);
    expect(fingerprints.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(
      true,
    );
  });

  it("counts blocks whose checksum is 0", () => {
    const card = bench("crc16");
    const zeros = new LiveBuffer();
    zeros.pieces.push(0, 0, 0, 0);
    for (const count of [1, 2]) card.writeFrom(zeros, 3, count);
    card.drain();
    const [one, two] = card.answers.map((answer) => answer.fingerprint);
    expect(one).not.toBe(0);
    expect(two).not.toBe(one);
  });

  it("is the same on every class of card that accepted the same bytes", () => {
    const a = bench("crc16");
    expect(written(bench("crc16", a, "tlc-cached"), 7, 8)).toBe(written(a, 7, 8));
    expect(written(bench("crc16"), 7, 8)).toBe(written(a, 7, 8));
  });

  it("is of what each card sampled: a buffer changed between the two gives two fingerprints", () => {
    const a = bench("crc16");
    const b = new CardOnBench(exact("mlc", { commandUs: 500 }), 2, a.clock, a.contents, {
      fingerprint: "crc16",
    });
    const buffer = a.buffer(1);
    a.writeFrom(buffer, 4, 1);
    b.writeFrom(buffer, 4, 1);
    a.steps(2);
    buffer.pieces[1] = a.contents.stamp(2);
    a.drain();
    expect(a.answers[0]!.fingerprint).not.toBe(b.answers[0]!.fingerprint);
    expect(written(b, 1)).toBe(a.answers[0]!.fingerprint);
  });

  it("counts whole sectors alone when a reset cuts the transfer short", () => {
    const card = bench("crc16");
    card.write(4, 1, 2, 3);
    card.steps(3);
    card.card.controllerReset();
    card.drain();
    expect(card.answers[0]!.fingerprint).toBe(written(card, 1));
  });
});

describe("a colliding piece", () => {
  it.each([0, 1, 100, 253])("%i: has other bytes, which CRC16 cannot tell and CRC32C can", (variant) => {
    const { contents } = bench("none");
    const piece = contents.stamp(0xdecade);
    const other = collidingPiece(contents, piece, variant);
    expect(other).not.toBe(piece);
    expect(collidingPiece(contents, other, variant)).toBe(piece);
    const [weak, strong] = [contents.fingerprints("crc16"), contents.fingerprints("crc32c")];
    const beside = contents.stamp(5);
    for (const [plain, changed] of [
      [contents.sectorOf(piece, beside), contents.sectorOf(other, beside)],
      [contents.sectorOf(beside, piece), contents.sectorOf(beside, other)],
    ] as const) {
      expect(changed).not.toBe(plain);
      expect(weak.crcOf(changed)).toBe(weak.crcOf(plain));
      expect(strong.crcOf(changed)).not.toBe(strong.crcOf(plain));
    }
  });

  it("goes unnoticed by cards with CRC16: the known limit", () => {
    const a = bench("crc16");
    const b = new CardOnBench(exact("mlc", { commandUs: 500 }), 2, a.clock, a.contents, {
      fingerprint: "crc16",
    });
    const buffer = a.buffer(1);
    a.writeFrom(buffer, 4, 1);
    b.writeFrom(buffer, 4, 1);
    a.steps(2);
    buffer.pieces[1] = collidingPiece(a.contents, buffer.pieces[1]!, 17);
    a.drain();
    expect(a.card.media.get(4)).not.toBe(b.card.media.get(4));
    expect(a.answers[0]!.fingerprint).toBe(b.answers[0]!.fingerprint);
  });

  it("is refused where it does not fit", () => {
    const { contents } = bench("none");
    expect(() => collidingPiece(contents, contents.stamp(1), 254)).toThrow(/collisions 0 to 253/);
    expect(() => contents.fingerprints("crc16").crcOf(0)).toThrow(/unreadable/);
  });
});
