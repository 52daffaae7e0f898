/**
 * The second stage of the boot (RP2040 Datasheet, 2.8.1.3): the first 256 bytes of the flash, the last four of which are a
 * checksum of the others. The boot ROM copies them to the end of the SRAM and calls them there, and they go on in the flash.
 */
import { isElf } from "./elf.js";
import { FirmwareFileError } from "./firmware-segment.js";

export const STAGE_BYTES = 256;
const CHECKED_BYTES = STAGE_BYTES - 4;
const POLYNOMIAL = 0x04c11db7;

/**
 * What firmware/rp2040/boot2.S is assembled to: serial reads (03h), which every flash has. It returns to LR, if that is not
 * 0, as firmware expects that calls it behind a write to the flash.
 */
const SERIAL_READ_CODE =
  "09480022 82600ba1 0cc98350 082afbd1 70460028 00d00047 04480549 086006c8 " +
  "81f30888 1047c046 00000018 00010010 08ed00e0 10000000 01000000 14000000 " +
  "04000000 00000000 00031f00 04000000 00000000 f4000000 18020003 08000000 " +
  "01000000";

/** A second stage that works with every flash. */
export function serialReadStage(): Uint8Array {
  const stage = new Uint8Array(STAGE_BYTES);
  stage.set(Buffer.from(SERIAL_READ_CODE.replaceAll(" ", ""), "hex"));
  viewOf(stage).setUint32(CHECKED_BYTES, stageChecksum(stage), true);
  return stage;
}

/** CRC-32 of the first 252 bytes: polynomial 0x04c11db7, highest bit first, from 0xffffffff, not inverted (2.8.1.3.1). */
export function stageChecksum(stage: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of stage.subarray(0, CHECKED_BYTES)) {
    crc = (crc ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc >>> 31 === 1 ? POLYNOMIAL : 0)) >>> 0;
  }
  return crc;
}

/**
 * Whether a flash has a second stage; its place may be erased (0xFF), zero, both, or not loaded at all. A linker that is not
 * told otherwise begins the first segment with the file's own headers: those are none.
 * @throws FirmwareFileError if it has one that the boot ROM would refuse
 */
export function hasSecondStage(flash: Uint8Array, loaded: Uint8Array): boolean {
  const stage = flash.subarray(0, STAGE_BYTES);
  const given = stage.filter((_, at) => loaded[at] === 1);
  if (isElf(stage)) return false;
  // Before the checksum: that of an erased word and zeros behind it is 0, as is what stands in its place.
  if (given.every((byte) => byte === 0xff || byte === 0)) return false;
  const found = viewOf(stage).getUint32(CHECKED_BYTES, true);
  const expected = stageChecksum(stage);
  if (found === expected) return true;
  throw new FirmwareFileError(
    `the second boot stage (the first 256 bytes of the flash) has the checksum ${hex(found)} and should have ${hex(expected)}: ` +
      "an RP2040 would not start it; put the CRC-32 of its 252 bytes behind them, or leave its place erased (0xFF) to start at the vectors",
  );
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
