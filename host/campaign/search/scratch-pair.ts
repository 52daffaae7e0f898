import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { grown } from "../../sdcard-emulator/open-addressing.js";
import type { ArrayGeometry } from "../world/array-geometry.js";

/** Numbers that a change is kept as: twice the sector and the member, and what was there. */
const FIELDS = 2;
const CHANGES_FIRST = 256;

/**
 * Two card images to try crash outcomes on: every change can be undone, and it is known at any moment in which
 * regions the cards differ. The images follow the media of the live cards through `follow`.
 */
export class ScratchPair {
  /** For each region the number of sectors in which the two cards differ. */
  readonly differences: Int32Array;
  /** Changes that can be taken back, the last one at the end. */
  private changes = new Int32Array(CHANGES_FIRST * FIELDS);
  private count = 0;

  constructor(
    private readonly geometry: ArrayGeometry,
    private readonly images: readonly [CardImage, CardImage],
  ) {
    this.differences = new Int32Array(geometry.regions);
    for (let sector = 0; sector < geometry.dataSectors; sector++) {
      const at = geometry.dataStart + sector;
      if (images[0].get(at) !== images[1].get(at)) this.differences[sector >> geometry.regionShift]!++;
    }
  }

  get(member: number, sector: number): number {
    return this.images[member]!.get(sector);
  }

  /** A change that `undo` takes back. */
  set(member: number, sector: number, content: number): void {
    const old = this.images[member]!.get(sector);
    if (old === content) return;
    const at = this.count++ * FIELDS;
    if (at === this.changes.length) this.changes = grown(this.changes);
    this.changes[at] = sector * 2 + member;
    this.changes[at + 1] = old;
    this.assign(member, sector, old, content);
  }

  /** A lasting change: the live card's media changed. Only between trials. */
  follow(member: number, sector: number, content: number): void {
    if (this.count > 0) throw new Error("a trial is under way: undo it before following the card");
    this.assign(member, sector, this.images[member]!.get(sector), content);
  }

  /** Where `undo` leads back to. */
  mark(): number {
    return this.count;
  }

  /** Takes back every change since `mark`. */
  undo(mark: number): void {
    const { changes } = this;
    while (this.count > mark) {
      const at = --this.count * FIELDS;
      const sector = changes[at]! >> 1;
      const member = changes[at]! & 1;
      this.assign(member, sector, this.images[member]!.get(sector), changes[at + 1]!);
    }
  }

  /** Two 32-bit lanes that tell pairs of images apart. */
  hashLow(): number {
    const [a, b] = this.images;
    return (Math.imul(a.hashLow, 0x9e3779b1) + Math.imul(b.hashHigh ^ 0x5bd1e995, 0x85ebca6b)) | 0;
  }

  hashHigh(): number {
    const [a, b] = this.images;
    return (Math.imul(a.hashHigh, 0xc2b2ae35) ^ Math.imul(b.hashLow + 0x27d4eb2f, 0x165667b1)) | 0;
  }

  /** Independent copies of both images as they are now. */
  forkImages(): [CardImage, CardImage] {
    return [this.images[0].fork(), this.images[1].fork()];
  }

  private assign(member: number, sector: number, old: number, content: number): void {
    if (old === content) return;
    const data = sector - this.geometry.dataStart;
    if (data >= 0 && data < this.geometry.dataSectors) {
      const other = this.images[1 - member]!.get(sector);
      const before = old === other ? 0 : 1;
      const after = content === other ? 0 : 1;
      this.differences[data >> this.geometry.regionShift]! += after - before;
    }
    this.images[member]!.set(sector, content);
  }
}
