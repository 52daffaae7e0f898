import type { TransferBuffer } from "../sdcard-emulator/card.js";

/** What a trace's write sends: a buffer that stays as it is until the write is answered, every piece the same. */
export class WrittenBlock implements TransferBuffer {
  /** @param piece content of every piece (SectorContents) */
  constructor(private readonly piece: number) {}

  samplePiece(): number {
    return this.piece;
  }

  /** @throws Error always: a block of a trace is written, never read */
  storeSector(): void {
    throw new Error("a traced block is only written: bug in trace-run");
  }
}
