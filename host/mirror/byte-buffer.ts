import { SECTOR_BYTES } from "../../assembly/layout.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";
import { PIECE_BYTES, type SectorContents } from "../sdcard-emulator/sector-contents.js";

/**
 * A caller's bytes as a transfer buffer. Live: each card samples them piece by piece while its transfer runs, so
 * whoever changes them meanwhile can make the cards differ.
 */
export class ByteBuffer implements TransferBuffer {
  constructor(
    private readonly contents: SectorContents,
    private readonly bytes: Uint8Array,
  ) {}

  samplePiece(sector: number, piece: number): number {
    return this.contents.internPiece(this.bytes, sector * SECTOR_BYTES + piece * PIECE_BYTES);
  }

  storeSector(sector: number, content: number): void {
    this.contents.copySector(content, this.bytes, sector * SECTOR_BYTES);
  }
}
