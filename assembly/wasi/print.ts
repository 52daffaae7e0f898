import { EXIT_BAD_INPUT } from "./exit-code";
import { fd_write, proc_exit } from "./wasi_snapshot_preview1";

/** Text output without allocation: what is printed collects in a buffer and leaves through fd_write. */
export const STDOUT: u32 = 1;
export const STDERR: u32 = 2;

const BUFFER_BYTES: u32 = 1024;
const BUFFER: usize = memory.data(1024, 16);
/** Bytes in the buffer; whether they go to stderr. */
const STATE: usize = memory.data(8, 8);
/** Address and length of one piece, then the number of bytes written. */
const VECTOR: usize = memory.data(12, 8);

/** Writes `bytes` bytes at `at` to `fd`. A reader that is gone ends the program: nobody would see more. */
export function writeAll(fd: u32, at: usize, bytes: u32): void {
  let written: u32 = 0;
  while (written < bytes) {
    store<u32>(VECTOR, <u32>at + written);
    store<u32>(VECTOR, bytes - written, 4);
    store<u32>(VECTOR, 0, 8);
    const failed = fd_write(fd, VECTOR, 1, VECTOR + 8) != 0 || load<u32>(VECTOR, 8) == 0;
    if (failed) proc_exit(EXIT_BAD_INPUT);
    written += load<u32>(VECTOR, 8);
  }
}

/** Hands on what was printed so far. */
export function flushPrinted(): void {
  writeAll(load<u32>(STATE, 4) == 0 ? STDOUT : STDERR, BUFFER, load<u32>(STATE));
  store<u32>(STATE, 0);
}

export function printByte(byte: u32): void {
  if (load<u32>(STATE) == BUFFER_BYTES) flushPrinted();
  store<u8>(BUFFER + <usize>load<u32>(STATE), <u8>byte);
  store<u32>(STATE, load<u32>(STATE) + 1);
}

/** Prints ASCII text; a string literal lies in static data. */
export function print(text: string): void {
  for (let i = 0; i < text.length; i++) printByte(text.charCodeAt(i));
}

/** Prints in decimal. */
export function printNumber(value: u64): void {
  if (value >= 10) printNumber(value / 10);
  printByte(0x30 + <u32>(value % 10));
}

/** Prints words as eight hexadecimal digits each, without separators. */
export function printWords(at: usize, words: u32): void {
  for (let word: u32 = 0; word < words; word++) {
    for (let shift: i32 = 28; shift >= 0; shift -= 4) {
      const digit = (load<u32>(at + <usize>(word << 2)) >>> shift) & 15;
      printByte(digit < 10 ? 0x30 + digit : 0x57 + digit);
    }
  }
}

/** Prints the text at `at`, which ends with a zero byte. */
export function printText(at: usize): void {
  for (let p = at; load<u8>(p) != 0; p++) printByte(load<u8>(p));
}

/** From here on, what is printed is the one sentence on stderr that says why the program ends. */
export function complain(): void {
  flushPrinted();
  store<u32>(STATE, 1, 4);
}
