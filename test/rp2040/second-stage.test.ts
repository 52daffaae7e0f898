import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Board, FirmwareFileError, packUf2, readFirmware, serialReadStage } from "../../host/rp2040/index.js";
import { PROGRAMS } from "../../scripts/build-firmware.mjs";
import { assembleSecondStage } from "../../scripts/second-stage.mjs";
import { describeWithPrograms } from "../debian-packages.js";
import { builtFirmware, COMPILER, COMPILER_MS } from "../firmware/built-firmware.js";
import { machineCode } from "./machine-code.js";

const STAGE_BYTES = 256;
const CODE_BYTES = 252;
const FOR_EVER = 0xe7fe;

/** Long division of the bits by the polynomial of 33 bits, the first 32 inverted: the definition, without shifts of a word. */
function remainderOf(bytes: Uint8Array): number {
  const bits = [...bytes].flatMap((byte) => [...byte.toString(2).padStart(8, "0")].map(Number));
  const dividend = [...bits, ...Array.from({ length: 32 }, () => 0)];
  for (let i = 0; i < 32; i++) dividend[i]! ^= 1;
  const polynomial = [...(0x104c11db7).toString(2)].map(Number);
  for (let i = 0; i < bits.length; i++)
    if (dividend[i] === 1) for (const [j, bit] of polynomial.entries()) dividend[i + j]! ^= bit;
  return Number.parseInt(dividend.slice(-32).join(""), 2);
}

/** A firmware of a loop behind this stage. */
function behind(stage: Uint8Array): Uint8Array {
  const flash = machineCode(FOR_EVER).flash.slice();
  flash.set(stage);
  return flash;
}

/** A stage of a few Thumb instructions. */
function stageOf(...code: number[]): Uint8Array {
  const stage = new Uint8Array(STAGE_BYTES);
  const view = new DataView(stage.buffer);
  for (const [i, halfword] of code.entries()) view.setUint16(2 * i, halfword, true);
  view.setUint32(CODE_BYTES, remainderOf(stage.subarray(0, CODE_BYTES)), true);
  return stage;
}

function checksumOf(stage: Uint8Array): number {
  return new DataView(stage.buffer, stage.byteOffset).getUint32(CODE_BYTES, true);
}

describe("the second stage of the boot", () => {
  it("ends with the checksum of its code", () => {
    const stage = serialReadStage();
    expect(stage.length).toBe(STAGE_BYTES);
    expect(checksumOf(stage)).toBe(remainderOf(stage.subarray(0, CODE_BYTES)));
    // 0x0376e6e7: the check value of this CRC in catalogues, of "123456789".
    expect(remainderOf(new TextEncoder().encode("123456789"))).toBe(0x0376e6e7);
  });

  it("sets the flash up for serial reads, and goes on at the vectors with their stack", () => {
    const { chip, cycle } = new Board({ firmware: readFirmware(behind(serialReadStage())) });
    // XIP_SSI: BAUDR, CTRLR0, CTRLR1, SPI_CTRLR0, SSIENR.
    const registers = [0x14, 0x00, 0x04, 0xf4, 0x08].map((at) => chip.readUint32(0x18000000 + at));
    expect(registers).toEqual([4, 0x001f0300, 0, 0x03000218, 1]);
    expect(chip.core.VTOR).toBe(0x10000100);
    expect(chip.core.registers[13]).toBe(0x20001000);
    expect(chip.core.PC & ~1).toBe(0x100001c0);
    expect(cycle).toBe(0);
    expect(chip.sram.subarray(-STAGE_BYTES)).toEqual(serialReadStage());
  });

  it.each(["ELF or BIN", "UF2"])("is refused with a wrong checksum, in one sentence (%s)", (kind) => {
    const stage = serialReadStage();
    stage[100]! ^= 1;
    const file = kind === "UF2" ? packUf2(behind(stage), 0x10000000) : behind(stage);
    expect(() => readFirmware(file)).toThrow(FirmwareFileError);
    expect(() => readFirmware(file)).toThrow(
      /checksum 0xb8925fd2 and should have 0x[0-9a-f]{8}: an RP2040 would not start it; put the CRC-32/,
    );
  });

  it("returns to whoever calls it behind a write to the flash, who finds the registers of a caller as they were", () => {
    // Not strict: rp2040js does not know all of the SSI.
    const { core } = new Board({ firmware: readFirmware(behind(serialReadStage())), strict: false }).chip;
    // pico-sdk's flash routines: a copy in the SRAM, here the boot ROM's, called as a C function.
    const stage = 0x20042000 - STAGE_BYTES;
    const kept = [4, 5, 6, 7, 8, 9, 10, 11, 13];
    for (const register of kept) core.registers[register] = 0x20000400 + register * 4;
    core.registers[14] = 0x20000301;
    core.PC = stage;
    for (let count = 0; count < 1000 && core.PC >= stage; count++) core.executeInstruction();
    expect(core.PC & ~1).toBe(0x20000300);
    expect(kept.map((register) => core.registers[register])).toEqual(
      kept.map((register) => 0x20000400 + register * 4),
    );
  });

  it.each([
    ["zero", [0x00]],
    ["erased", [0xff]],
    // What a linker script without a fill makes of one erased word; its checksum is right by chance.
    ["an erased word and zeros", [0xff, 0xff, 0xff, 0xff, 0x00]],
  ])("may be missing: the emulator starts at the vectors (%s)", (_, bytes) => {
    const place = new Uint8Array(STAGE_BYTES).map((_byte, i) => bytes[i] ?? bytes.at(-1)!);
    const board = new Board({ firmware: readFirmware(behind(place)) });
    expect(board.chip.core.PC & ~1).toBe(0x100001c0);
    expect(board.run({ untilCycle: 100 })).toBe("cycle");
  });

  it("is no header of an ELF file, with which a linker may begin the first segment", () => {
    const headers = new Uint8Array(STAGE_BYTES).map((_, i) => [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1][i] ?? 0);
    const board = new Board({ firmware: readFirmware(packUf2(behind(headers), 0x10000000)) });
    expect(board.chip.core.PC & ~1).toBe(0x100001c0);
  });

  it.each([
    ["never ends", [FOR_EVER], "the second boot stage has no end"],
    [
      "does what is not allowed",
      [0x2020, 0x0600, 0x3001, 0x6801],
      "an unaligned read of 4 bytes at 0x20000001",
    ],
    ["is no code of this processor", [0xb100], "is not implemented yet"],
    ["asks for a register that there is not", [0x2040, 0x0600, 0x2105, 0x0509, 0x1840, 0x6801], "RP2040"],
  ])("that %s is an error", (_, code, message) => {
    const firmware = readFirmware(behind(stageOf(...code)));
    expect(() => new Board({ firmware })).toThrow(message);
  });
});

describeWithPrograms(COMPILER, "the second stage of this repository's firmware", () => {
  it("is what boot2.S is assembled to", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "syncgate-stage-"));
    try {
      expect(serialReadStage()).toEqual(assembleSecondStage(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[])(
    "%s has it, as ELF and UF2: code of 252 bytes at most, and its checksum",
    (name) => {
      const { flash } = readFirmware(builtFirmware(name));
      for (const file of [flash, readFirmware(packUf2(flash, 0x10000000)).flash]) {
        const stage = file.slice(0, STAGE_BYTES);
        expect(checksumOf(stage)).toBe(remainderOf(stage.subarray(0, CODE_BYTES)));
        expect(stage.subarray(0, CODE_BYTES).findLastIndex((byte) => byte !== 0)).toBeGreaterThan(16);
        expect(stage).toEqual(serialReadStage());
      }
    },
    COMPILER_MS,
  );
});
