import { SECTOR_BYTES } from "../../assembly/layout.js";
import { SECTORS_MAX } from "../sdcard-emulator/card-image.js";
import { parseByteSize } from "./byte-size.js";
import { UsageError } from "./usage-error.js";

/** Sectors of a card, from what was given to --size. @throws UsageError */
export function sectorsOfSize(text: string): number {
  const sectors = (parseByteSize(text) ?? Number.NaN) / SECTOR_BYTES;
  if (Number.isInteger(sectors) && sectors >= 1 && sectors <= SECTORS_MAX) return sectors;
  throw new UsageError(
    `--size is "${text}": give whole sectors of ${SECTOR_BYTES} bytes, at most 64GiB, as 64MiB`,
  );
}
