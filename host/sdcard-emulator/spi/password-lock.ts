/** Lock by password, CMD42 (SD Physical Layer Simplified Specification, 4.3.7). It survives the loss of power. */

const SET_PASSWORD = 0x01;
const CLEAR_PASSWORD = 0x02;
const LOCK = 0x04;
const ERASE = 0x08;
const PASSWORD_MAX = 16;
/** Mode and length. */
const HEADER_BYTES = 2;

/** What became of a lock command. */
export type LockOutcome = "done" | "failed" | "erase";

export class PasswordLock {
  locked = false;
  private password: Uint8Array = new Uint8Array(0);

  /** The password in hexadecimal digits; "": none. */
  save(): string {
    return Buffer.from(this.password).toString("hex");
  }

  /** The password of a card that was saved without power. */
  restore(password: string): void {
    this.password = new Uint8Array(Buffer.from(password, "hex"));
  }

  /** A card with a password is locked when it gets its power (4.3.7). */
  powerUp(): void {
    this.locked = this.password.length > 0;
  }

  /**
   * Does what a lock block says.
   * @param block the data of CMD42, as long as CMD16 said
   * @returns "erase" for a forced erase, which the caller carries out and ends by `forget`
   */
  execute(block: Uint8Array): LockOutcome {
    const mode = block[0]!;
    if ((mode & ERASE) !== 0) {
      return mode === ERASE && block.length === 1 && this.locked ? "erase" : "failed";
    }
    const given = this.passwordsOf(block);
    if (given === null) return "failed";
    if ((mode & SET_PASSWORD) !== 0) return this.set(mode, given);
    if (!this.matches(given)) return "failed";
    if ((mode & CLEAR_PASSWORD) !== 0) {
      this.forget();
      return "done";
    }
    const lock = (mode & LOCK) !== 0;
    // Locking a locked card, or unlocking an unlocked one, fails.
    if (lock === this.locked) return "failed";
    this.locked = lock;
    return "done";
  }

  /** No password, not locked. */
  forget(): void {
    this.password = new Uint8Array(0);
    this.locked = false;
  }

  private passwordsOf(block: Uint8Array): Uint8Array | null {
    if (block.length < HEADER_BYTES) return null;
    const length = block[1]!;
    if (length === 0 || HEADER_BYTES + length > block.length) return null;
    return block.slice(HEADER_BYTES, HEADER_BYTES + length);
  }

  /** The old password, if there is one, and the new one come together. */
  private set(mode: number, given: Uint8Array): LockOutcome {
    const old = this.password.length;
    const fresh = given.subarray(old);
    if ((mode & CLEAR_PASSWORD) !== 0 || fresh.length < 1 || fresh.length > PASSWORD_MAX) return "failed";
    if (!this.password.every((byte, i) => byte === given[i])) return "failed";
    this.password = fresh.slice();
    if ((mode & LOCK) !== 0) this.locked = true;
    return "done";
  }

  private matches(given: Uint8Array): boolean {
    const { password } = this;
    if (password.length === 0 || given.length !== password.length) return false;
    return password.every((byte, i) => byte === given[i]);
  }
}
