import { EXIT_TRAPPED } from "./exit-code";
import { complain, flushPrinted, print, printByte, printNumber } from "./print";
import { proc_exit } from "./wasi_snapshot_preview1";

/** Ends the sentence and the program. Does not return. */
export function exitWith(code: u32): void {
  printByte(0x0a);
  flushPrinted();
  proc_exit(code);
  unreachable();
}

/** asc calls this for a failed `assert`: says where it stands and ends the program with code 3. */
export function abort(_message: usize, file: usize, line: u32, column: u32): void {
  complain();
  print("the driver stopped itself: assertion failed at ");
  // An AssemblyScript string: its byte length stands in the word before it.
  const bytes: u32 = file == 0 ? 0 : load<u32>(file - 4);
  for (let at: u32 = 0; at < bytes; at += 2) printByte(load<u16>(file + <usize>at));
  printByte(0x3a);
  printNumber(line);
  printByte(0x3a);
  printNumber(column);
  print("; please report it together with copies of both images");
  exitWith(EXIT_TRAPPED);
}
