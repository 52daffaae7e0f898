import { MEMBERS, SECTOR_BYTES } from "../layout";
import { ARGUMENT_IMAGE_A, argument } from "./arguments";
import { printErrno } from "./errno";
import { findFolder, foundFolder, foundPrefix } from "./preopened";
import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { complain, print, printNumber, printText } from "./print";
import {
  fd_datasync,
  fd_pread,
  fd_pwrite,
  fd_seek,
  path_filestat_get,
  path_open,
} from "./wasi_snapshot_preview1";

/** The two image files or block devices, and what went wrong with each. */
@unmanaged
class Image {
  fd: u32;
  /** Whole sectors in the file. */
  sectors: u32;
  /** 1 once a read, write or flush has failed; the rest says which and why. */
  failed: u32;
  /** FAILED_... */
  operation: u32;
  sector: u32;
  errno: u32;
}

const FAILED_READ: u32 = 0;
const FAILED_WRITE: u32 = 1;
const FAILED_FLUSH: u32 = 2;

const IMAGES: usize = memory.data(48, 16);
/** Two filestat structures of 64 bytes: device at 0, inode at 8, file type at 16. */
const FILESTATS: usize = memory.data(128, 16);
const FILE_TYPE_AT: usize = 16;
const FILE_TYPE_BLOCK_DEVICE: u32 = 1;
const FILE_TYPE_FOLDER: u32 = 3;
const FILE_TYPE_REGULAR: u32 = 4;
const FOLLOW_SYMLINKS: u32 = 1;
const RIGHTS_READ_ONLY: u64 = (1 << 1) | (1 << 2) | (1 << 5) | (1 << 21);
/** Also fd_datasync and fd_write. */
const RIGHTS_READ_WRITE: u64 = (1 << 1) | (1 << 2) | (1 << 5) | (1 << 21) | (1 << 0) | (1 << 6);
const SEEK_END: u32 = 2;
/** Result words: a descriptor, a position or a number of bytes. */
const RESULT: usize = memory.data(8, 8);
/** Never written to. */
const ZEROS: usize = memory.data(512, 16);
const VECTOR: usize = memory.data(8, 8);
if (MEMBERS * offsetof<Image>() != 48) ERROR("sizes drifted from layout.ts");

function image(member: u32): Image {
  return changetype<Image>(IMAGES + <usize>(member * <u32>offsetof<Image>()));
}

/** Path of a member's image as it was given. */
export function imagePath(member: u32): usize {
  return argument(ARGUMENT_IMAGE_A + member);
}

/** Begins the sentence on stderr with the path of a member's image. */
export function complainOf(member: u32): void {
  complain();
  printText(imagePath(member));
}

export function imageSectors(member: u32): u32 {
  return image(member).sectors;
}

/** Sectors of the smaller image. */
export function cardSectors(): u32 {
  return min(imageSectors(0), imageSectors(1));
}

/** Opens both images. Ends the program if either can't be used; only files that exist are opened. */
export function openImages(writable: bool): void {
  for (let member: u32 = 0; member < MEMBERS; member++) examine(member);
  refuseSameFile();
  for (let member: u32 = 0; member < MEMBERS; member++) open(member, writable);
}

function pathLength(path: usize): u32 {
  let length: u32 = 0;
  while (load<u8>(path + <usize>length) != 0) length++;
  return length;
}

/** Before it is opened: opening a pipe would wait for its other end. */
function examine(member: u32): void {
  const path = imagePath(member);
  if (!findFolder(path)) {
    complainOf(member);
    print(": no folder given to this program holds it; give its folder, with --dir FOLDER for wasmtime");
    exitWith(EXIT_BAD_INPUT);
  }
  const rest = path + <usize>foundPrefix();
  const stat = FILESTATS + <usize>(member << 6);
  const errno = path_filestat_get(foundFolder(), FOLLOW_SYMLINKS, rest, pathLength(rest), stat);
  if (errno != 0) refuseToOpen(member, errno);
  const fileType: u32 = load<u8>(stat + FILE_TYPE_AT);
  if (fileType == FILE_TYPE_REGULAR || fileType == FILE_TYPE_BLOCK_DEVICE) return;
  complainOf(member);
  print(fileType == FILE_TYPE_FOLDER ? " is a folder" : " is neither a file nor a block device");
  print("; give the path of a card image");
  exitWith(EXIT_BAD_INPUT);
}

function refuseToOpen(member: u32, errno: u32): void {
  complainOf(member);
  print(" can't be opened: ");
  printErrno(errno);
  exitWith(EXIT_BAD_INPUT);
}

/** A host that knows no inode numbers answers 0: there the paths must do. */
function refuseSameFile(): void {
  const inode = load<u64>(FILESTATS, 8);
  const sameInode = inode == load<u64>(FILESTATS, 64 + 8) && load<u64>(FILESTATS) == load<u64>(FILESTATS, 64);
  const path = imagePath(0);
  const samePath = memory.compare(path, imagePath(1), pathLength(path) + 1) == 0;
  if (!samePath && (!sameInode || inode == 0)) return;
  complainOf(0);
  print(" and ");
  printText(imagePath(1));
  print(" are the same file; give the images of two cards");
  exitWith(EXIT_BAD_INPUT);
}

function open(member: u32, writable: bool): void {
  const path = imagePath(member);
  const found = findFolder(path);
  assert(found);
  const rest = path + <usize>foundPrefix();
  const rights = writable ? RIGHTS_READ_WRITE : RIGHTS_READ_ONLY;
  const opened = path_open(foundFolder(), FOLLOW_SYMLINKS, rest, pathLength(rest), 0, rights, 0, 0, RESULT);
  if (opened != 0) refuseToOpen(member, opened);
  image(member).fd = load<u32>(RESULT);
  // Not from filestat: a block device has no size there.
  const sought = fd_seek(image(member).fd, 0, SEEK_END, RESULT);
  if (sought != 0) refuseToOpen(member, sought);
  const sectors = load<u64>(RESULT) / SECTOR_BYTES;
  image(member).sectors = <u32>min(sectors, <u64>u32.MAX_VALUE);
}

function fail(member: u32, operation: u32, sector: u32, errno: u32): bool {
  const one = image(member);
  // The first one, but the driver can do without a read and ends with a write or flush that failed.
  if (one.failed != 0 && (one.operation != FAILED_READ || operation == FAILED_READ)) return false;
  one.failed = 1;
  one.operation = operation;
  one.sector = sector;
  one.errno = errno;
  return false;
}

/** Reads or writes sectors. Returns whether all of them were; else the failure is kept for `refuseFailure`. */
export function transferSectors(member: u32, writes: bool, sector: u32, count: u32, address: usize): bool {
  const bytes = count * SECTOR_BYTES;
  const start = <u64>sector * SECTOR_BYTES;
  let at: u32 = 0;
  while (at < bytes) {
    store<u32>(VECTOR, <u32>address + at);
    store<u32>(VECTOR, bytes - at, 4);
    store<u32>(RESULT, 0);
    const errno = writes
      ? fd_pwrite(image(member).fd, VECTOR, 1, start + at, RESULT)
      : fd_pread(image(member).fd, VECTOR, 1, start + at, RESULT);
    const moved = load<u32>(RESULT);
    if (errno != 0 || moved == 0) {
      return fail(member, writes ? FAILED_WRITE : FAILED_READ, sector + at / SECTOR_BYTES, errno);
    }
    at += moved;
  }
  return true;
}

/** Writes sectors of zeros. Returns whether all of them were. */
export function zeroSectors(member: u32, sector: u32, count: u32): bool {
  for (let at: u32 = 0; at < count; at++) {
    if (!transferSectors(member, true, sector + at, 1, ZEROS)) return false;
  }
  return true;
}

/** Makes what was written durable. Returns whether it is. */
export function flushImage(member: u32): bool {
  const errno = fd_datasync(image(member).fd);
  return errno == 0 ? true : fail(member, FAILED_FLUSH, 0, errno);
}

/** The member whose failure ended the driver: one that failed a write or a flush, else a read; MEMBERS for none. */
export function failedMember(): u32 {
  let found = MEMBERS;
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (image(member).failed == 0) continue;
    if (image(member).operation != FAILED_READ) return member;
    if (found == MEMBERS) found = member;
  }
  return found;
}

/** Whether a read of a member's image failed for another reason than its end. */
export function hasReadError(member: u32): bool {
  return image(member).failed != 0 && image(member).operation == FAILED_READ && image(member).errno != 0;
}

/** Ends the program with what went wrong with a member's image. */
export function refuseFailure(member: u32): void {
  const one = image(member);
  assert(one.failed != 0);
  complainOf(member);
  if (one.operation == FAILED_FLUSH) {
    print(": what was written can't be made durable: ");
  } else {
    print(": sector ");
    printNumber(one.sector);
    print(one.operation == FAILED_WRITE ? " can't be written: " : " can't be read: ");
  }
  printErrno(one.errno);
  exitWith(EXIT_BAD_INPUT);
}
