import { LINE_HIGH } from "./tokens.js";

const LONGEST = 32;

/** The bytes of a response, or of a data response, that the host has yet to clock out. */
export class ResponseQueue {
  private readonly bytes = new Uint8Array(LONGEST);
  private at = 0;
  private end = 0;

  get pending(): boolean {
    return this.at < this.end;
  }

  /**
   * Begins the response to a command.
   * @param gap   bytes before it (N_CR, 1 to 8: SD Physical Layer Simplified Specification, 7.5.4)
   * @param first what the first byte of the gap holds: after CMD12 the "stuff byte" (7.2.3)
   */
  begin(gap: number, first: number): void {
    this.at = 0;
    this.end = 0;
    for (let i = 0; i < gap; i++) this.push(i === 0 ? first : LINE_HIGH);
  }

  push(byte: number): void {
    this.bytes[this.end++] = byte;
  }

  /** Four bytes, the highest first. */
  pushWord(word: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.push((word >>> shift) & 0xff);
  }

  next(): number {
    const byte = this.bytes[this.at++]!;
    if (this.at === this.end) this.clear();
    return byte;
  }

  clear(): void {
    this.at = 0;
    this.end = 0;
  }
}
