/**
 * Reads and seals what lies on a card by the numbers of the on-card format alone: nothing here comes from the
 * driver's or the host's sources, so that a constant changed by mistake on both sides is noticed.
 */

/** CRC32C, bit by bit. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Whether the last four bytes of the sector are the checksum of the others. */
export function isSealed(sector: Buffer): boolean {
  return sector.readUInt32LE(508) === crc32c(sector.subarray(0, 508));
}

/** Makes the checksum of a sector right again after a test has changed the rest. */
export function seal(sector: Buffer): void {
  sector.writeUInt32LE(crc32c(sector.subarray(0, 508)), 508);
}

export interface Superblock {
  readonly magic: string;
  readonly version: number;
  readonly member: number;
  readonly sequence: number;
  readonly arrayId: string;
  readonly cardId: string;
  readonly partnerId: string;
  readonly lineage: string;
  readonly parent: string;
  readonly flags: number;
  readonly regionShift: number;
  readonly regions: number;
  readonly stride: number;
  readonly base: number;
}

function words(sector: Buffer, at: number, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++)
    text += sector
      .readUInt32LE(at + 4 * i)
      .toString(16)
      .padStart(8, "0");
  return text;
}

export function parseSuperblock(sector: Buffer): Superblock {
  return {
    magic: sector.toString("latin1", 0, 4),
    version: sector.readUInt32LE(4),
    member: sector.readUInt32LE(8),
    sequence: sector.readUInt32LE(12),
    arrayId: words(sector, 16, 4),
    cardId: words(sector, 32, 2),
    partnerId: words(sector, 40, 2),
    lineage: words(sector, 48, 2),
    parent: words(sector, 56, 2),
    flags: sector.readUInt32LE(64),
    regionShift: sector.readUInt32LE(68),
    regions: sector.readUInt32LE(72),
    stride: sector.readUInt32LE(76),
    base: sector.readUInt32LE(80),
  };
}

export interface BitmapRecord {
  readonly magic: string;
  readonly version: number;
  readonly index: number;
  readonly sequence: number;
  readonly lineage: string;
  /** Numbers of the regions whose mark is set. */
  readonly marked: readonly number[];
}

export function parseRecord(sector: Buffer): BitmapRecord {
  const marked: number[] = [];
  for (let bit = 0; bit < 1920; bit++) {
    if ((sector[28 + (bit >> 3)]! >> (bit & 7)) & 1) marked.push(bit);
  }
  return {
    magic: sector.toString("latin1", 0, 4),
    version: sector.readUInt32LE(4),
    index: sector.readUInt32LE(8),
    sequence: sector.readUInt32LE(12),
    lineage: words(sector, 16, 2),
    marked,
  };
}
