import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { builtFirmware } from "../firmware/built-firmware.js";
import { run as runLine } from "./captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-firmware-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const { code, out, err } = await runLine(["firmware", "run", ...args]);
  return { code, out, complaint: err };
}

/** A BIN of a few Thumb instructions behind boot code and a vector table of two words. */
function binOf(name: string, ...code: number[]): string {
  const bin = new Uint8Array(0x108 + 2 * code.length);
  const view = new DataView(bin.buffer);
  view.setUint32(0x100, 0x20001000, true);
  view.setUint32(0x104, 0x10000109, true);
  for (const [i, halfword] of code.entries()) view.setUint16(0x108 + 2 * i, halfword, true);
  const file = path.join(folder, name);
  writeFileSync(file, bin);
  return file;
}

describe("syncgate firmware run", () => {
  it("ends with 4 at the limit of cycles, and when nothing can wake the chip", async () => {
    const hang = await run(binOf("hang.bin", 0xe7fe), "--max-cycles", "1000");
    expect([hang.code, hang.complaint]).toEqual([4, "error: no verdict: 1000 cycles have passed\n"]);
    const asleep = await run(binOf("sleep.bin", 0xbf30, 0xe7fe));
    expect(asleep.code).toBe(4);
    expect(asleep.complaint).toContain("nothing can wake it");
  });

  it("ends with 3 at what the chip would not forgive", async () => {
    const stopped = await run(binOf("break.bin", 0xbe00));
    expect([stopped.code, stopped.complaint]).toEqual([
      3,
      "error: a BKPT or an undefined instruction, code 0 (PC 0x10000108)\n",
    ]);
  });

  it("ends with 2 for a wrong file", async () => {
    const small = path.join(folder, "small.bin");
    writeFileSync(small, new Uint8Array(10));
    const refused = await run(small);
    expect(refused.code).toBe(2);
    expect(refused.complaint).toContain("has no vector table at 0x10000100");
    const text = path.join(folder, "text.uf2");
    writeFileSync(text, "no firmware, ".repeat(40));
    const [textual, packed] = [await run(text), await runLine(["firmware", "uf2", text, "--out", small])];
    expect([textual.code, packed.code]).toEqual([2, 2]);
    expect(textual.complaint).toContain("which is no Thumb address: give firmware for the RP2040");
    expect((await run(path.join(folder, "none.uf2"))).code).toBe(2);
    expect((await run(binOf("x.bin", 0xe7fe), "--card-a", small)).complaint).toContain("no whole sectors");
    writeFileSync(small, new Uint8Array(1024));
    expect((await run(binOf("x.bin", 0xe7fe), "--card-a", small)).complaint).toContain(
      "a multiple of 512 KiB",
    );
  });
});

describeWithPrograms(
  { "arm-none-eabi-gcc": "gcc-arm-none-eabi" },
  "syncgate firmware run of card-check",
  () => {
    it("passes, also after two cuts", async () => {
      const elf = path.join(folder, "card-check.elf");
      writeFileSync(elf, builtFirmware("card-check"));
      const { code, out } = await run(elf, "--cut-at", "500000", "--cut-at", "700000");
      expect(code).toBe(0);
      expect(out).toMatch(/--- power cut at cycle 50\d+ ---[^]*--- power cut at cycle 70\d+ ---[^]*PASS\n$/);
      expect((await run(elf, "--fail", "written")).code).toBe(1);
    });
  },
);
