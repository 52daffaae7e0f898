/**
 * What a card holds: `media` what is durable, `log` what was received since and may be lost, and at most one
 * sector in flight. Knows nothing of commands and time.
 */
import type { CardImage } from "./card-image.js";
import type { CardCharacteristics } from "./characteristics.js";
import { Collateral, type CollateralLimits } from "./collateral.js";
import { buildCrashSpace, type CrashAxis, type SectorInFlight } from "./crash-space.js";
import { DurableHistory } from "./durable-history.js";
import { FaultOverlay, type DamageCause } from "./fault-overlay.js";
import { rollbackAxis } from "./rollback.js";
import { UNREADABLE, type SectorContents } from "./sector-contents.js";
import { VersionLog } from "./version-log.js";

/** Told after each change of durable contents, those made by a cut included. */
export type MediaObserver = (sector: number, content: number) => void;

const NO_SECTOR = -1;
const NO_CONTENT = -1;

/** The contents of one card, from the first sampled piece of a sector until a later cut. */
export class CardStorage {
  /** Changes whenever the set of crash outcomes may have changed. */
  crashVersion = 0;
  /** The sectors that faults have made unreadable. */
  readonly overlay = new FaultOverlay();
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
  /** null on cards without collateral damage. */
  private readonly collateral: Collateral | null;
  /** Crash spaces looked at in which an older durable version may come back (F4). */
  rollbacks = 0;
  /** null on cards that have no use for it. */
  private readonly history: DurableHistory | null;

  /**
   * @param media      becomes this object's own
   * @param collateral of use only to cards that have it
   */
  constructor(
    readonly media: CardImage,
    private readonly characteristics: CardCharacteristics,
    private readonly contents: SectorContents,
    private readonly onMediaChange: MediaObserver | null,
    collateral: CollateralLimits,
  ) {
    this.current = media.fork();
    this.collateral = characteristics.collateral ? new Collateral(collateral) : null;
    this.history = characteristics.collateral || characteristics.rollback ? new DurableHistory() : null;
  }

  /** The newest version of a sector that was received whole, else what is durable. */
  view(sector: number): number {
    return this.current.get(sector);
  }

  /** Whether this content was received whole for a sector, and may still be lost. */
  received(sector: number, content: number): boolean {
    const { log } = this;
    for (let i = log.length - 1; i >= 0; i--) {
      if (log.sectorAt(i) === sector && log.contentAt(i) === content) return true;
    }
    return false;
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
    // Atomic sectors do not tear, so half a sector adds no outcome of its own.
    if (!this.characteristics.atomicSector || this.collateral !== null) this.crashVersion++;
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
      const space = buildCrashSpace(this.media, this.log, this.inFlight, this.characteristics, this.contents);
      if (this.history !== null) this.addFaultAxes(space, this.history);
      this.space = space;
      this.spaceVersion = this.crashVersion;
    }
    return this.space;
  }

  /**
   * A durable sector goes bad by itself; what the cache holds of it stays as it is. Written again, it is well.
   * @param content what it holds from now on; default: it reads as an error
   */
  spoil(sector: number, content = UNREADABLE): void {
    const pristine = this.media.get(sector);
    if (pristine === content) return;
    this.replace(sector, pristine, content, "latent");
    if (!this.log.holds(sector)) {
      this.current.set(sector, content);
      if (this.inFlight.sector === sector) this.inFlight.old = content;
    }
    this.crashVersion++;
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
      const { sectors, contents, destroys } = space[i]!.options[choice[i]!]!;
      const cause = destroys === undefined ? "torn" : "collateral";
      for (let k = 0; k < sectors.length; k++) this.makeDurable(sectors[k]!, contents[k]!, cause);
    }
    this.log.clear();
    this.history?.clear();
    this.inFlight.sector = NO_SECTOR;
    this.current = this.media.fork();
    this.crashVersion++;
  }

  /** The axes of faults beyond what is in flight or cached; no sector is in two axes. */
  private addFaultAxes(space: CrashAxis[], history: DurableHistory): void {
    const { log, inFlight, media } = this;
    const taken = new Set<number>();
    for (let i = 0; i < log.length; i++) taken.add(log.sectorAt(i));
    if (inFlight.sector !== NO_SECTOR) taken.add(inFlight.sector);
    if (this.characteristics.rollback) {
      const axis = rollbackAxis(media, history, taken);
      if (axis !== null) {
        space.push(axis);
        this.rollbacks++;
      }
    }
    if (this.collateral !== null) {
      const axis = this.collateral.axis(media, history, this.programmed(), taken);
      if (axis !== null) space.push(axis);
    }
    space.sort((a, b) => a.sector - b.sector);
  }

  /** What a cut now interrupts: the sector in flight, else what the cache may be writing out: its oldest or newest. */
  private programmed(): number[] {
    const { log, inFlight } = this;
    if (inFlight.sector !== NO_SECTOR) return [inFlight.sector];
    if (log.length === 0) return [];
    return [log.sectorAt(0), log.sectorAt(log.length - 1)];
  }

  private promoteOldest(): void {
    this.makeDurable(this.log.sectorAt(0), this.log.contentAt(0), "torn");
    this.log.dropOldest();
    this.crashVersion++;
  }

  /** @param cause why, if the content is UNREADABLE */
  private makeDurable(sector: number, content: number, cause: DamageCause): void {
    const before = this.media.get(sector);
    if (before === content) return;
    this.history?.note(sector, before);
    this.replace(sector, before, content, cause);
  }

  private replace(sector: number, before: number, content: number, cause: DamageCause): void {
    if (content === UNREADABLE) this.overlay.damage(sector, before, cause);
    else if (before === UNREADABLE) this.overlay.heal(sector);
    this.media.set(sector, content);
    if (this.onMediaChange !== null) this.onMediaChange(sector, content);
  }
}
