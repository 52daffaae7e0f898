import { createHash } from "node:crypto";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { UNREADABLE, type SectorContents } from "../sdcard-emulator/sector-contents.js";

/** Of a content's SHA-256 that a key holds. */
const DIGEST_BYTES = 8;

/**
 * Names of states by what their sectors hold. Content ids depend on what a thread has seen before; these names are the
 * same in every thread and on every machine.
 */
export class ContentKeys {
  private readonly digests = new Map<number, Buffer>();
  private readonly bytes = new Uint8Array(SECTOR_BYTES);

  /** @param base what the states are compared with: sectors that are as there are not looked at */
  constructor(
    private readonly base: readonly CardImage[],
    private readonly contents: SectorContents,
  ) {}

  /** 12 characters of base 36. */
  of(images: readonly CardImage[], marks: readonly string[]): string {
    const hash = createHash("sha256");
    for (const [card, image] of images.entries()) {
      const changed = image.differences(this.base[card]!, Infinity);
      hash.update(`card ${changed.join(" ")}\n`);
      for (const sector of changed) hash.update(this.digest(image.get(sector)));
    }
    for (const mark of marks) hash.update(`mark ${Buffer.byteLength(mark)} ${mark}\n`);
    return (hash.digest().readBigUInt64BE(0) >> 4n).toString(36).padStart(12, "0");
  }

  private digest(content: number): Buffer {
    const known = this.digests.get(content);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    if (content === UNREADABLE) hash.update("unreadable");
    else {
      this.contents.copySector(content, this.bytes, 0);
      hash.update(this.bytes);
    }
    const digest = hash.digest().subarray(0, DIGEST_BYTES);
    this.digests.set(content, digest);
    return digest;
  }
}
