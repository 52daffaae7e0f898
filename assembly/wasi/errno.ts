import { print, printNumber } from "./print";

/** Errors of WASI preview 1 that a person can do something about. */
export const ERRNO_ACCESS: u32 = 2;
export const ERRNO_BAD_DESCRIPTOR: u32 = 8;
const ERRNO_DISK_QUOTA: u32 = 19;
const ERRNO_FILE_TOO_BIG: u32 = 22;
const ERRNO_NO_ENTRY: u32 = 44;
const ERRNO_NO_SPACE: u32 = 51;
const ERRNO_NOT_A_FOLDER: u32 = 54;
const ERRNO_NOT_PERMITTED: u32 = 63;
const ERRNO_READ_ONLY: u32 = 69;
const ERRNO_NOT_CAPABLE: u32 = 76;

/** Prints what the error is and what to do about it, as the end of a sentence. 0 stands for a file that ended. */
export function printErrno(errno: u32): void {
  switch (errno) {
    case 0: {
      print("the file ends before it; restore the whole image");
      break;
    }
    case ERRNO_ACCESS:
    case ERRNO_NOT_PERMITTED: {
      print("permission denied; change its permissions or run as its owner");
      break;
    }
    case ERRNO_DISK_QUOTA:
    case ERRNO_FILE_TOO_BIG:
    case ERRNO_NO_SPACE: {
      print("no space left on its disk; free some space and run the command again");
      break;
    }
    case ERRNO_NO_ENTRY:
    case ERRNO_NOT_A_FOLDER: {
      print("there is no such file; check the path");
      break;
    }
    case ERRNO_READ_ONLY: {
      print("its file system is read-only; mount it writable or copy the image");
      break;
    }
    case ERRNO_NOT_CAPABLE: {
      print("it leads out of the folder that this program may use; give the path of the file itself");
      break;
    }
    default: {
      print("WASI error ");
      printNumber(errno);
      print("; check the disk that holds it");
    }
  }
}
