import { CARD_FLUSH, CARD_READ, CARD_WRITE, SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { SdCard, type TransferBuffer } from "../sdcard-emulator/card.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { PIECE_BYTES, SectorContents, ZERO_PIECE } from "../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { BlockExport } from "./block-export.js";

/** How the card behind an export is made. */
export interface CardExportOptions {
  readonly characteristics: CardCharacteristics;
  /** Of the card's timing. */
  readonly seed: number;
  readonly contents?: SectorContents;
  /** What the card holds; it is the card's own from now on. */
  readonly media: CardImage;
}

/** Told of what changes the card, in the order in which the card carries it out. */
export interface ExportObserver {
  onWrite(sector: number, bytes: Uint8Array, fua: boolean): void;
  onZero(sector: number, count: number, fua: boolean, discards: boolean): void;
  onFlush(): void;
}

const ZEROS: TransferBuffer = {
  samplePiece: () => ZERO_PIECE,
  storeSector: () => {
    throw new Error("a card reads into a buffer of zeros");
  },
};

/**
 * An emulated card as an export. Each request is carried out whole, in virtual time, before it returns. An SD card
 * has no write that bypasses its cache: a FUA write is a write and then a flush. It has no discard that says what the
 * sectors hold afterwards either: a discard writes zeros here, which a cut may lose like any write.
 */
export class CardExport implements BlockExport {
  readonly clock = new VirtualClock();
  readonly contents: SectorContents;
  readonly card: SdCard;
  private answered = false;
  private status = 0;

  /** @throws Error for characteristics outside their limits */
  constructor(
    { characteristics, seed, media, contents = new SectorContents() }: CardExportOptions,
    private readonly observer: ExportObserver | null = null,
  ) {
    this.contents = contents;
    this.card = new SdCard({
      clock: this.clock,
      contents,
      media,
      characteristics,
      seed,
      onComplete: (_token, status) => {
        this.answered = true;
        this.status = status;
      },
    });
  }

  get sectors(): number {
    return this.card.media.sectors;
  }

  read(sector: number, count: number): Uint8Array | null {
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    const { contents } = this;
    const buffer: TransferBuffer = {
      samplePiece: () => ZERO_PIECE,
      storeSector: (at, content) => contents.copySector(content, bytes, at * SECTOR_BYTES),
    };
    return this.run(CARD_READ, sector, count, buffer) ? bytes : null;
  }

  write(sector: number, bytes: Uint8Array, fua: boolean): boolean {
    this.observer?.onWrite(sector, bytes, fua);
    const { contents } = this;
    const buffer: TransferBuffer = {
      samplePiece: (at, piece) => contents.internPiece(bytes, at * SECTOR_BYTES + piece * PIECE_BYTES),
      storeSector: ZEROS.storeSector,
    };
    const isWritten = this.run(CARD_WRITE, sector, bytes.length / SECTOR_BYTES, buffer);
    return fua ? this.run(CARD_FLUSH, 0, 1, null) && isWritten : isWritten;
  }

  zero(sector: number, count: number, fua: boolean, discards: boolean): boolean {
    this.observer?.onZero(sector, count, fua, discards);
    const isWritten = this.run(CARD_WRITE, sector, count, ZEROS);
    return fua ? this.run(CARD_FLUSH, 0, 1, null) && isWritten : isWritten;
  }

  flush(): boolean {
    this.observer?.onFlush();
    return this.run(CARD_FLUSH, 0, 1, null);
  }

  /** @returns false for an error of the card, and for a card that does not answer (F4: a flush that never ends) */
  private run(op: number, sector: number, count: number, buffer: TransferBuffer | null): boolean {
    this.answered = false;
    this.card.submit(op, sector, count, buffer, 0, 0);
    while (!this.answered) if (!this.clock.step()) return false;
    return this.status === STATUS_OK;
  }
}
