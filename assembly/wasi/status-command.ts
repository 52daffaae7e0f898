import {
  GEOMETRY_DATA_SECTORS,
  GEOMETRY_DATA_START,
  GEOMETRY_REGIONS,
  GEOMETRY_REGION_SHIFT,
  MEMBERS,
  REGION_CLEAN,
  REGION_NEEDS_SYNC,
  REGION_UNWRITTEN,
  SECTOR_BYTES,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_BASE_AT,
  SUPERBLOCK_CARD_ID_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARENT_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_SEQUENCE_AT,
  SUPERBLOCK_STRIDE_AT,
  SUPERBLOCK_VERSION_AT,
} from "../layout";
import { geometryValue } from "../driver/geometry";
import { regionState } from "../driver/interface";
import { superblockOf, superblockWord } from "../driver/superblock";
import { KEY_JSON, isGiven, readOptions } from "./arguments";
import { imagePath, imageSectors } from "./images";
import { lookAtArray } from "./opened-array";
import { print, printByte, printNumber, printText, printWords } from "./print";
import { printMember } from "./refusal";

/** `status A B [--json]`: what the superblocks and bitmap records say, with nothing written and nothing resynchronised. */
export function status(): void {
  readOptions(1 << KEY_JSON);
  lookAtArray(false);
  if (isGiven(KEY_JSON)) printJson();
  else printLines();
}

/** Regions that an assembly of the images as they are would put into `state`. */
function regionsIn(state: u32): u32 {
  const regions = geometryValue(GEOMETRY_REGIONS);
  let found: u32 = 0;
  for (let region: u32 = 0; region < regions; region++) {
    if (regionState(region) == state) found++;
  }
  return found;
}

function printField(member: u32, offset: u32, words: u32): void {
  printWords(superblockOf(member) + <usize>offset, words);
}

function printLines(): void {
  print("array     ");
  printField(0, SUPERBLOCK_ARRAY_ID_AT, 4);
  print("\nlineage   ");
  printField(0, SUPERBLOCK_LINEAGE_AT, 2);
  print(", parent ");
  printField(0, SUPERBLOCK_PARENT_AT, 2);
  for (let member: u32 = 0; member < MEMBERS; member++) {
    print("\nmember ");
    printMember(superblockWord(member, SUPERBLOCK_MEMBER_AT));
    print("  card ");
    printField(member, SUPERBLOCK_CARD_ID_AT, 2);
    print(", superblock sequence ");
    printNumber(superblockWord(member, SUPERBLOCK_SEQUENCE_AT));
    print(", ");
    printNumber(imageSectors(member));
    print(" sectors, ");
    printText(imagePath(member));
  }
  print("\ngeometry  ");
  printNumber(geometryValue(GEOMETRY_REGIONS));
  print(" regions of ");
  printNumber(1 << geometryValue(GEOMETRY_REGION_SHIFT));
  print(" sectors, stride ");
  printNumber(superblockWord(0, SUPERBLOCK_STRIDE_AT));
  print(", data from sector ");
  printNumber(geometryValue(GEOMETRY_DATA_START));
  print(" on, ");
  printNumber(<u64>geometryValue(GEOMETRY_DATA_SECTORS) * SECTOR_BYTES);
  print(" bytes usable\nregions   ");
  printNumber(regionsIn(REGION_CLEAN));
  print(" CLEAN, ");
  printNumber(regionsIn(REGION_NEEDS_SYNC));
  print(" NEEDS_SYNC, ");
  printNumber(regionsIn(REGION_UNWRITTEN));
  print(" UNWRITTEN");
  printByte(0x0a);
}

function printKey(key: string): void {
  printByte(0x22);
  print(key);
  print('":');
}

function printNumberField(key: string, value: u32, end: string): void {
  printKey(key);
  printNumber(value);
  print(end);
}

function printWordsField(key: string, member: u32, offset: u32, words: u32): void {
  printKey(key);
  printByte(0x22);
  printField(member, offset, words);
  print('",');
}

/** One object on one line; docs/wasi.md says what its fields mean. */
function printJson(): void {
  print("{");
  printWordsField("arrayId", 0, SUPERBLOCK_ARRAY_ID_AT, 4);
  printNumberField("formatVersion", superblockWord(0, SUPERBLOCK_VERSION_AT), ",");
  printWordsField("lineage", 0, SUPERBLOCK_LINEAGE_AT, 2);
  printWordsField("parent", 0, SUPERBLOCK_PARENT_AT, 2);
  printKey("members");
  print("[");
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (member != 0) print(",");
    print("{");
    printNumberField("member", superblockWord(member, SUPERBLOCK_MEMBER_AT), ",");
    printWordsField("cardId", member, SUPERBLOCK_CARD_ID_AT, 2);
    printWordsField("partnerId", member, SUPERBLOCK_PARTNER_ID_AT, 2);
    printNumberField("sequence", superblockWord(member, SUPERBLOCK_SEQUENCE_AT), ",");
    printNumberField("sectors", imageSectors(member), "}");
  }
  print("],");
  printKey("geometry");
  print("{");
  printNumberField("regions", geometryValue(GEOMETRY_REGIONS), ",");
  printNumberField("regionSectors", 1 << geometryValue(GEOMETRY_REGION_SHIFT), ",");
  printNumberField("strideSectors", superblockWord(0, SUPERBLOCK_STRIDE_AT), ",");
  printNumberField("baseSector", superblockWord(0, SUPERBLOCK_BASE_AT), ",");
  printNumberField("dataStartSector", geometryValue(GEOMETRY_DATA_START), ",");
  printNumberField("dataSectors", geometryValue(GEOMETRY_DATA_SECTORS), "},");
  printKey("regions");
  print("{");
  printNumberField("CLEAN", regionsIn(REGION_CLEAN), ",");
  printNumberField("NEEDS_SYNC", regionsIn(REGION_NEEDS_SYNC), ",");
  printNumberField("UNWRITTEN", regionsIn(REGION_UNWRITTEN), "}}");
  printByte(0x0a);
}
