import { REQUEST_SECTORS_MAX, SECTOR_BYTES } from "../layout";
import { fd_read } from "./wasi_snapshot_preview1";

/** What is read or written goes through here, so many sectors at a time. */
export const CHUNK_SECTORS: u32 = 32;
const BUFFER: usize = memory.data(16384, 16);
const VECTOR: usize = memory.data(12, 8);
if (CHUNK_SECTORS * SECTOR_BYTES != 16384 || CHUNK_SECTORS > REQUEST_SECTORS_MAX)
  ERROR("sizes drifted from layout.ts");

const STDIN: u32 = 0;

export function transferBuffer(): usize {
  return BUFFER;
}

/** Fills the buffer with up to `bytes` bytes of standard input; returns how many there were before its end. */
export function fillFromInput(bytes: u32): u32 {
  assert(bytes <= CHUNK_SECTORS * SECTOR_BYTES);
  let filled: u32 = 0;
  while (filled < bytes) {
    store<u32>(VECTOR, <u32>BUFFER + filled);
    store<u32>(VECTOR, bytes - filled, 4);
    store<u32>(VECTOR, 0, 8);
    if (fd_read(STDIN, VECTOR, 1, VECTOR + 8) != 0 || load<u32>(VECTOR, 8) == 0) break;
    filled += load<u32>(VECTOR, 8);
  }
  return filled;
}
