import { GEOMETRY_DATA_SECTORS, OPTION_CARD_SECTORS, OPTION_METADATA_STRIDE, STATUS_OK } from "../layout";
import { geometryValue } from "../driver/geometry";
import { assembleArray, protectImages, setOption, stopArray } from "./controller";
import { cardSectors, complainOf, imagePath, openImages } from "./images";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { print, printNumber, printText } from "./print";
import { refuseStatus } from "./refusal";
import { strideOf } from "./superblock-search";

/** Stride for a new array on plain files, sectors; also what is tried when no superblock tells one. */
export const STRIDE_DEFAULT: u32 = 128;

/**
 * Opens both images and assembles the array without writing a byte: writes of the assembly are only believed. Ends
 * the program with one sentence when the images make no array.
 */
export function lookAtArray(writable: bool): void {
  openImages(writable);
  protectImages(true);
  setOption(OPTION_CARD_SECTORS, cardSectors());
  let stride = strideOf(0);
  if (stride == 0) stride = strideOf(1);
  setOption(OPTION_METADATA_STRIDE, stride == 0 ? STRIDE_DEFAULT : stride);
  const status = assembleArray();
  if (status != STATUS_OK) refuseStatus(status);
}

/** After `lookAtArray`: assembles in earnest. From here on the images change. */
export function assembleInEarnest(): void {
  const looked = stopArray();
  assert(looked == STATUS_OK);
  protectImages(false);
  const status = assembleArray();
  if (status != STATUS_OK) refuseStatus(status);
}

/** Stops the array behind one last clearing pass. */
export function stopInEarnest(): void {
  const status = stopArray();
  if (status != STATUS_OK) refuseStatus(status);
}

/** Ends the program when `count` sectors from `sector` on are not all in the array. */
export function refuseOutside(sector: u32, count: u32): void {
  const sectors = geometryValue(GEOMETRY_DATA_SECTORS);
  if (sector < sectors && count <= sectors - sector) return;
  complainOf(0);
  print(" and ");
  printText(imagePath(1));
  print(" hold sectors 0 to ");
  printNumber(sectors - 1);
  print(", not ");
  printNumber(sector);
  print(" to ");
  printNumber(<u64>sector + count - 1);
  print("; choose --sector and --count inside");
  exitWith(EXIT_BAD_INPUT);
}
