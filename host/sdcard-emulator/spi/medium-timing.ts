/**
 * How long the SPI face waits and is busy: by the card's flash where one is given, else by its characteristics, which
 * are those of the block face, less the time that the bytes themselves take on the wire.
 */
import type { CardPhysics } from "../card-physics.js";
import type { CardCharacteristics } from "../characteristics.js";
import { Prng } from "../prng.js";

/** An erase against a program: 1.5, 3, 4.5 ms against 250, 750, 1100 µs are factors of 6, 4 and 4. */
const ERASE_PROGRAMS = 4;
const NS_PER_US = 1000;

export class MediumTiming {
  private readonly prng: Prng;
  private restingSinceNs = 0;

  constructor(
    private readonly time: { readonly nowNs: number },
    private readonly characteristics: CardCharacteristics,
    private readonly physics: CardPhysics | null,
    seed: number,
  ) {
    this.prng = new Prng(seed);
  }

  /** A command begins: the flash has rested since the last one ended (a read counts as rest). */
  begin(): void {
    if (this.physics === null) return;
    // A rest of 0 is told too: it is what tells two commands from two blocks of a stream.
    const us = Math.max(0, Math.floor((this.time.nowNs - this.restingSinceNs) / NS_PER_US));
    this.restingSinceNs += us * NS_PER_US;
    this.physics.rest(us);
  }

  /** The work under way ends at this moment; what comes after is rest. */
  endsAt(ns: number): void {
    this.restingSinceNs = ns;
  }

  /** From the response to the first block of a read. */
  firstReadUs(sector: number): number {
    if (this.physics !== null) return this.physics.readUs(sector, 1);
    return this.jittered(this.characteristics.commandUs) + this.stall() + this.pageReadUs();
  }

  /** Between two blocks of a stream. With flash it reads ahead while the block before is on the wire (assumed). */
  nextReadUs(sector: number): number {
    if (this.physics === null) return this.pageReadUs();
    this.physics.readUs(sector, 1);
    return 0;
  }

  /** Busy after one block was accepted. */
  blockUs(sector: number): number {
    if (this.physics !== null) return this.physics.writeUs(sector, 1);
    return this.jittered(this.characteristics.commandUs);
  }

  /** Busy at the end of a write command: a card without a cache programs, any card may stall. */
  writeEndUs(): number {
    if (this.physics !== null) return 0;
    const { cache, programUs } = this.characteristics;
    return (cache === "none" ? this.jittered(programUs) : 0) + this.stall();
  }

  flushUs(): number {
    if (this.physics !== null) return this.physics.flushUs();
    return this.jittered(this.characteristics.commandUs + this.characteristics.flushUs);
  }

  eraseUs(sector: number, count: number): number {
    if (this.physics !== null) return this.physics.eraseUs(sector, count);
    const { eraseBlockSectors, programUs } = this.characteristics;
    const blocks =
      Math.floor((sector + count - 1) / eraseBlockSectors) - Math.floor(sector / eraseBlockSectors) + 1;
    return this.jittered(blocks * ERASE_PROGRAMS * programUs);
  }

  private pageReadUs(): number {
    const { readSectorUs, pieceUs } = this.characteristics;
    return this.jittered(Math.max(0, readSectorUs - 2 * pieceUs));
  }

  private stall(): number {
    return this.prng.stallUs(this.characteristics.stallUs, this.characteristics.stallPercent);
  }

  private jittered(us: number): number {
    return this.prng.jitterUs(us, this.characteristics.jitterPercent);
  }
}
