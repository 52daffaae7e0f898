import {
  AREA_DATA,
  BITMAP_SINGLE,
  FORMAT_VERSION,
  MEMBERS,
  SECTOR_BYTES,
  STATUS_CARD_FAILED,
  STATUS_FOREIGN,
  STATUS_GEOMETRY,
  STATUS_LINEAGE,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_SAME_MEMBER,
  STATUS_READ_ERROR,
  STATUS_STATE,
  STATUS_TOO_SMALL,
  STATUS_VERSION,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_BASE_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_REGIONS_AT,
  SUPERBLOCK_REGION_SHIFT_AT,
  SUPERBLOCK_STRIDE_AT,
  SUPERBLOCK_SCHEME_AT,
  SUPERBLOCK_VERSION_AT,
  STATUS_HALF_REBUILT,
  STATUS_ONE_CARD,
  STATUS_SPLIT,
} from "../layout";
import { hasSuperblock, superblockOf, superblockStatus, superblockWord } from "../driver/superblock";
import { complainOf, failedMember, hasReadError, imagePath, imageSectors, refuseFailure } from "./images";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { print, printByte, printNumber, printText, printWords } from "./print";

/** One sentence for each reason why two images make no array: which image, where, and what to do. */
export function refuseStatus(status: u32): void {
  assert(status != STATUS_OK);
  const failed = failedMember();
  // STATE: it failed before it was asked.
  if (status == STATUS_CARD_FAILED || status == STATUS_READ_ERROR || status == STATUS_STATE) {
    assert(failed < MEMBERS);
    refuseFailure(failed);
  }
  switch (status) {
    case STATUS_ONE_CARD:
    case STATUS_HALF_REBUILT:
    case STATUS_NO_SUPERBLOCK: {
      refuseNoSuperblock(hasSuperblock(0) ? 1 : 0);
      break;
    }
    case STATUS_VERSION: {
      refuseVersion(superblockStatus(0) == STATUS_VERSION ? 0 : 1);
      break;
    }
    case STATUS_FOREIGN: {
      refuseForeign();
      break;
    }
    case STATUS_SAME_MEMBER: {
      refuseSameMember();
      break;
    }
    case STATUS_SPLIT:
    case STATUS_LINEAGE: {
      refuseLineage();
      break;
    }
    case STATUS_GEOMETRY: {
      refuseGeometry();
      break;
    }
    case STATUS_TOO_SMALL: {
      refuseTruncated();
      break;
    }
    default: {
      // The others can't happen to a driver that is alone with its images.
      assert(false);
    }
  }
  exitWith(EXIT_BAD_INPUT);
}

/** "A" or "B", or the number itself when a superblock says something else. */
export function printMember(member: u32): void {
  if (member < MEMBERS) printByte(0x41 + member);
  else printNumber(member);
}

function refuseNoSuperblock(member: u32): void {
  if (hasReadError(member)) refuseFailure(member);
  complainOf(member);
  if (imageSectors(member) == 0) print(" is shorter than one sector");
  else print(" carries no valid superblock, neither in sector 0 nor in the second place");
  print("; give the image of a Syncgate card, or make a new array on new images");
}

function refuseVersion(member: u32): void {
  complainOf(member);
  print(": the superblock is of on-card format ");
  printNumber(superblockWord(member, SUPERBLOCK_VERSION_AT));
  if (superblockWord(member, SUPERBLOCK_VERSION_AT) == FORMAT_VERSION) {
    print(" with bitmap scheme ");
    printNumber(superblockWord(member, SUPERBLOCK_SCHEME_AT));
  }
  print(" and this program knows ");
  printNumber(FORMAT_VERSION);
  print(" with bitmap schemes up to ");
  printNumber(BITMAP_SINGLE);
  print("; use the version of Syncgate that made it");
}

function refuseForeign(): void {
  complainOf(0);
  print(" is of array ");
  printWords(superblockOf(0) + <usize>SUPERBLOCK_ARRAY_ID_AT, 4);
  print(" and ");
  printText(imagePath(1));
  print(" of array ");
  printWords(superblockOf(1) + <usize>SUPERBLOCK_ARRAY_ID_AT, 4);
  print(" by their superblocks; give two images of one array");
}

function refuseSameMember(): void {
  complainOf(0);
  print(" and ");
  printText(imagePath(1));
  print(" both say in their superblock that they are member ");
  printMember(superblockWord(0, SUPERBLOCK_MEMBER_AT));
  print(", so one is a copy of the other; give the image of the other member");
}

function refuseLineage(): void {
  complainOf(0);
  print(" and ");
  printText(imagePath(1));
  print(" have different histories by their superblocks; choose one and make a new pair from it");
}

function refuseGeometry(): void {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (superblockStatus(member) != STATUS_GEOMETRY) continue;
    complainOf(member);
    print(": the superblock says ");
    printGeometry(member);
    print(", which is impossible here; restore the image from a copy");
    return;
  }
  complainOf(0);
  print(": the superblock says ");
  printGeometry(0);
  print(" and that of ");
  printText(imagePath(1));
  print(" says ");
  printGeometry(1);
  print("; restore the one that is wrong from a copy");
}

function printGeometry(member: u32): void {
  printNumber(superblockWord(member, SUPERBLOCK_REGIONS_AT));
  print(" regions of 2^");
  printNumber(superblockWord(member, SUPERBLOCK_REGION_SHIFT_AT));
  print(" sectors, a stride of ");
  printNumber(superblockWord(member, SUPERBLOCK_STRIDE_AT));
  print(" from sector ");
  printNumber(superblockWord(member, SUPERBLOCK_BASE_AT));
}

function refuseTruncated(): void {
  // Both superblocks were found possible and equal before.
  const data = superblockWord(0, SUPERBLOCK_REGIONS_AT) << superblockWord(0, SUPERBLOCK_REGION_SHIFT_AT);
  const needed = <u64>superblockWord(0, SUPERBLOCK_STRIDE_AT) * AREA_DATA + data;
  const member: u32 = imageSectors(0) < needed ? 0 : 1;
  complainOf(member);
  print(" ends at sector ");
  printNumber(imageSectors(member));
  print(" but its superblock says that the array ends at sector ");
  printNumber(needed);
  print("; it was cut off, restore the whole image (");
  printNumber(needed * SECTOR_BYTES);
  print(" bytes or more)");
}
