import { UNREADABLE } from "../sector-contents.js";
import type { SectorFingerprints } from "../fingerprint.js";
import type { CardMedium } from "./card-medium.js";
import type { BlockSource } from "./read-stream.js";
import { STATUS_ECC, STATUS_ERROR, STATUS_OUT_OF_RANGE, type StatusBits } from "./status-bits.js";
import { ERROR_ECC, ERROR_GENERAL, ERROR_OUT_OF_RANGE } from "./tokens.js";

const SECTOR_BYTES = 512;

/** Blocks of the memory, one after another: CMD17 and CMD18. */
export class MemorySource implements BlockSource {
  crc = -1;
  spoilt = false;
  private sector = 0;
  private offset = 0;
  private length = SECTOR_BYTES;
  private first = true;
  private goodLeft = 0;
  private readonly whole = new Uint8Array(SECTOR_BYTES);
  private readonly sums: SectorFingerprints;

  constructor(
    private readonly medium: CardMedium,
    private readonly status: StatusBits,
  ) {
    this.sums = medium.contents.fingerprints("crc16");
  }

  /**
   * @param offset of the block in its sector, and its length: both are 0 and 512 but on SDSC cards (CMD16)
   * @param good   blocks before a fault of this command shows
   */
  begin(sector: number, offset: number, length: number, good: number): void {
    this.sector = sector;
    this.offset = offset;
    this.length = length;
    this.first = true;
    this.goodLeft = good;
  }

  accessUs(): number {
    if (this.medium.fault === "timeout" && this.goodLeft === 0) return Infinity;
    if (this.sector >= this.medium.sectors) return 0;
    const { timing } = this.medium;
    const us = this.first ? timing.firstReadUs(this.sector) : timing.nextReadUs(this.sector);
    this.first = false;
    return us;
  }

  fill(data: Uint8Array): number {
    const { medium, status } = this;
    const fault = this.goodLeft === 0 ? medium.fault : "none";
    this.goodLeft--;
    if (this.sector >= medium.sectors) {
      status.raise(STATUS_OUT_OF_RANGE);
      return -ERROR_OUT_OF_RANGE;
    }
    // The next block of a stream would reach over a sector's end, which READ_BLK_MISALIGN forbids (5.3.2).
    const misaligned = this.offset + this.length > SECTOR_BYTES;
    if (fault === "rejected" || misaligned) {
      status.raise(STATUS_ERROR);
      return -ERROR_GENERAL;
    }
    const content = medium.view(this.sector);
    if (content === UNREADABLE) {
      status.raise(STATUS_ECC);
      return -ERROR_ECC;
    }
    this.spoilt = fault === "read-error";
    this.copy(content, data);
    return this.length;
  }

  private copy(content: number, data: Uint8Array): void {
    const { length, offset, medium } = this;
    if (length === SECTOR_BYTES) {
      medium.contents.copySector(content, data, 0);
      this.crc = this.sums.crcOf(content);
      this.sector++;
      return;
    }
    medium.contents.copySector(content, this.whole, 0);
    for (let i = 0; i < length; i++) data[i] = this.whole[offset + i]!;
    this.crc = -1;
    this.offset += length;
    if (this.offset < SECTOR_BYTES) return;
    this.offset -= SECTOR_BYTES;
    this.sector++;
  }
}
