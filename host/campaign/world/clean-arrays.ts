import { BITMAP_SERIAL, MEMBERS, SECTOR_BYTES } from "../../../assembly/layout.js";
import { DriverModule } from "../../mirror/driver-module.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { cleanArray } from "./clean-array.js";

interface WrittenSector {
  readonly member: number;
  readonly sector: number;
  readonly bytes: Uint8Array;
}

/**
 * New arrays, made once for each geometry: to resynchronise one of 72 MiB takes half a second, to copy the few sectors
 * that are not zeros afterwards takes nothing. Content ids belong to one run, so bytes are kept.
 */
export class CleanArrays {
  private readonly known = new Map<string, readonly WrittenSector[]>();

  /** @param binary the rig build of the driver */
  constructor(private readonly binary: Uint8Array) {}

  /** Both images of a new array, with ids of `contents`; see cleanArray. @param scheme BITMAP_... */
  images(
    geometry: ArrayGeometry,
    contents: SectorContents,
    scheme: number = BITMAP_SERIAL,
  ): readonly [CardImage, CardImage] {
    const key = JSON.stringify({ geometry, scheme });
    let written = this.known.get(key);
    if (written === undefined) {
      written = this.make(geometry, scheme);
      this.known.set(key, written);
    }
    const images = [new CardImage(geometry.cardSectors), new CardImage(geometry.cardSectors)] as const;
    for (const { member, sector, bytes } of written) {
      images[member]!.set(sector, contents.internSector(bytes, 0));
    }
    return images;
  }

  private make(geometry: ArrayGeometry, scheme: number): WrittenSector[] {
    const contents = new SectorContents();
    const images = cleanArray(new DriverModule(this.binary), contents, geometry, scheme);
    const blank = new CardImage(geometry.cardSectors);
    const written: WrittenSector[] = [];
    for (let member = 0; member < MEMBERS; member++) {
      for (const sector of images[member]!.differences(blank, geometry.cardSectors)) {
        const bytes = new Uint8Array(SECTOR_BYTES);
        contents.copySector(images[member]!.get(sector), bytes, 0);
        written.push({ member, sector, bytes });
      }
    }
    return written;
  }
}
