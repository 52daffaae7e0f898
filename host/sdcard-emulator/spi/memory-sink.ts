import type { CardMedium } from "./card-medium.js";
import { STATUS_ERROR, STATUS_OUT_OF_RANGE, STATUS_WRITE_PROTECTED, type StatusBits } from "./status-bits.js";
import { DATA_ACCEPTED, DATA_CRC_ERROR, DATA_WRITE_ERROR } from "./tokens.js";
import type { WriteProtection } from "./write-protection.js";
import type { BlockSink } from "./write-stream.js";

/** Blocks for the memory, one after another: CMD24 and CMD25. */
export class MemorySink implements BlockSink {
  /** Blocks of the last CMD25 that were accepted: ACMD22. */
  wellWritten = 0;
  private sector = 0;
  /** After an error the rest of the command is refused too (7.3.3.1: the host has to stop it). */
  private failed = false;

  constructor(
    private readonly medium: CardMedium,
    private readonly protection: WriteProtection,
    private readonly status: StatusBits,
    private readonly mode: { readonly crcOn: boolean },
  ) {}

  begin(sector: number, count: number): void {
    this.sector = sector;
    this.failed = false;
    this.wellWritten = 0;
    this.medium.beginWrite(sector, count);
  }

  half(bytes: Uint8Array): void {
    if (!this.failed && this.objection() === 0) this.medium.receiveHalf(this.sector, bytes);
  }

  block(bytes: Uint8Array): number {
    if (this.failed) return DATA_WRITE_ERROR;
    const objection = this.objection();
    if (objection !== 0) {
      this.status.raise(objection);
      this.failed = true;
      return DATA_WRITE_ERROR;
    }
    const answer = this.withoutCrc(this.medium.receiveWhole(this.sector, bytes));
    if (answer === DATA_ACCEPTED) {
      this.sector++;
      this.wellWritten++;
      return answer;
    }
    this.failed = true;
    if (answer === DATA_WRITE_ERROR) this.status.raise(STATUS_ERROR);
    return answer;
  }

  refused(): void {
    this.medium.dropBlock();
    this.failed = true;
  }

  end(): void {
    this.medium.endWrite();
  }

  /** A card that checks no CRC blames none. */
  private withoutCrc(answer: number): number {
    return answer === DATA_CRC_ERROR && !this.mode.crcOn ? DATA_WRITE_ERROR : answer;
  }

  private objection(): number {
    if (this.sector >= this.medium.sectors) return STATUS_OUT_OF_RANGE;
    return this.protection.protects(this.sector) ? STATUS_WRITE_PROTECTED : 0;
  }
}
