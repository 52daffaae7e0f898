import { readFirmware, type FirmwareImage } from "../../host/rp2040/index.js";

const BOOT_BYTES = 0x100;
const VECTOR_BYTES = 0xc0;

/** Firmware of a few Thumb instructions (halfwords), that begin at 0x100001c0; every other vector is 0. */
export function machineCode(...code: number[]): FirmwareImage {
  const bin = new Uint8Array(BOOT_BYTES + VECTOR_BYTES + 2 * code.length);
  const view = new DataView(bin.buffer);
  view.setUint32(BOOT_BYTES, 0x20001000, true);
  view.setUint32(BOOT_BYTES + 4, 0x10000000 + BOOT_BYTES + VECTOR_BYTES + 1, true);
  for (const [i, halfword] of code.entries())
    view.setUint16(BOOT_BYTES + VECTOR_BYTES + 2 * i, halfword, true);
  return readFirmware(bin);
}
