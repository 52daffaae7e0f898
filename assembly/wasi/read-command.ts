import { REQUEST_READ, SECTOR_BYTES, STATUS_OK, STATUS_READ_ERROR } from "../layout";
import { KEY_COUNT, KEY_SECTOR, optionAtLeast, readOptions } from "./arguments";
import { request } from "./controller";
import { complainOf, imagePath } from "./images";
import { assembleInEarnest, lookAtArray, refuseOutside, stopInEarnest } from "./opened-array";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { STDOUT, print, printNumber, printText, writeAll } from "./print";
import { refuseStatus } from "./refusal";
import { CHUNK_SECTORS, transferBuffer } from "./transfer-buffer";

/**
 * `read A B --sector N --count N`: sectors to standard output. In a region that needs sync they are first made equal
 * on both images, as the driver does for everyone: else a later read could answer otherwise.
 */
export function read(): void {
  readOptions((1 << KEY_SECTOR) | (1 << KEY_COUNT));
  const sector = optionAtLeast(KEY_SECTOR, 0, "--sector");
  const total = optionAtLeast(KEY_COUNT, 1, "--count");
  lookAtArray(true);
  refuseOutside(sector, total);
  assembleInEarnest();
  let done: u32 = 0;
  while (done < total) {
    const sectors = min(total - done, CHUNK_SECTORS);
    const status = request(REQUEST_READ, sector + done, sectors, transferBuffer());
    if (status == STATUS_READ_ERROR) refuseUnreadable(sector + done, sectors);
    if (status != STATUS_OK) refuseStatus(status);
    writeAll(STDOUT, transferBuffer(), sectors * SECTOR_BYTES);
    done += sectors;
  }
  stopInEarnest();
}

function refuseUnreadable(sector: u32, sectors: u32): void {
  complainOf(0);
  print(" and ");
  printText(imagePath(1));
  print(": of the array's sectors ");
  printNumber(sector);
  print(" to ");
  printNumber(sector + sectors - 1);
  print(" one can be read from neither; write it again or restore an image from a copy");
  exitWith(EXIT_BAD_INPUT);
}
