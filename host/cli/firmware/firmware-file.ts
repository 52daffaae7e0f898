import { readFileSync } from "node:fs";
import { FirmwareFileError, readFirmware, type FirmwareImage } from "../../rp2040/index.js";
import { UsageError } from "../usage-error.js";

/** Firmware of a file: ELF, UF2 or BIN. @throws UsageError */
export function firmwareOfFile(file: string): FirmwareImage {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return readFirmware(bytes);
  } catch (error) {
    if (error instanceof FirmwareFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
