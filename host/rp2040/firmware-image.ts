import { isElf, readElf } from "./elf.js";
import { FirmwareFileError } from "./firmware-segment.js";
import { hasSecondStage } from "./second-stage.js";
import { isUf2, readUf2 } from "./uf2.js";

export const FLASH_START = 0x10000000;
/** The Pico's: 2 MiB. */
export const FLASH_BYTES = 2 * 1024 * 1024;
/** Behind the second stage of the boot (RP2040 Datasheet, 2.8.1.2). */
const VECTORS = 0x100;
const STACK_WORD_AND_RESET = 8;

/** What is in the flash when the chip gets power. */
export interface FirmwareImage {
  /** From FLASH_START on, up to the last byte that was loaded; erased bytes are 0xFF. */
  readonly flash: Uint8Array;
  /** 1 for each byte of it that the file gave. */
  readonly loaded: Uint8Array;
}

/**
 * Reads firmware: an ELF or UF2 file, told by its first bytes, or else the plain contents of the flash (BIN).
 * @throws FirmwareFileError for a file that is damaged, for another chip, that has no vectors at 0x10000100, or a
 *   second stage of the boot that an RP2040 would not start
 */
export function readFirmware(file: Uint8Array): FirmwareImage {
  const segments = isElf(file)
    ? readElf(file)
    : isUf2(file)
      ? readUf2(file)
      : [{ address: FLASH_START, bytes: file }];
  let end = 0;
  for (const { address, bytes } of segments) {
    const from = address - FLASH_START;
    if (from < 0 || from + bytes.length > FLASH_BYTES) {
      throw new FirmwareFileError(
        `the firmware loads ${bytes.length} bytes at 0x${address.toString(16)}: only the flash of 2 MiB at 0x10000000 is supported`,
      );
    }
    end = Math.max(end, from + bytes.length);
  }
  if (end < VECTORS + STACK_WORD_AND_RESET) {
    throw new FirmwareFileError(
      "the firmware has no vector table at 0x10000100: link it behind 256 bytes of boot code",
    );
  }
  const flash = new Uint8Array(end).fill(0xff);
  const loaded = new Uint8Array(end);
  for (const { address, bytes } of segments) {
    flash.set(bytes, address - FLASH_START);
    loaded.fill(1, address - FLASH_START, address - FLASH_START + bytes.length);
  }
  const reset = new DataView(flash.buffer).getUint32(VECTORS + 4, true);
  if ((reset & 1) === 0) {
    throw new FirmwareFileError(
      `the reset vector at 0x10000104 is 0x${reset.toString(16)}, which is no Thumb address: give firmware for the RP2040`,
    );
  }
  hasSecondStage(flash, loaded);
  return { flash, loaded };
}
