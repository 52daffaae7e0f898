/**
 * The crash space: everything that the durable contents of a card may be after a cut at this moment, as
 * independent axes with a few options each. A crash outcome is one option of every axis; their number is
 * the product of the options, so the axes are kept instead of the outcomes.
 */
import type { CardCharacteristics } from "./characteristics.js";
import { mixHigh, mixLow, type CardImage } from "./card-image.js";
import { UNREADABLE, type SectorContents } from "./sector-contents.js";
import type { VersionLog } from "./version-log.js";

/** Assignments over the durable contents: `sectors[i]` reads as `contents[i]`. Ascending sectors. */
export interface CrashOption {
  readonly sectors: readonly number[];
  readonly contents: readonly number[];
  /** The sector, durable and not in flight, that this option destroys as collateral damage; see collateral.ts. */
  readonly destroys?: number;
}

/** One independent choice: options[0] changes nothing, and no two options are equal in effect. */
export interface CrashAxis {
  /** The lowest sector that any option changes. */
  readonly sector: number;
  readonly options: readonly CrashOption[];
}

/** The sector in flight of a write: being received, or on a card without a cache being programmed. */
export interface SectorInFlight {
  /** -1 when no sector is in flight. */
  sector: number;
  /** What a read returned before this write: the newest earlier version, the only one below it on an ordered cache. */
  old: number;
  /** Piece id of the first piece, sampled from the live buffer. */
  firstPiece: number;
  /** Content id once both pieces are sampled, -1 before. */
  content: number;
}

const NOTHING_CHANGES: CrashOption = { sectors: [], contents: [] };

/**
 * The axes of a card, by ascending sector; axes with one option are left out.
 *
 * Without a cache or with an unordered one, each sector that may still change is an axis of its own. With an
 * ordered cache the card is a single axis: a cut keeps some prefix of what was received.
 * @param media the durable contents
 * @param log what was received and is not durable
 * @param inFlight the sector that may tear, unless the card's sectors are atomic
 */
export function buildCrashSpace(
  media: CardImage,
  log: VersionLog,
  inFlight: SectorInFlight,
  characteristics: CardCharacteristics,
  contents: SectorContents,
): CrashAxis[] {
  const tears = inFlight.sector >= 0 && !characteristics.atomicSector;
  const ordered = characteristics.cache === "ordered";
  const torn: number[] = [];
  if (tears) {
    const under = ordered ? [inFlight.old] : versionsUnder(media, log, inFlight);
    for (const old of under) addTornContents(torn, old, inFlight, contents);
  }
  if (ordered) return prefixAxis(media, log, inFlight.sector, torn);
  return sectorAxes(media, log, inFlight.sector, torn);
}

/**
 * What may lie under the sector in flight when sectors reach the media in any order: each version received before
 * and not yet durable, newest first, and what is durable. Without repetitions.
 */
function versionsUnder(media: CardImage, log: VersionLog, inFlight: SectorInFlight): Set<number> {
  const versions = new Set<number>();
  // Received whole, the sector in flight is itself the newest entry of the log.
  const newest = inFlight.content >= 0 ? log.length - 2 : log.length - 1;
  for (let i = newest; i >= 0; i--) if (log.sectorAt(i) === inFlight.sector) versions.add(log.contentAt(i));
  return versions.add(media.get(inFlight.sector));
}

/**
 * Adds what a torn sector may read as over an old version. A mix with an unreadable old sector fails the card's
 * error correction, so it is unreadable too.
 */
function addTornContents(
  torn: number[],
  old: number,
  inFlight: SectorInFlight,
  contents: SectorContents,
): void {
  const { firstPiece, content } = inFlight;
  if (old !== UNREADABLE) {
    torn.push(contents.sectorOf(firstPiece, contents.pieceOf(old, 1)));
    if (content >= 0) torn.push(contents.sectorOf(contents.pieceOf(old, 0), contents.pieceOf(content, 1)));
  }
  torn.push(UNREADABLE);
}

function sectorAxes(
  media: CardImage,
  log: VersionLog,
  tornSector: number,
  torn: readonly number[],
): CrashAxis[] {
  const bySector = new Map<number, number[]>();
  for (let i = 0; i < log.length; i++) addVersion(bySector, media, log.sectorAt(i), log.contentAt(i));
  for (const content of torn) addVersion(bySector, media, tornSector, content);
  const axes: CrashAxis[] = [];
  for (const sector of [...bySector.keys()].toSorted(ascending)) {
    const versions = bySector.get(sector)!;
    if (versions.length === 1) continue;
    const options: CrashOption[] = [NOTHING_CHANGES];
    for (let i = 1; i < versions.length; i++) options.push({ sectors: [sector], contents: [versions[i]!] });
    axes.push({ sector, options });
  }
  return axes;
}

/** Adds a version to those of its sector, which start with what is on the media. */
function addVersion(
  bySector: Map<number, number[]>,
  media: CardImage,
  sector: number,
  content: number,
): void {
  let versions = bySector.get(sector);
  if (versions === undefined) bySector.set(sector, (versions = [media.get(sector)]));
  if (!versions.includes(content)) versions.push(content);
}

function prefixAxis(
  media: CardImage,
  log: VersionLog,
  tornSector: number,
  torn: readonly number[],
): CrashAxis[] {
  const options = new PrefixOptions(media);
  for (let i = 0; i < log.length; i++) {
    options.assign(log.sectorAt(i), log.contentAt(i));
    options.record();
  }
  for (const content of torn) {
    options.assign(tornSector, content);
    options.record();
  }
  if (options.found.length === 1) return [];
  return [{ sector: options.lowest, options: options.found }];
}

/** Collects the distinct effects that a growing list of assignments goes through. */
class PrefixOptions {
  readonly found: CrashOption[] = [NOTHING_CHANGES];
  lowest = Infinity;
  private readonly changed = new Map<number, number>();
  /** Running hash of `changed`, the key under which equal effects are looked for. */
  private low = 0;
  private high = 0;
  private readonly byHash = new Map<number, CrashOption[]>();

  constructor(private readonly media: CardImage) {
    this.byHash.set(0, [NOTHING_CHANGES]);
  }

  assign(sector: number, content: number): void {
    const kept = this.media.get(sector);
    const before = this.changed.get(sector) ?? kept;
    this.low = (this.low - mixLow(sector, before) + mixLow(sector, content)) | 0;
    this.high = (this.high - mixHigh(sector, before) + mixHigh(sector, content)) | 0;
    if (content === kept) this.changed.delete(sector);
    else this.changed.set(sector, content);
  }

  /** Keeps the present effect as an option unless an equal one was kept before. */
  record(): void {
    const key = (this.low >>> 0) * 2 ** 20 + (this.high & 0xfffff);
    const alike = this.byHash.get(key);
    if (alike?.some((option) => this.isEffectOf(option))) return;
    const sectors = [...this.changed.keys()].toSorted(ascending);
    const option = { sectors, contents: sectors.map((sector) => this.changed.get(sector)!) };
    if (alike === undefined) this.byHash.set(key, [option]);
    else alike.push(option);
    this.found.push(option);
    this.lowest = Math.min(this.lowest, sectors[0]!);
  }

  private isEffectOf(option: CrashOption): boolean {
    if (option.sectors.length !== this.changed.size) return false;
    return option.sectors.every((sector, i) => this.changed.get(sector) === option.contents[i]);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
