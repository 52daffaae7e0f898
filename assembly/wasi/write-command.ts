import { REQUEST_FLUSH, REQUEST_WRITE, SECTOR_BYTES, STATUS_OK } from "../layout";
import { isInSync } from "../driver/members";
import { KEY_COUNT, KEY_SECTOR, isGiven, optionAtLeast, readOptions } from "./arguments";
import { request } from "./controller";
import { assembleInEarnest, lookAtArray, refuseOutside, stopInEarnest } from "./opened-array";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { complain, print, printByte, printNumber } from "./print";
import { refuseStatus } from "./refusal";
import { CHUNK_SECTORS, fillFromInput, transferBuffer } from "./transfer-buffer";

const CHUNK_BYTES: u32 = CHUNK_SECTORS * SECTOR_BYTES;

/** `write A B --sector N [--count N]`: whole sectors from standard input, flushed on both images at the end. */
export function write(): void {
  readOptions((1 << KEY_SECTOR) | (1 << KEY_COUNT));
  const sector = optionAtLeast(KEY_SECTOR, 0, "--sector");
  const wanted: u32 = isGiven(KEY_COUNT) ? optionAtLeast(KEY_COUNT, 1, "--count") : 0;
  lookAtArray(true);
  // All that can be known of the input is checked before anything is changed.
  let filled = fillFromInput(wanted == 0 ? CHUNK_BYTES : bytesOfNext(wanted));
  const total = wanted == 0 ? sectorsOfWhole(filled) : wanted;
  if (filled < bytesOfNext(total)) refuseShort(filled / SECTOR_BYTES, total, false);
  refuseOutside(sector, total);
  assembleInEarnest();
  let done: u32 = 0;
  while (done < total && filled == bytesOfNext(total - done)) {
    const sectors = filled / SECTOR_BYTES;
    const status = request(REQUEST_WRITE, sector + done, sectors, transferBuffer());
    if (status != STATUS_OK) refuseStatus(status);
    done += sectors;
    filled = done < total ? fillFromInput(bytesOfNext(total - done)) : 0;
  }
  const flushed = request(REQUEST_FLUSH, 0, 0, 0);
  if (flushed != STATUS_OK) refuseStatus(flushed);
  const both = isInSync(0) && isInSync(1);
  stopInEarnest();
  if (done < total) refuseShort(done, total, true);
  print("wrote ");
  printNumber(done);
  print(" sectors from ");
  printNumber(sector);
  print(both ? " on to both images" : " on to one image; the other one is behind until `resync`");
  printByte(0x0a);
}

/** Bytes of the next piece when `sectors` are left. */
function bytesOfNext(sectors: u32): u32 {
  return min(sectors, CHUNK_SECTORS) * SECTOR_BYTES;
}

/** Sectors of an input that ended inside the first piece. Ends the program when it did not, or not at a sector's end. */
function sectorsOfWhole(bytes: u32): u32 {
  if (bytes != 0 && bytes < CHUNK_BYTES && bytes % SECTOR_BYTES == 0) return bytes / SECTOR_BYTES;
  complain();
  print("standard input holds ");
  if (bytes == CHUNK_BYTES) {
    printNumber(CHUNK_BYTES);
    print(" bytes or more; say with --count how many sectors to write");
  } else {
    printNumber(bytes);
    print(" bytes; give whole sectors of ");
    printNumber(SECTOR_BYTES);
    print(" bytes");
  }
  exitWith(EXIT_BAD_INPUT);
  return 0;
}

function refuseShort(done: u32, total: u32, written: bool): void {
  complain();
  print("standard input ended after ");
  printNumber(done);
  print(" of ");
  printNumber(total);
  print(" sectors; ");
  print(written ? "these are written, give the others" : "nothing was written, give all of them");
  exitWith(EXIT_BAD_INPUT);
}
