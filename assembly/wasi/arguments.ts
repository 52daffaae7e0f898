import { exitWith } from "./exit";
import { EXIT_BAD_INPUT } from "./exit-code";
import { complain, print, printNumber, printText } from "./print";
import { args_get, args_sizes_get } from "./wasi_snapshot_preview1";

/** The command line: program, command, image A, image B, then options. */
export const ARGUMENT_COMMAND: u32 = 1;
export const ARGUMENT_IMAGE_A: u32 = 2;
const ARGUMENT_FIRST_OPTION: u32 = 4;

export const KEY_REGION_SECTORS: u32 = 0;
export const KEY_STRIDE: u32 = 1;
export const KEY_ARRAY_ID: u32 = 2;
export const KEY_FORCE: u32 = 3;
export const KEY_SECTOR: u32 = 4;
export const KEY_COUNT: u32 = 5;
export const KEY_JSON: u32 = 6;
const KEYS: u32 = 7;

const ARGUMENTS_MAX: u32 = 24;
const TEXT_MAX: u32 = 4096;
const POINTERS: usize = memory.data(96, 16);
const TEXT: usize = memory.data(4096, 16);
/** Number of arguments; bytes of their text; mask of the options given. */
const STATE: usize = memory.data(12, 8);
const VALUES: usize = memory.data(28, 8);
const ARRAY_ID: usize = memory.data(16, 8);
if (ARGUMENTS_MAX * 4 != 96 || TEXT_MAX != 4096 || KEYS * 4 != 28) ERROR("a buffer drifted from its limit");

/** Address of an argument, which ends with a zero byte. It must be there: see `readArguments`. */
export function argument(index: u32): usize {
  assert(index < load<u32>(STATE));
  return <usize>load<u32>(POINTERS + <usize>(index << 2));
}

/** Whether the text at `at` is `text`. */
export function isText(at: usize, text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if (<i32>load<u8>(at + <usize>i) != text.charCodeAt(i)) return false;
  }
  return load<u8>(at + <usize>text.length) == 0;
}

/** Reads the arguments. Ends the program when there are too few or too many. */
export function readArguments(): void {
  const failed = args_sizes_get(STATE, STATE + 4) != 0;
  if (failed || load<u32>(STATE) > ARGUMENTS_MAX || load<u32>(STATE, 4) > TEXT_MAX) {
    complain();
    print("the command line is too long; give at most 24 arguments of 4096 bytes together");
    exitWith(EXIT_BAD_INPUT);
  }
  if (args_get(POINTERS, TEXT) != 0 || load<u32>(STATE) < ARGUMENT_FIRST_OPTION) refuseUsage();
}

/** Ends the program with what it can do. */
export function refuseUsage(): void {
  complain();
  print("give a command and two images: ");
  print("format A B --region-sectors N [--stride N] [--array-id HEX] [--force], status A B [--json], ");
  print("resync A B, write A B --sector N [--count N], read A B --sector N --count N");
  exitWith(EXIT_BAD_INPUT);
}

function keyOf(at: usize): u32 {
  if (isText(at, "--region-sectors")) return KEY_REGION_SECTORS;
  if (isText(at, "--stride")) return KEY_STRIDE;
  if (isText(at, "--array-id")) return KEY_ARRAY_ID;
  if (isText(at, "--force")) return KEY_FORCE;
  if (isText(at, "--sector")) return KEY_SECTOR;
  if (isText(at, "--count")) return KEY_COUNT;
  return isText(at, "--json") ? KEY_JSON : KEYS;
}

/** Reads the options of a command; `allowed` has bit KEY_... set for each that it knows. Ends the program on others. */
export function readOptions(allowed: u32): void {
  const count = load<u32>(STATE);
  let at = ARGUMENT_FIRST_OPTION;
  while (at < count) {
    const name = argument(at++);
    const key = keyOf(name);
    if (key == KEYS || ((allowed >>> key) & 1) == 0) {
      refuseOption(name, " is no option of ", argument(ARGUMENT_COMMAND));
    }
    if (isGiven(key)) refuseOption(name, " is given twice; give it once to ", argument(ARGUMENT_COMMAND));
    store<u32>(STATE, load<u32>(STATE, 8) | (1 << key), 8);
    if (key == KEY_FORCE || key == KEY_JSON) continue;
    if (at == count) refuseOption(name, " needs a value; put one behind it for ", argument(ARGUMENT_COMMAND));
    const value = argument(at++);
    if (key == KEY_ARRAY_ID) readArrayId(name, value);
    else store<u32>(VALUES + <usize>(key << 2), readNumber(name, value));
  }
}

function refuseOption(name: usize, what: string, rest: usize): void {
  complain();
  printText(name);
  print(what);
  printText(rest);
  exitWith(EXIT_BAD_INPUT);
}

function readNumber(name: usize, at: usize): u32 {
  let value: u64 = 0;
  let p = at;
  for (; load<u8>(p) >= 0x30 && load<u8>(p) <= 0x39 && value <= <u64>u32.MAX_VALUE; p++) {
    value = value * 10 + load<u8>(p) - 0x30;
  }
  if (p == at || load<u8>(p) != 0 || value > <u64>u32.MAX_VALUE) {
    refuseOption(name, " must be a whole number of 0 to 4294967295, not ", at);
  }
  return <u32>value;
}

function hexDigit(code: u32): u32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16;
}

function readArrayId(name: usize, at: usize): void {
  for (let i: u32 = 0; i < 32; i++) {
    const digit = hexDigit(load<u8>(at + <usize>i));
    if (digit == 16) refuseOption(name, " must be 32 hexadecimal digits, not ", at);
    const word = ARRAY_ID + <usize>((i >>> 3) << 2);
    store<u32>(word, (load<u32>(word) << 4) | digit);
  }
  if (load<u8>(at + 32) != 0) refuseOption(name, " must be 32 hexadecimal digits, not ", at);
}

/** Whether the option was given. */
export function isGiven(key: u32): bool {
  return ((load<u32>(STATE, 8) >>> key) & 1) != 0;
}

/** Value of a numeric option, or `otherwise` when it was not given. */
export function optionOr(key: u32, otherwise: u32): u32 {
  return isGiven(key) ? load<u32>(VALUES + <usize>(key << 2)) : otherwise;
}

/** Value of a numeric option. Ends the program when it is 0 or missing. */
export function optionAtLeast(key: u32, least: u32, name: string): u32 {
  if (isGiven(key) && optionOr(key, 0) >= least) return optionOr(key, 0);
  complain();
  printText(argument(ARGUMENT_COMMAND));
  print(" needs ");
  print(name);
  print(" with a number of at least ");
  printNumber(least);
  exitWith(EXIT_BAD_INPUT);
  return 0;
}

/** Address of the four words of --array-id. */
export function arrayIdGiven(): usize {
  return ARRAY_ID;
}
