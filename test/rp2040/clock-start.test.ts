/** How firmware starts the clocks, also when a debugger has reset the processor alone: they are as firmware before it left them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { Board, readFirmware } from "../../host/rp2040/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { builtFirmware, COMPILER, COMPILER_MS } from "../firmware/built-firmware.js";
import { picoProgram } from "./pico-program.js";

const CLOCKS = 0x40008000;
const REF_DIV = 0x34;
const SYS_CTRL = 0x3c;
const SYS_DIV = 0x40;
const SRC = 1;
const AUXSRC = 0xe0;
const BY_ONE = 0x100;

interface Clocks {
  writeUint32(offset: number, value: number): void;
}

/** A program that does nothing, on the example's board. */
function examplesBoard(): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-clocks-"));
  try {
    writeFileSync(path.join(folder, "rest.c"), 'int main(void) { for (;;) __asm volatile("wfi"); }\n');
    return new Uint8Array(readFileSync(picoProgram(folder, "rest", [path.join(folder, "rest.c")])));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeWithPrograms(COMPILER, "clocks", () => {
  it.each([
    ["firmware/rp2040", () => builtFirmware("card-check")],
    ["examples/pico-fatfs-style", examplesBoard],
  ])(
    "of %s: dividers are set back, and the PLL is chosen before the system goes by it",
    (_, elf) => {
      const board = new Board({ firmware: readFirmware(elf()) });
      const { chip } = board;
      // By two, and by the crystal: as other firmware may have left it.
      chip.writeUint32(CLOCKS + REF_DIV, 0x200);
      chip.writeUint32(CLOCKS + SYS_DIV, 0x200);
      chip.writeUint32(CLOCKS + SYS_CTRL, (3 << 5) | SRC);
      const clocks = chip.clocks as Clocks;
      const original = Object.getPrototypeOf(clocks) as Clocks;
      const controls: number[] = [];
      // rp2040js reads another bit of CLK_REF_DIV than it has.
      const written = new Map<number, number>();
      const before = clocks.writeUint32;
      clocks.writeUint32 = (offset, value) => {
        written.set(offset, value);
        if (offset === SYS_CTRL) controls.push(value);
        (before ?? original.writeUint32).call(clocks, offset, value);
      };
      board.run({ untilCycle: 500_000 });
      expect([written.get(REF_DIV), written.get(SYS_DIV)]).toEqual([BY_ONE, BY_ONE]);
      const start = [(3 << 5) | SRC, ...controls];
      expect(start.at(-1)).toBe(SRC);
      for (const [i, control] of start.slice(1).entries()) {
        // AUXSRC changes only while the system goes by the reference, and stays so with that write.
        if (((control ^ start[i]!) & AUXSRC) !== 0) expect([start[i]! & SRC, control & SRC]).toEqual([0, 0]);
      }
    },
    COMPILER_MS,
  );
});
