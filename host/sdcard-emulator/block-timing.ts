/**
 * How long the commands of the block face take: by the card's flash where one is given, else by its characteristics.
 * Times of the wire are those of the characteristics either way.
 */
import type { CardPhysics } from "./card-physics.js";
import type { CardCharacteristics } from "./characteristics.js";
import { Prng } from "./prng.js";
import { PIECES_PER_SECTOR } from "./sector-contents.js";

/** Each time is asked for once, when it begins: asking draws from the seed and changes the flash. */
export class BlockTiming {
  private readonly prng: Prng;
  private restingSinceUs: number;

  constructor(
    private readonly characteristics: CardCharacteristics,
    private readonly physics: CardPhysics | null,
    seed: number,
    nowUs: number,
  ) {
    this.prng = new Prng(seed);
    this.restingSinceUs = nowUs;
  }

  /** A command begins: the flash has rested since the last one ended. */
  begin(nowUs: number): void {
    this.physics?.rest(nowUs - this.restingSinceUs);
  }

  /** A command ended, or the power came: what comes is rest. */
  end(nowUs: number): void {
    this.restingSinceUs = nowUs;
  }

  /** A command that is refused. */
  refusalUs(): number {
    return this.jittered(this.characteristics.commandUs);
  }

  /** From the start of a write to its first piece. */
  firstPieceUs(): number {
    return this.jittered(this.commandUs());
  }

  /** From one piece of a write to the next. */
  nextPieceUs(): number {
    return this.jittered(this.characteristics.pieceUs);
  }

  /** From the start of a read to its answer. */
  readUs(sector: number, count: number): number {
    const { readSectorUs, pieceUs } = this.characteristics;
    const commandUs = this.commandUs();
    if (this.physics === null) return this.jittered(commandUs + count * readSectorUs);
    const wireUs = count * PIECES_PER_SECTOR * pieceUs;
    return this.jittered(commandUs + wireUs) + this.physics.readUs(sector, count);
  }

  /** From the start of a flush to its answer. */
  flushUs(): number {
    const commandUs = this.commandUs();
    if (this.physics === null) return this.jittered(commandUs + this.characteristics.flushUs);
    return this.jittered(commandUs) + this.physics.flushUs();
  }

  /**
   * From the last sampled piece of a write to its answer.
   * @param pieceUs until that piece is in; 0 if it is
   * @param count   sectors that were accepted
   */
  writeEndUs(pieceUs: number, sector: number, count: number): number {
    const { cache, programUs } = this.characteristics;
    if (this.physics === null) return this.jittered(pieceUs + (cache === "none" ? programUs : 0));
    return this.jittered(pieceUs) + (count === 0 ? 0 : this.physics.writeUs(sector, count));
  }

  /** From the start of a command to its first data. Stalls that the flash makes are in its own times. */
  private commandUs(): number {
    const { commandUs, stallUs, stallPercent } = this.characteristics;
    return commandUs + (this.physics === null ? this.prng.stallUs(stallUs, stallPercent) : 0);
  }

  private jittered(us: number): number {
    return this.prng.jitterUs(us, this.characteristics.jitterPercent);
  }
}
