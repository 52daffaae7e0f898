// The bytes on the cards, written out a second time: nothing here comes from layout.ts, so a constant that changes
// there changes the format of arrays that exist, and fails here.
import { describe, expect, it } from "vitest";
import { builtModule, RELEASE } from "./shipped.js";

const SECTOR = 512;
const READ = 0;
const WRITE = 1;
const OWN_BUFFER = 0x100;
const OK = 0;
const TAG = 77;

/** Two cards as plain bytes, under the production module; every command is answered in order, at once. */
class TwoImages {
  readonly images: readonly [Uint8Array, Uint8Array];
  private readonly driver: Record<string, (...values: number[]) => number>;
  private readonly memory: Uint8Array;
  private readonly waiting: number[] = [];
  private readonly epochs: number[] = [];
  private status = -1;
  private nowMs = 0;

  constructor(
    private readonly cardSectors: number,
    options: readonly (readonly [key: number, value: number])[],
  ) {
    this.images = [new Uint8Array(cardSectors * SECTOR), new Uint8Array(cardSectors * SECTOR)];
    const imports = {
      card: { submit: (...command: number[]) => this.submit(command) },
      upper: {
        done: (tag: number, status: number) => void (this.status = tag === TAG ? status : -2),
        zeros: () => undefined,
        requestSync: (epoch: number) => void this.epochs.push(epoch),
      },
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builtModule(RELEASE)), imports);
    this.driver = exports as Record<string, (...values: number[]) => number>;
    this.memory = new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer);
    for (const [key, value] of options) expect(this.driver["configure"]!(key, value)).toBe(OK);
  }

  format(regionShift: number): void {
    this.run(() => this.driver["format"]!(regionShift, 1, TAG));
  }

  /** Assembles under the policy sync-gated. */
  assemble(): void {
    this.run(() => this.driver["assemble"]!(0, 2, TAG));
  }

  stop(): void {
    this.run(() => this.driver["stop"]!(TAG));
  }

  /** Lets resync and a clearing pass happen. */
  idle(): void {
    for (let i = 0; i < 100; i++) {
      this.driver["tick"]!((this.nowMs += 10));
      this.answer();
    }
  }

  sector(member: 0 | 1, sector: number): Uint8Array {
    return this.images[member].subarray(sector * SECTOR, (sector + 1) * SECTOR);
  }

  private run(begin: () => number): void {
    this.status = -1;
    expect(begin()).toBe(OK);
    for (let i = 0; i < 1000 && this.status === -1; i++) {
      this.answer();
      this.driver["tick"]!(++this.nowMs);
    }
    expect(this.status).toBe(OK);
  }

  private submit([member, command, sector, count, buffer, , token]: number[]): void {
    const image = this.images[member!]!;
    expect(sector! + count!).toBeLessThanOrEqual(this.cardSectors);
    const at = sector! * SECTOR;
    const bytes = count! * SECTOR;
    if (command === (READ | OWN_BUFFER)) this.memory.set(image.subarray(at, at + bytes), buffer);
    if (command === (WRITE | OWN_BUFFER)) image.set(this.memory.subarray(buffer, buffer! + bytes), at);
    this.waiting.push(token!);
  }

  private answer(): void {
    while (this.waiting.length > 0 || this.epochs.length > 0) {
      const token = this.waiting.shift();
      if (token === undefined) this.driver["syncDone"]!(this.epochs.shift()!, OK);
      else this.driver["complete"]!(token, OK, 0);
    }
  }
}

/** A sector with these 32-bit words and bytes, little-endian, its CRC32C in the last word. */
function sealed(
  words: Readonly<Record<number, number>>,
  bytes: Readonly<Record<number, number>> = {},
): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  const view = new DataView(sector.buffer);
  for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
  for (const [at, byte] of Object.entries(bytes)) sector[Number(at)] = byte;
  view.setUint32(508, crc32c(sector.subarray(0, 508)), true);
  return sector;
}

/** Bit by bit, unlike the driver's. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78);
  }
  return ~crc >>> 0;
}

// Base sector 5, 64 sectors a card, a stride of 4: superblocks at 5 and 9, slots at 13 and 17, data from 21 on. Regions
// of 4 sectors: 10 of them, and 3 sectors that no region takes.
const TINY: readonly (readonly [number, number])[] = [
  [0, 5],
  [1, 64],
  [2, 4],
  [5, 0x11223344],
  [6, 0x55667788],
  [7, 0x99aabbcc],
  [8, 0xddeeff00],
  [9, 0xa1],
  [10, 0xa2],
  [11, 0xb1],
  [12, 0xb2],
  [21, 1], // what is on the cards is kept
];
const ARRAY_ID = Uint8Array.from(Buffer.from("4433221188776655ccbbaa9900ffeedd", "hex"));
/** The nonce of these formats is 1. */
const LINEAGE = [
  crc32c(ARRAY_ID),
  ((crc32c(ARRAY_ID.subarray(0, 8)) ^ 0x53474c31) + 0x9e3779b1) >>> 0,
] as const;

function superblock(member: 0 | 1): Uint8Array {
  const ids = member === 0 ? [0xa1, 0xa2, 0xb1, 0xb2] : [0xb1, 0xb2, 0xa1, 0xa2];
  return sealed({
    0: 0x42534753, // "SGSB"
    4: 2, // version
    8: member,
    12: 1, // sequence
    16: 0x11223344,
    20: 0x55667788,
    24: 0x99aabbcc,
    28: 0xddeeff00,
    32: ids[0]!,
    36: ids[1]!,
    40: ids[2]!,
    44: ids[3]!,
    48: LINEAGE[0],
    52: LINEAGE[1],
    56: 0, // parent
    60: 0,
    64: 0, // flags
    68: 2, // region shift
    72: 10, // regions
    76: 4, // stride
    80: 5, // base
    84: 0, // bitmap scheme: serial
    88: LINEAGE[0], // founding lineage
    92: LINEAGE[1],
  });
}

/** A record of the array TINY; ten regions are one byte and two bits of a plane. */
function record(sequence: number, marked: readonly [number, number]): Uint8Array {
  return sealed(
    { 0: 0x4d424753, 4: 2, 8: 0, 12: sequence, 16: LINEAGE[0], 20: LINEAGE[1], 24: 0 },
    { 28: marked[0], 29: marked[1], 268: 0xff, 269: 0x03 },
  );
}

const ALL = [0xff, 0x03] as const;
const NONE = [0, 0] as const;

describe("the bytes on the cards", () => {
  it("have the checksum of RFC 3720: its test vectors", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  it("begin with SGSB and SGBM", () => {
    expect(new TextDecoder().decode(superblock(0).subarray(0, 4))).toBe("SGSB");
    expect(new TextDecoder().decode(record(1, ALL).subarray(0, 4))).toBe("SGBM");
  });

  it("are these after format, and nothing else is touched", () => {
    const cards = new TwoImages(64, TINY);
    cards.format(2);
    for (const member of [0, 1] as const) {
      const expected = new Uint8Array(64 * SECTOR);
      expected.set(superblock(member), 5 * SECTOR);
      expected.set(superblock(member), 9 * SECTOR);
      expected.set(record(2, ALL), 13 * SECTOR);
      expected.set(record(1, ALL), 17 * SECTOR);
      for (const sector of [5, 9, 13, 17]) {
        expect(cards.sector(member, sector)).toEqual(
          expected.subarray(sector * SECTOR, (sector + 1) * SECTOR),
        );
      }
      expect(cards.images[member]).toEqual(expected);
    }
  });

  it("say after assembly what recovery found, and after stop that nothing is marked", () => {
    const cards = new TwoImages(64, TINY);
    cards.format(2);
    cards.images[0].fill(0x5a, 21 * SECTOR, 61 * SECTOR);
    cards.assemble();
    for (const member of [0, 1] as const) {
      expect(cards.sector(member, 13)).toEqual(record(2, ALL));
      expect(cards.sector(member, 17)).toEqual(record(3, ALL));
    }
    cards.idle();
    cards.stop();
    for (const member of [0, 1] as const) {
      const newest = [cards.sector(member, 13), cards.sector(member, 17)].toSorted(
        (x, y) => y[12]! - x[12]!,
      )[0]!;
      expect(newest).toEqual(record(newest[12]!, NONE));
      expect(cards.sector(member, 5)).toEqual(superblock(member));
    }
    // Resync copied card 0 onto card 1, data sectors only.
    expect(cards.images[1].subarray(21 * SECTOR, 61 * SECTOR)).toEqual(
      cards.images[0].subarray(21 * SECTOR, 61 * SECTOR),
    );
    expect(cards.images[1].subarray(61 * SECTOR)).toEqual(new Uint8Array(3 * SECTOR));
  });

  it("go on in a second bitmap sector from region 1920 on", () => {
    const stride = 2;
    const sectors = 4 * stride + 1921;
    const cards = new TwoImages(sectors, [
      [0, 0],
      [1, sectors],
      [2, stride],
      [21, 1],
    ]);
    cards.format(0);
    const second = cards.sector(1, 2 * stride + 1);
    const view = new DataView(second.buffer, second.byteOffset, SECTOR);
    expect([view.getUint32(8, true), view.getUint32(12, true)]).toEqual([1, 2]);
    expect([...second.subarray(28, 30)]).toEqual([1, 0]);
    expect([...cards.sector(1, 2 * stride).subarray(28, 268)]).toEqual(
      Array.from({ length: 240 }, () => 0xff),
    );
    expect(new DataView(cards.sector(0, 0).slice().buffer).getUint32(72, true)).toBe(1921);
  });
});
