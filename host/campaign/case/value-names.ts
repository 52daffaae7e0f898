import { UNREADABLE, ZEROS, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ScenarioEvent } from "../world/scenario-event.js";

/**
 * What a person calls the contents of each data sector: v0 is what it held at first, v1, v2 ... what its buffer held
 * later, in that order. Two of them may be called old and new instead.
 */
export class ValueNames {
  /** For each data sector the distinct contents, in the order in which they came. */
  private readonly bySector = new Map<number, number[]>();
  private pairSector = -1;
  private older = UNREADABLE;
  private newer = UNREADABLE;

  constructor(
    private readonly contents: SectorContents,
    events: readonly ScenarioEvent[],
  ) {
    for (const event of events) {
      if (event.kind === "write") event.contents.forEach((content, i) => this.add(event.sector + i, content));
      else if (event.kind === "modified") this.add(event.sector, event.content);
    }
  }

  /** From now on the two contents of the sector are called old and new, if both were in a buffer as a whole. */
  callOldAndNew(sector: number, a: number, b: number): void {
    const known = this.of(sector);
    const [first, second] = [known.indexOf(a), known.indexOf(b)];
    if (first < 0 || second < 0 || first === second) return;
    this.pairSector = sector;
    this.older = known[Math.min(first, second)]!;
    this.newer = known[Math.max(first, second)]!;
  }

  /** The name of a content of a data sector; one that tore is named by its halves. */
  name(sector: number, content: number): string {
    if (content === UNREADABLE) return "a read error";
    if (sector === this.pairSector && content === this.older) return "old";
    if (sector === this.pairSector && content === this.newer) return "new";
    const known = this.of(sector);
    const index = known.indexOf(content);
    if (index >= 0) return `v${index}`;
    return `half ${this.nameOfHalf(sector, content, 0)}, half ${this.nameOfHalf(sector, content, 1)}`;
  }

  private nameOfHalf(sector: number, content: number, piece: number): string {
    const half = this.contents.pieceOf(content, piece);
    const whole = this.of(sector).findLast((known) => this.contents.pieceOf(known, piece) === half);
    return whole === undefined ? "other bytes" : this.name(sector, whole);
  }

  private add(sector: number, content: number): void {
    const known = this.of(sector);
    if (!known.includes(content)) known.push(content);
  }

  private of(sector: number): number[] {
    let known = this.bySector.get(sector);
    if (known === undefined) this.bySector.set(sector, (known = [ZEROS]));
    return known;
  }
}
