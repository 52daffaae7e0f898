/**
 * The second byte of R2, CMD13's response (SD Physical Layer Simplified Specification, 7.3.2.3). Errors stay until
 * they are read (7.3.4).
 */
export const STATUS_LOCKED = 0x01;
/** Shared by two errors: protected groups were left out of an erase, or a lock command failed. */
export const STATUS_SKIP_OR_LOCK_FAILED = 0x02;
export const STATUS_ERROR = 0x04;
export const STATUS_CONTROLLER = 0x08;
export const STATUS_ECC = 0x10;
export const STATUS_WRITE_PROTECTED = 0x20;
export const STATUS_ERASE_PARAMETER = 0x40;
/** Shared: an address beyond the end, or a CSD field that cannot be overwritten. */
export const STATUS_OUT_OF_RANGE = 0x80;

/** The sticky errors of one card. */
export class StatusBits {
  private errors = 0;

  raise(bits: number): void {
    this.errors |= bits;
  }

  /** The errors since the last call; they are gone afterwards. */
  take(): number {
    const { errors } = this;
    this.errors = 0;
    return errors;
  }

  clear(): void {
    this.errors = 0;
  }
}
