import { describe, expect, it } from "vitest";
import { Board, FirmwareError, type BoardCard } from "../../host/rp2040/index.js";
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

const SILENT_CARD: BoardCard = {
  device: { select: () => undefined, exchange: () => 0xff },
  bus: 0,
  chipSelectPin: 17,
};

function boot({ strict = true, cards = [] as readonly BoardCard[] } = {}): Board["chip"] {
  return new Board({ firmware: machineCode(FOR_EVER), strict, cards }).chip;
}

describe("strict mode asks for what the chip needs at power-up:", () => {
  const RESETS_SET = 0x4000e000;
  const RESETS_CLEAR = 0x4000f000;
  const RESETS_DONE = 0x4000c008;
  const CLK_PERI = 0x40008048;
  const TICK = 0x4005802c;
  /** IO_QSPI, PADS_QSPI, TIMER. */
  const BY_ROM = (1 << 6) | (1 << 9) | (1 << 21);

  it("peripherals are held in reset", () => {
    const chip = boot();
    expect(() => chip.readUint32(0x40034018)).toThrow(
      "an access to UART0 at 0x40034018, which is held in reset: clear bit 22 of RESETS_RESET before",
    );
    expect(() => chip.writeUint32(0x50000004, 0)).toThrow("an access to DMA at 0x50000004");
    expect(() => chip.writeUint32(0x40017004, 0)).toThrow("an access to IO_BANK0 at 0x40017004");
    chip.writeUint32(RESETS_CLEAR, 1 << 2);
    chip.writeUint32(0x50000004, 0);
    // Back into reset.
    chip.writeUint32(RESETS_SET, 1 << 2);
    expect(() => chip.writeUint32(0x50000004, 0)).toThrow("which is held in reset");
    boot({ strict: false }).writeUint32(0x50000004, 0);
  });

  it("the flash's pins and the timer are not: the boot ROM has released them", () => {
    const chip = boot();
    expect(chip.readUint32(0x4000c000)).toBe(0x1ffffff & ~BY_ROM);
    expect(chip.readUint32(RESETS_DONE)).toBe(BY_ROM);
  });

  it("a release waits for the peripheral's clock, and a loop that waits for it is told so", () => {
    const chip = boot();
    chip.writeUint32(RESETS_CLEAR, (1 << 2) | (1 << 16));
    expect(chip.readUint32(RESETS_DONE)).toBe((1 << 2) | BY_ROM);
    expect(() => chip.readUint32(0x4003c000)).toThrow(
      "an access to SPI0 at 0x4003c000 without its clock: enable clk_peri before",
    );
    expect(() => {
      for (let i = 0; i < 1001; i++) chip.readUint32(RESETS_DONE);
    }).toThrow("SPI0 is released but not done without clk_peri; enable that clock before");
    chip.writeUint32(CLK_PERI, 1 << 11);
    expect(chip.readUint32(RESETS_DONE)).toBe((1 << 2) | BY_ROM | (1 << 16));
    chip.readUint32(0x4003c000);
  });

  it("nobody waits for a peripheral that is released and not used", () => {
    const chip = boot();
    const [adc, i2c0] = [1 << 0, 1 << 3];
    chip.writeUint32(RESETS_CLEAR, adc);
    for (let i = 0; i < 3000; i++) {
      chip.writeUint32(RESETS_SET, i2c0);
      chip.writeUint32(RESETS_CLEAR, i2c0);
      expect(chip.readUint32(RESETS_DONE) & i2c0).toBe(i2c0);
    }
  });

  it("the timer counts what WATCHDOG_TICK makes of a clock, while that is enabled", () => {
    const chip = boot();
    const read = (): number => chip.readUint32(0x40054028);
    expect(read).toThrow("which counts nothing: set WATCHDOG_TICK");
    chip.writeUint32(TICK, 12);
    expect(read).toThrow("which counts nothing");
    chip.writeUint32(TICK, (1 << 9) | 12);
    expect(read()).toBe(0);
    chip.writeUint32(TICK + 0x3000, 1 << 9);
    expect(read).toThrow("which counts nothing");
  });

  /** SPI0 with these pins. @returns sends a byte */
  function spi0(chip: Board["chip"], pins: readonly number[], control1 = 2): () => void {
    chip.writeUint32(RESETS_CLEAR, (1 << 5) | (1 << 16));
    chip.writeUint32(CLK_PERI, 1 << 11);
    chip.writeUint32(0x4003c010, 2);
    chip.writeUint32(0x4003c000, 7);
    chip.writeUint32(0x4003c004, control1);
    for (const pin of pins) chip.writeUint32(0x40014004 + 8 * pin, 1);
    return () => chip.writeUint32(0x4003c008, 0xff);
  }

  it.each([
    ["SCK", []],
    ["TX", [18]],
    ["RX", [18, 19]],
    [null, [16, 18, 19]],
  ])("a card's bus has pins: %s is missed", (line, pins) => {
    const send = spi0(boot({ cards: [SILENT_CARD] }), pins);
    if (line === null) expect(send).not.toThrow();
    else expect(send).toThrow(`a transfer on SPI0, whose ${line} is on no pin`);
  });

  it("a bus without a card, or in loop-back, needs none of them", () => {
    expect(spi0(boot(), [18, 19])).not.toThrow();
    expect(spi0(boot({ cards: [{ ...SILENT_CARD, bus: 1 }] }), [18, 19])).not.toThrow();
    expect(spi0(boot({ cards: [SILENT_CARD] }), [], 3)).not.toThrow();
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
