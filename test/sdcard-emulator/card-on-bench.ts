/** One card alone on a clock, with a live buffer that a test changes while the card samples it. */
import { CARD_FLUSH, CARD_READ, CARD_WRITE } from "../../assembly/layout.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { SdCard, type SdCardOptions, type TransferBuffer } from "../../host/sdcard-emulator/card.js";
import { profile, type CardCharacteristics } from "../../host/sdcard-emulator/characteristics.js";
import { PIECES_PER_SECTOR, SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

export const BENCH_SECTORS = 32;

/** A buffer of piece ids; stored sectors are kept apart as content ids. */
export class LiveBuffer implements TransferBuffer {
  readonly pieces: number[] = [];
  readonly stored = new Map<number, number>();

  samplePiece(sector: number, piece: number): number {
    return this.pieces[sector * PIECES_PER_SECTOR + piece]!;
  }
  storeSector(sector: number, content: number): void {
    this.stored.set(sector, content);
  }
}

export interface Answer {
  readonly token: number;
  readonly status: number;
  readonly fingerprint: number;
  readonly atUs: number;
}

/** A profile without jitter, so that a test can name instants. */
export function exact(name: string, changes: Partial<CardCharacteristics> = {}): CardCharacteristics {
  return { ...profile(name), jitterPercent: 0, ...changes };
}

export class CardOnBench {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  readonly answers: Answer[] = [];
  readonly durable: [sector: number, content: number][] = [];
  readonly card: SdCard;
  private nextToken = 1;

  constructor(
    readonly characteristics: CardCharacteristics,
    seed = 1,
    clock = new VirtualClock(),
    contents = new SectorContents(),
    options: Partial<SdCardOptions> = {},
  ) {
    this.clock = clock;
    this.contents = contents;
    this.card = new SdCard({
      clock,
      contents,
      media: new CardImage(BENCH_SECTORS),
      characteristics,
      seed,
      onComplete: (token, status, fingerprint) =>
        this.answers.push({ token, status, fingerprint, atUs: clock.nowUs }),
      onMediaChange: (sector, content) => this.durable.push([sector, content]),
      ...options,
    });
  }

  /** Content id of a sector whose two pieces are stamps. */
  content(first: number, second = first): number {
    return this.contents.sectorOf(this.contents.stamp(first), this.contents.stamp(second));
  }

  /** A buffer whose sectors hold these stamps, both pieces alike. */
  buffer(...stamps: number[]): LiveBuffer {
    const buffer = new LiveBuffer();
    for (const stamp of stamps) buffer.pieces.push(this.contents.stamp(stamp), this.contents.stamp(stamp));
    return buffer;
  }

  /** Submits a write of sectors with these stamps. @returns its token */
  write(sector: number, ...stamps: number[]): number {
    return this.writeFrom(this.buffer(...stamps), sector, stamps.length);
  }

  writeFrom(buffer: LiveBuffer, sector: number, count: number): number {
    this.card.submit(CARD_WRITE, sector, count, buffer, 0, this.nextToken);
    return this.nextToken++;
  }

  readInto(buffer: LiveBuffer, sector: number, count: number): number {
    this.card.submit(CARD_READ, sector, count, buffer, 0, this.nextToken);
    return this.nextToken++;
  }

  /** Reads sectors and waits for the end. @returns their names, or the status if the read failed */
  read(sector: number, count = 1): string[] | number {
    const into = new LiveBuffer();
    this.readInto(into, sector, count);
    this.drain();
    const { status } = this.answers.at(-1)!;
    return into.stored.size === 0 ? status : [...into.stored.values()].map((content) => this.name(content));
  }

  flush(): number {
    this.card.submit(CARD_FLUSH, 0, 0, null, 0, this.nextToken);
    return this.nextToken++;
  }

  /** Runs until nothing waits. */
  drain(): void {
    while (this.clock.step());
  }

  /** Runs the clock's next `events` events. */
  steps(events: number): void {
    for (let i = 0; i < events; i++) if (!this.clock.step()) throw new Error(`only ${i} events were left`);
  }

  /** The crash space as one line an axis: what each option makes of the sectors it changes. */
  outcomes(): string[] {
    return this.card.crashSpace().map((axis) => {
      const options = axis.options.map((option) =>
        option.sectors.map((sector, i) => `${sector}=${this.name(option.contents[i]!)}`).join("+"),
      );
      return `${axis.sector}: ${options.map((text) => text || "kept").join(" | ")}`;
    });
  }

  /** "7" for two stamps 7, "7/3" for a mix, "0" for zeros, "error" for UNREADABLE. */
  name(content: number): string {
    if (content === 0) return "error";
    const [first, second] = [0, 1].map((piece) => {
      const bytes = this.contents.bytesOfPiece(this.contents.pieceOf(content, piece));
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    });
    return first === second ? `${first}` : `${first}/${second}`;
  }
}
