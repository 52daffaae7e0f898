/**
 * What a card holds: `media` what is durable, `log` what was received since and may be lost, and at most one
 * sector in flight. Knows nothing of commands and time.
 */
import type { CardImage } from "./card-image.js";
import type { CardCharacteristics } from "./characteristics.js";
import { buildCrashSpace, type CrashAxis, type SectorInFlight } from "./crash-space.js";
import type { SectorContents } from "./sector-contents.js";
import { VersionLog } from "./version-log.js";

/** Told after each change of durable contents, those made by a cut included. */
export type MediaObserver = (sector: number, content: number) => void;

const NO_SECTOR = -1;
const NO_CONTENT = -1;

/** The contents of one card, from the first sampled piece of a sector until a later cut. */
export class CardStorage {
  /** Changes whenever the set of crash outcomes may have changed. */
  crashVersion = 0;
  private readonly log = new VersionLog();
  private readonly inFlight: SectorInFlight = {
    sector: NO_SECTOR,
    old: 0,
    firstPiece: 0,
    content: NO_CONTENT,
  };
  /** media with the whole log applied: what reads return. */
  private current: CardImage;
  private space: readonly CrashAxis[] = [];
  private spaceVersion = -1;

  /** @param media becomes this object's own */
  constructor(
    readonly media: CardImage,
    private readonly characteristics: CardCharacteristics,
    private readonly contents: SectorContents,
    private readonly onMediaChange: MediaObserver | null,
  ) {
    this.current = media.fork();
  }

  /** The newest version of a sector that was received whole, else what is durable. */
  view(sector: number): number {
    return this.current.get(sector);
  }

  /** An independent image of view(). */
  viewImage(): CardImage {
    return this.current.fork();
  }

  /** The first piece of a sector was sampled: from now on this is the sector in flight. */
  beginSector(sector: number, firstPiece: number): void {
    const inFlight = this.inFlight;
    inFlight.sector = sector;
    inFlight.old = this.current.get(sector);
    inFlight.firstPiece = firstPiece;
    inFlight.content = NO_CONTENT;
    // Atomic sectors do not tear, so half a sector adds no outcome.
    if (!this.characteristics.atomicSector) this.crashVersion++;
  }

  /**
   * The second piece of the sector in flight was sampled by write command number `command`.
   * @returns content id of the sector
   */
  receiveSector(secondPiece: number, command: number): number {
    const inFlight = this.inFlight;
    const sector = inFlight.sector;
    const content = this.contents.sectorOf(inFlight.firstPiece, secondPiece);
    if (this.log.full) this.promoteOldest();
    this.log.push(sector, content, command);
    this.current.set(sector, content);
    // A cache takes the sector whole; without one it stays in flight until it is programmed.
    if (this.characteristics.cache === "none") inFlight.content = content;
    else inFlight.sector = NO_SECTOR;
    this.crashVersion++;
    return content;
  }

  /** Forgets a sector of which only the first piece came; a sector received whole stays in flight. */
  dropHalfReceived(): void {
    if (this.inFlight.sector === NO_SECTOR || this.inFlight.content !== NO_CONTENT) return;
    this.inFlight.sector = NO_SECTOR;
    this.crashVersion++;
  }

  /** The write command is complete: none of its sectors is in flight any more. */
  endTransfer(): void {
    if (this.inFlight.sector === NO_SECTOR) return;
    this.inFlight.sector = NO_SECTOR;
    this.crashVersion++;
  }

  /** Whether any version of a write command up to this number may still be lost. */
  mayLose(command: number): boolean {
    return this.log.length > 0 && this.log.commandAt(0) <= command;
  }

  /** Makes every version of the write commands up to this number durable. */
  settle(command: number): void {
    while (this.mayLose(command)) this.promoteOldest();
  }

  /** The crash space of this moment; the same array until crashVersion changes. */
  crashSpace(): readonly CrashAxis[] {
    if (this.spaceVersion !== this.crashVersion) {
      this.space = buildCrashSpace(this.media, this.log, this.inFlight, this.characteristics, this.contents);
      this.spaceVersion = this.crashVersion;
    }
    return this.space;
  }

  /**
   * Makes one crash outcome the durable contents and forgets everything else.
   * @param choice for each axis of crashSpace(), in its order, the index of one of its options
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  crash(choice: readonly number[]): void {
    const space = this.crashSpace();
    if (choice.length !== space.length) {
      throw new Error(`a choice for ${choice.length} axes does not fit a crash space of ${space.length}`);
    }
    for (let i = 0; i < space.length; i++) {
      if (space[i]!.options[choice[i]!] === undefined) {
        throw new Error(`axis ${i} (sector ${space[i]!.sector}) has no option ${choice[i]}`);
      }
    }
    for (let i = 0; i < space.length; i++) {
      const { sectors, contents } = space[i]!.options[choice[i]!]!;
      for (let k = 0; k < sectors.length; k++) this.makeDurable(sectors[k]!, contents[k]!);
    }
    this.log.clear();
    this.inFlight.sector = NO_SECTOR;
    this.current = this.media.fork();
    this.crashVersion++;
  }

  private promoteOldest(): void {
    this.makeDurable(this.log.sectorAt(0), this.log.contentAt(0));
    this.log.dropOldest();
    this.crashVersion++;
  }

  private makeDurable(sector: number, content: number): void {
    if (this.media.get(sector) === content) return;
    this.media.set(sector, content);
    if (this.onMediaChange !== null) this.onMediaChange(sector, content);
  }
}
