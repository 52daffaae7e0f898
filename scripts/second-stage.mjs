// The second stage of an RP2040's boot: firmware/rp2040/boot2.S with its checksum (RP2040 Datasheet, 2.8.1.3.1).
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./repository.mjs";

const SOURCE = path.join(ROOT, "firmware/rp2040/boot2.S");
const STAGE_BYTES = 256;
const CODE_BYTES_MAX = STAGE_BYTES - 4;

/**
 * Assembles it.
 * @param {string} folder for what lies between
 * @returns its 256 bytes
 */
export function assembleSecondStage(folder) {
  const object = path.join(folder, "boot2.o");
  const plain = path.join(folder, "boot2.bin");
  execFileSync("arm-none-eabi-gcc", ["-c", SOURCE, "-o", object], { stdio: "pipe" });
  execFileSync("arm-none-eabi-objcopy", ["-O", "binary", "-j", ".boot2", object, plain], { stdio: "pipe" });
  return withChecksum(readFileSync(plain));
}

/**
 * Assembler source that puts the stage where the linker script has it.
 * @param {string} folder for it, and what lies between
 * @returns {string} the path of the source
 */
export function secondStageSource(folder) {
  const image = path.join(folder, "boot2-image.bin");
  const source = path.join(folder, "boot2-image.S");
  writeFileSync(image, assembleSecondStage(folder));
  writeFileSync(source, `.section .boot2, "a"\n.incbin "${image}"\n`);
  return source;
}

/** @param {Uint8Array} code */
function withChecksum(code) {
  if (code.length > CODE_BYTES_MAX)
    throw new Error(`boot2.S has ${code.length} bytes: the boot ROM takes ${CODE_BYTES_MAX}`);
  const stage = new Uint8Array(STAGE_BYTES);
  stage.set(code);
  new DataView(stage.buffer).setUint32(CODE_BYTES_MAX, crc32(stage.subarray(0, CODE_BYTES_MAX)), true);
  return stage;
}

/**
 * Polynomial 0x04c11db7, highest bit first, from 0xffffffff, nothing inverted.
 * @param {Uint8Array} bytes
 */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}
