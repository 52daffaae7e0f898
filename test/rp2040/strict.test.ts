import { describe, expect, it } from "vitest";
import { Board, FirmwareError } from "../../host/rp2040/index.js";
import { machineCode } from "./machine-code.js";

// Thumb: movs r0, #n is 0x2000 | n; lsls r0, r0, #n is 0x0000 | n << 6; ldr r1, [r0] 0x6801; str r1, [r0] 0x6001.
const RAM_IN_R0 = [0x2020, 0x0600]; // 0x20 << 24
const FLASH_IN_R0 = [0x2010, 0x0600];
const FOR_EVER = 0xe7fe;

function end(strict: boolean, ...code: number[]): unknown {
  const board = new Board({ firmware: machineCode(...code), strict });
  try {
    return board.run({ untilCycle: 100 });
  } catch (error) {
    expect(error).toBeInstanceOf(FirmwareError);
    return (error as Error).message;
  }
}

describe("strict mode stops with one sentence at", () => {
  it.each([
    [
      "an unaligned read",
      [...RAM_IN_R0, 0x3001, 0x6801],
      "an unaligned read of 4 bytes at 0x20000001 (PC 0x100001c6)",
    ],
    [
      "an unaligned write",
      [...RAM_IN_R0, 0x3002, 0x6001],
      "an unaligned write of 4 bytes at 0x20000002 (PC 0x100001c6)",
    ],
    ["a write to flash", [...FLASH_IN_R0, 0x6001], "a write to flash at 0x10000000 (PC 0x100001c4)"],
    ["flash that is erased", [0x2011, 0x0200, 0x3001, 0x0400, 0x6801], "a read of flash at 0x11010000"],
    ["the boot ROM", [0x2000, 0x6801], "a read of the boot ROM at 0x00000000, which is not there"],
    ["nowhere", [0x2030, 0x0600, 0x6801], "Read from invalid memory address: 30000000"],
    ["a register that there is not", [0x2040, 0x0600, 0x2105, 0x0509, 0x1840, 0x6801], "RP2040"],
    [
      "a branch that is no Thumb",
      [...RAM_IN_R0, 0x4700],
      "a branch to 0x20000000, which is no Thumb address",
    ],
    ["a call that is no Thumb", [...RAM_IN_R0, 0x4780], "a call of 0x20000000, which is no Thumb address"],
    ["a runaway", [0x46c0], "runaway: there is no code at 0x100001c2"],
    ["a breakpoint", [0xbe07], "a BKPT or an undefined instruction, code 7"],
    ["an undefined instruction", [0xde01], "a BKPT or an undefined instruction, code 1"],
    ["an exception without a handler", [0xdf00, FOR_EVER], "exception 11 has no handler"],
  ])("%s", (_, code, message) => {
    expect(end(true, ...(code as number[]))).toContain(message);
  });

  it("and lets the same accesses pass elsewhere", () => {
    expect(end(true, ...RAM_IN_R0, 0x6001, 0x6801, FOR_EVER)).toBe("cycle");
    expect(end(false, ...RAM_IN_R0, 0x3001, 0x6801, FOR_EVER)).toBe("cycle");
  });
});

describe("the run loop", () => {
  it("ends at its cycle, and goes on from there", () => {
    const board = new Board({ firmware: machineCode(FOR_EVER) });
    expect(board.run({ untilCycle: 1000 })).toBe("cycle");
    expect(board.cycle).toBeGreaterThanOrEqual(1000);
    expect(board.cycle).toBeLessThan(1004);
    expect(board.chip.clock.nanos).toBe(board.cycle * 8);
    board.run({ untilCycle: 2000 });
    expect(board.cycle).toBeGreaterThanOrEqual(2000);
  });

  it("refuses a file without vectors", () => {
    expect(() => machineCode()).not.toThrow();
    expect(
      () => new Board({ firmware: { flash: new Uint8Array(264), loaded: new Uint8Array(264).fill(1) } }),
    ).toThrow("the reset vector 0x00000000 is no Thumb address");
  });
});
