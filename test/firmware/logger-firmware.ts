/** firmware/logger.c with what it is to do, and what it says. */
import {
  readFirmware,
  readSymbols,
  type FirmwareImage,
  type FirmwareSymbol,
} from "../../host/rp2040/index.js";
import { builtFirmware } from "./built-firmware.js";

const FLASH_START = 0x10000000;

/** Fields of `struct logger_scenario`, in its order. */
export interface LoggerScenario {
  readonly blocks: number;
  readonly sampleUs: number;
  readonly part: number;
  readonly flushEvery: number;
  readonly cardSectors: number;
  readonly regionShift: number;
  readonly stride: number;
  readonly epochMs: number;
}

/** A small array whose regions are cleared within milliseconds. */
export const SMALL: LoggerScenario = {
  blocks: 12,
  sampleUs: 20,
  part: 400,
  flushEvery: 2,
  cardSectors: 64 + 256,
  regionShift: 4,
  stride: 16,
  epochMs: 20,
};

export interface LoggerFirmware {
  readonly image: FirmwareImage;
  readonly symbols: ReadonlyMap<string, FirmwareSymbol>;
}

export function loggerFirmware(scenario: LoggerScenario): LoggerFirmware {
  const elf = builtFirmware("logger");
  return { image: patched(elf, "logger_scenario", Object.values(scenario)), symbols: readSymbols(elf) };
}

/** Firmware with other words in one of its constants. */
export function patched(elf: Uint8Array, name: string, words: readonly number[]): FirmwareImage {
  const image = readFirmware(elf);
  const { address, bytes } = readSymbols(elf).get(name)!;
  if (bytes !== 4 * words.length) throw new Error(`${name} has ${bytes} bytes, not ${4 * words.length}`);
  const flash = image.flash.slice();
  const view = new DataView(flash.buffer);
  for (const [i, word] of words.entries()) view.setUint32(address - FLASH_START + 4 * i, word, true);
  return { flash, loaded: image.loaded };
}

/** The last number that the logger told behind `what`, or 0. */
export function lastTold(uart: string, what: string): number {
  return Number([...uart.matchAll(new RegExp(`${what} (\\d+)\n`, "g"))].at(-1)?.[1] ?? 0);
}
