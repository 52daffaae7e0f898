import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packUf2, readFirmware, serialReadStage } from "../../host/rp2040/index.js";
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

describe("the second boot stage", () => {
  const STAGE_BYTES = 256;
  const limit = ["--max-cycles", "1000"];

  it("is added by firmware uf2 where there is none, and is missed in a UF2 file without", async () => {
    const bin = binOf("bare.bin", 0xe7fe);
    const [uf2, again] = [path.join(folder, "made.uf2"), path.join(folder, "again.uf2")];
    const made = await runLine(["firmware", "uf2", bin, "--out", uf2]);
    expect([made.code, made.out]).toEqual([
      0,
      `wrote ${uf2}, 1024 bytes, with a second boot stage (serial reads) that the firmware did not have\n`,
    ]);
    const { flash } = readFirmware(readFileSync(uf2));
    expect(flash.subarray(0, STAGE_BYTES)).toEqual(serialReadStage());
    expect((await run(uf2, ...limit)).complaint).toBe("error: no verdict: 1000 cycles have passed\n");
    const kept = await runLine(["firmware", "uf2", uf2, "--out", again]);
    expect(kept.out).toBe(`wrote ${again}, 1024 bytes\n`);
    expect(readFileSync(again)).toEqual(readFileSync(uf2));
    const bare = path.join(folder, "bare.uf2");
    writeFileSync(bare, packUf2(readFileSync(bin), 0x10000000));
    expect((await run(bare, ...limit)).complaint).toContain(
      `note: ${bare} has no second boot stage, and a Pico would not start it`,
    );
  });

  it("with a wrong checksum is refused: a Pico would not start it", async () => {
    const bin = binOf("spoilt.bin", 0xe7fe);
    const bytes = readFileSync(bin);
    bytes.set(serialReadStage());
    bytes[0]! ^= 1;
    writeFileSync(bin, bytes);
    const { code, complaint } = await run(bin, ...limit);
    expect([code, complaint]).toEqual([2, expect.stringContaining("an RP2040 would not start it")]);
    expect(complaint.trimEnd().split("\n")).toHaveLength(1);
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
