import { COPY_SECTORS, SECTOR_BYTES } from "../../assembly/layout.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";
import { PIECE_BYTES, ZEROS, type SectorContents } from "../sdcard-emulator/sector-contents.js";

/** A buffer of the driver's own, in its linear memory: live like any other. */
export class LinearMemoryBuffer implements TransferBuffer {
  /** What each sector of the buffer last held: the driver mostly writes what it has just read or written. */
  private readonly last = new Int32Array(COPY_SECTORS).fill(ZEROS);

  constructor(
    private readonly memory: Uint8Array,
    private readonly contents: SectorContents,
    private readonly address: number,
  ) {}

  samplePiece(sector: number, piece: number): number {
    return this.contents.internPiece(this.memory, this.address + sector * SECTOR_BYTES + piece * PIECE_BYTES);
  }

  /** A whole sector at once, where nothing can happen between its pieces. */
  sampleSector(sector: number): number {
    const offset = this.address + sector * SECTOR_BYTES;
    const last = this.last[sector]!;
    if (this.contents.equals(last, this.memory, offset)) return last;
    return (this.last[sector] = this.contents.internSector(this.memory, offset));
  }

  storeSector(sector: number, content: number): void {
    this.last[sector] = content;
    this.contents.copySector(content, this.memory, this.address + sector * SECTOR_BYTES);
  }
}

/** One buffer object for each address that the driver uses: a handful, made once. */
export class LinearMemoryBuffers {
  private readonly byAddress = new Map<number, LinearMemoryBuffer>();

  constructor(
    private readonly memory: Uint8Array,
    private readonly contents: SectorContents,
  ) {}

  at(address: number): LinearMemoryBuffer {
    let buffer = this.byAddress.get(address);
    if (buffer === undefined) {
      buffer = new LinearMemoryBuffer(this.memory, this.contents, address);
      this.byAddress.set(address, buffer);
    }
    return buffer;
  }
}
