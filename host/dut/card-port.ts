import { CARD_FLUSH, CARD_READ, CARD_WRITE, SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { SdCard, type TransferBuffer } from "../sdcard-emulator/card.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { PIECE_BYTES, ZERO_PIECE, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import { UnreadableSector } from "./crash-state.js";
import type { LogEvent } from "./write-log.js";

/** A card as an adapter's firmware has it: whole sectors, answers in virtual time. */
export interface CardPort {
  readonly sectors: number;
  /** @throws UnreadableSector, the first of the range, if the card cannot read one of them */
  read(sector: number, count: number): Promise<Uint8Array>;
  /** The bytes are taken when it is called. `fua`: durable when it is answered. */
  write(sector: number, bytes: Uint8Array, options?: { readonly fua?: boolean }): Promise<void>;
  flush(): Promise<void>;
  /** The sectors read as zeros afterwards. */
  discard(sector: number, count: number): Promise<void>;
}

/** Cards on one clock, and the log of what is written to them. */
export class PortBench {
  readonly ports: readonly CardPort[];
  readonly events: LogEvent[] = [];
  /** Answers given; tells that a firmware may have something new to do. */
  answers = 0;
  /** Entries under way together, since all before them were answered, and those of them that are. */
  private group = 0;
  private groupAnswered = 0;
  private groupNumber = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly contents: SectorContents,
    media: readonly CardImage[],
    characteristics: CardCharacteristics,
    seed: number,
  ) {
    this.ports = media.map((image, card) => this.port(card, image, characteristics, seed + card));
  }

  mark(text: string): void {
    this.events.push({ kind: "mark", text });
  }

  private port(
    number: number,
    media: CardImage,
    characteristics: CardCharacteristics,
    seed: number,
  ): CardPort {
    const { clock, contents } = this;
    let token = 0;
    const waiting = new Map<number, (status: number) => void>();
    const card = new SdCard({
      clock,
      contents,
      media,
      characteristics,
      seed,
      onComplete: (done, status) => {
        this.answers++;
        waiting.get(done)?.(status);
        waiting.delete(done);
      },
    });
    const command = async (
      op: number,
      sector: number,
      count: number,
      buffer: TransferBuffer | null,
    ): Promise<number> =>
      new Promise((resolve) => {
        card.submit(op, sector, count, buffer, 0, ++token);
        waiting.set(token, resolve);
      });
    const write = async (
      sector: number,
      count: number,
      samplePiece: TransferBuffer["samplePiece"],
      fua: boolean,
    ): Promise<void> => {
      const status = await command(CARD_WRITE, sector, count, { samplePiece, storeSector: () => undefined });
      // A flush covers what was answered before it was given to the card.
      const flushed = fua ? await command(CARD_FLUSH, 0, 1, null) : STATUS_OK;
      if (status !== STATUS_OK || flushed !== STATUS_OK)
        throw new Error(`the write of sector ${sector} failed`);
    };
    return {
      sectors: media.sectors,
      read: async (sector, count) => {
        const bytes = new Uint8Array(count * SECTOR_BYTES);
        const status = await command(CARD_READ, sector, count, {
          samplePiece: () => ZERO_PIECE,
          storeSector: (at, content) => contents.copySector(content, bytes, at * SECTOR_BYTES),
        });
        if (status !== STATUS_OK) throw new UnreadableSector(sector);
        return bytes;
      },
      write: async (sector, given, { fua = false } = {}) => {
        const bytes = given.slice();
        if (bytes.length === 0 || bytes.length % SECTOR_BYTES !== 0)
          throw new Error(
            `a write of ${bytes.length} bytes is impossible: give whole sectors of ${SECTOR_BYTES}`,
          );
        const count = bytes.length / SECTOR_BYTES;
        const sample = (at: number, piece: number): number =>
          contents.internPiece(bytes, at * SECTOR_BYTES + piece * PIECE_BYTES);
        return this.logged(
          { kind: "write", card: number, joined: this.joins(), sector, bytes, fua },
          async () => write(sector, count, sample, fua),
        );
      },
      flush: async () =>
        this.logged({ kind: "flush", card: number, joined: this.joins() }, async () => {
          if ((await command(CARD_FLUSH, 0, 1, null)) !== STATUS_OK) throw new Error("the flush failed");
        }),
      discard: async (sector, count) =>
        this.logged(
          { kind: "zero", card: number, joined: this.joins(), sector, count, fua: false, discards: true },
          async () => write(sector, count, () => ZERO_PIECE, false),
        ),
    };
  }

  /** Whether what comes now is under way together with what came last: all of its group is still unanswered. */
  private joins(): boolean {
    return this.group > 0 && this.groupAnswered === 0;
  }

  private async logged(
    event: Exclude<LogEvent, { kind: "mark" }>,
    carryOut: () => Promise<void>,
  ): Promise<void> {
    if (!event.joined) {
      this.group = 0;
      this.groupAnswered = 0;
      this.groupNumber++;
    }
    this.group++;
    const { groupNumber } = this;
    const done = carryOut();
    this.events.push(event);
    try {
      await done;
    } finally {
      if (groupNumber === this.groupNumber) this.groupAnswered++;
    }
  }
}
