import {
  FORMAT_KEEP,
  AREA_DATA,
  GEOMETRY_DATA_SECTORS,
  GEOMETRY_REGIONS,
  MEMBERS,
  OPTION_ARRAY_ID_0,
  OPTION_CARD_A_ID_0,
  OPTION_CARD_SECTORS,
  OPTION_FORMAT,
  OPTION_METADATA_STRIDE,
  REGIONS_MAX,
  REGION_SHIFT_MAX,
  SECTOR_BYTES,
  STATUS_GEOMETRY,
  STATUS_OK,
  STATUS_TOO_SMALL,
} from "../layout";
import { crc32c } from "../checksum";
import { geometryValue, regionsThatFit } from "../driver/geometry";
import {
  KEY_ARRAY_ID,
  KEY_FORCE,
  KEY_REGION_SECTORS,
  KEY_STRIDE,
  arrayIdGiven,
  isGiven,
  optionAtLeast,
  optionOr,
  readOptions,
} from "./arguments";
import { formatArray, setOption } from "./controller";
import { cardSectors, complainOf, imageSectors, openImages } from "./images";
import { STRIDE_DEFAULT } from "./opened-array";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { print, printByte, printNumber, printWords } from "./print";
import { refuseStatus } from "./refusal";
import { STRIDE_MAX, strideOf } from "./superblock-search";
import { random_get } from "./wasi_snapshot_preview1";

const ARRAY_ID: usize = memory.data(16, 8);
const NONCE: usize = memory.data(8, 8);

/** `format A B --region-sectors N [--stride N] [--array-id HEX] [--force]`: makes a new array on both images. */
export function format(): void {
  readOptions((1 << KEY_REGION_SECTORS) | (1 << KEY_STRIDE) | (1 << KEY_ARRAY_ID) | (1 << KEY_FORCE));
  const regionSectors = optionAtLeast(KEY_REGION_SECTORS, 1, "--region-sectors");
  const stride = optionOr(KEY_STRIDE, STRIDE_DEFAULT);
  openImages(true);
  refuseUnlessPowerOfTwo("regions", regionSectors, 1 << REGION_SHIFT_MAX);
  refuseUnlessPowerOfTwo("a stride", stride, STRIDE_MAX);
  setOption(OPTION_CARD_SECTORS, cardSectors());
  setOption(OPTION_METADATA_STRIDE, stride);
  setOption(OPTION_FORMAT, FORMAT_KEEP);
  const shift = ctz(regionSectors);
  refuseUnreachable(shift, stride);
  for (let member: u32 = 0; member < MEMBERS; member++) refuseArray(member);
  chooseIdentities();
  const status = formatArray(shift, formatNonce());
  if (status == STATUS_GEOMETRY) refuseStride(stride);
  if (status == STATUS_TOO_SMALL) refuseTooSmall(regionSectors, stride);
  if (status != STATUS_OK) refuseStatus(status);
  print("array ");
  printWords(ARRAY_ID, 4);
  print(": ");
  printNumber(geometryValue(GEOMETRY_REGIONS));
  print(" regions of ");
  printNumber(regionSectors);
  print(" sectors, ");
  printNumber(<u64>geometryValue(GEOMETRY_DATA_SECTORS) * SECTOR_BYTES);
  print(" bytes usable");
  printByte(0x0a);
}

/** Random where an older array may go: under the same id its records must not pass for the new one's. */
function formatNonce(): u32 {
  if (!isGiven(KEY_FORCE)) return 1;
  const failed = random_get(NONCE, 4);
  assert(failed == 0);
  return load<u32>(NONCE);
}

/** Without an id given, a random one. Image files have no CID register: theirs are derived from the array's. */
function chooseIdentities(): void {
  if (isGiven(KEY_ARRAY_ID)) {
    memory.copy(ARRAY_ID, arrayIdGiven(), 16);
  } else {
    const failed = random_get(ARRAY_ID, 16);
    assert(failed == 0);
  }
  for (let word: u32 = 0; word < 4; word++) {
    setOption(OPTION_ARRAY_ID_0 + word, load<u32>(ARRAY_ID + <usize>(word << 2)));
  }
  for (let member: u32 = 0; member < MEMBERS; member++) {
    setOption(OPTION_CARD_A_ID_0 + member * 2, crc32c(ARRAY_ID, 16));
    setOption(OPTION_CARD_A_ID_0 + member * 2 + 1, member + 1);
  }
}

function refuseUnlessPowerOfTwo(what: string, sectors: u32, most: u32): void {
  if (sectors != 0 && sectors <= most && (sectors & (sectors - 1)) == 0) return;
  complainOf(0);
  print(" can't have ");
  print(what);
  print(" of ");
  printNumber(sectors);
  print(" sectors; take a power of two of 1 to ");
  printNumber(most);
  print(" sectors");
  exitWith(EXIT_BAD_INPUT);
}

/** More regions than the bitmap has bits for would leave the rest of the images unused. */
function refuseUnreachable(shift: u32, stride: u32): void {
  if (regionsThatFit(shift, stride) < REGIONS_MAX || shift == REGION_SHIFT_MAX) return;
  let needed = shift;
  while (needed < REGION_SHIFT_MAX && regionsThatFit(needed, stride) == REGIONS_MAX) needed++;
  if (needed == shift) return;
  complainOf(0);
  print(" has more than ");
  printNumber(REGIONS_MAX);
  print(" regions of ");
  printNumber(1 << shift);
  print(" sectors; take regions of ");
  printNumber(1 << needed);
  print(" sectors");
  exitWith(EXIT_BAD_INPUT);
}

function refuseArray(member: u32): void {
  if (isGiven(KEY_FORCE) || strideOf(member) == 0) return;
  complainOf(member);
  print(" already carries the superblock of an array; give --force if all that it holds may go");
  exitWith(EXIT_BAD_INPUT);
}

function refuseStride(stride: u32): void {
  complainOf(0);
  print(": a stride of ");
  printNumber(stride);
  print(" sectors has no room for the bitmap of so many regions; take a greater stride");
  exitWith(EXIT_BAD_INPUT);
}

function refuseTooSmall(regionSectors: u32, stride: u32): void {
  complainOf(imageSectors(0) <= imageSectors(1) ? 0 : 1);
  print(" has ");
  printNumber(cardSectors());
  print(" sectors, too few for the metadata (");
  printNumber(AREA_DATA);
  print(" x ");
  printNumber(stride);
  print(") and one region (");
  printNumber(regionSectors);
  print("); take a larger image, smaller regions or a smaller stride");
  exitWith(EXIT_BAD_INPUT);
}
