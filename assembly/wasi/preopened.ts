import { ERRNO_BAD_DESCRIPTOR } from "./errno";
import { fd_prestat_dir_name, fd_prestat_get } from "./wasi_snapshot_preview1";

/**
 * Finds the folder that a path lies in among those given to the program: WASI opens files only relative to one of
 * them. The longest name that the path begins with wins; "." holds every relative path.
 */
const FIRST_DESCRIPTOR: u32 = 3;
const DESCRIPTORS_MAX: u32 = 64;
const NAME_MAX: u32 = 1024;
const PRESTAT: usize = memory.data(8, 8);
const NAME: usize = memory.data(1024, 16);
/** Descriptor of the folder found, and bytes of the path before the rest that is relative to it. */
const FOUND: usize = memory.data(8, 8);

export function foundFolder(): u32 {
  return load<u32>(FOUND);
}

export function foundPrefix(): u32 {
  return load<u32>(FOUND, 4);
}

/** Length of the folder's name without what says nothing at its end: slashes and a zero byte. */
function nameLength(bytes: u32): u32 {
  let length = bytes;
  while (
    length > 0 &&
    (load<u8>(NAME + <usize>(length - 1)) == 0x2f || load<u8>(NAME + <usize>(length - 1)) == 0)
  ) {
    length--;
  }
  return length;
}

/** Bytes of `path` that name the folder in NAME and the slashes behind it, or -1 if it is not in there. */
function prefixOf(path: usize, bytes: u32): i32 {
  const isAbsolute = load<u8>(path) == 0x2f;
  const folderIsAbsolute = bytes > 0 && load<u8>(NAME) == 0x2f;
  const length = nameLength(bytes);
  const isHere = !folderIsAbsolute && (length == 0 || (length == 1 && load<u8>(NAME) == 0x2e));
  if (isHere) return isAbsolute ? -1 : 0;
  if (isAbsolute != folderIsAbsolute) return -1;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(path + <usize>i) != load<u8>(NAME + <usize>i)) return -1;
  }
  if (load<u8>(path + <usize>length) != 0x2f) return -1;
  let prefix = length;
  while (load<u8>(path + <usize>prefix) == 0x2f) prefix++;
  return <i32>prefix;
}

/** Looks for the folder of `path`. Returns whether there is one; see `foundFolder` and `foundPrefix`. */
export function findFolder(path: usize): bool {
  let best: i32 = -1;
  for (let fd = FIRST_DESCRIPTOR; fd < DESCRIPTORS_MAX; fd++) {
    const errno = fd_prestat_get(fd, PRESTAT);
    if (errno == ERRNO_BAD_DESCRIPTOR) break;
    const bytes = load<u32>(PRESTAT, 4);
    // Tag 0 is a folder; there is no other kind so far.
    if (errno != 0 || load<u8>(PRESTAT) != 0 || bytes > NAME_MAX) continue;
    if (fd_prestat_dir_name(fd, NAME, bytes) != 0) continue;
    const prefix = prefixOf(path, bytes);
    if (prefix <= best) continue;
    best = prefix;
    store<u32>(FOUND, fd);
    store<u32>(FOUND, <u32>prefix, 4);
  }
  return best >= 0;
}
