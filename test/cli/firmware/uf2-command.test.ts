/** `syncgate firmware uf2`: what it makes of a file with and without a second stage of the boot. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packUf2, readFirmware, serialReadStage } from "../../../host/rp2040/index.js";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "uf2-"));
afterAll(() => rmSync(folder, { recursive: true }));
const STAGE_BYTES = 256;
const UF2_BLOCK_BYTES = 512;

/** Vectors and a loop behind these first bytes of the flash. */
function flashBehind(stage: Uint8Array): Uint8Array {
  const flash = new Uint8Array(0x10c);
  const view = new DataView(flash.buffer);
  flash.set(stage);
  view.setUint32(0x100, 0x20001000, true);
  view.setUint32(0x104, 0x10000109, true);
  view.setUint16(0x108, 0xe7fe, true);
  return flash;
}

async function packed(name: string, flash: Uint8Array) {
  const [bin, uf2] = [path.join(folder, `${name}.bin`), path.join(folder, `${name}.uf2`)];
  writeFileSync(bin, flash);
  const { code, out } = await run(["firmware", "uf2", bin, "--out", uf2]);
  expect(code).toBe(0);
  const file = new Uint8Array(readFileSync(uf2));
  return { out, uf2, file, flash: readFirmware(file).flash };
}

describe("syncgate firmware uf2", () => {
  it.each([
    ["zeros", [0x00]],
    ["erased", [0xff]],
    ["an erased word", [0xff, 0xff, 0xff, 0xff, 0x00]],
  ])("adds a second stage where there is none (%s), and it runs", async (name, bytes) => {
    const bare = flashBehind(new Uint8Array(STAGE_BYTES).map((_, i) => bytes[i] ?? bytes.at(-1)!));
    const { out, uf2, file, flash } = await packed(name.replaceAll(" ", "-"), bare);
    expect(file.length).toBe(2 * UF2_BLOCK_BYTES);
    expect(out).toBe(
      `wrote ${uf2}, 1024 bytes, with a second boot stage (serial reads) that the firmware did not have\n`,
    );
    expect(flash.slice(0, STAGE_BYTES)).toEqual(serialReadStage());
    expect(flash.slice(STAGE_BYTES, bare.length)).toEqual(bare.slice(STAGE_BYTES));
    // No verdict: a loop that says nothing.
    expect((await run(["firmware", "run", uf2, "--max-cycles", "1000"])).code).toBe(4);
  });

  it("leaves firmware alone that has one", async () => {
    const whole = flashBehind(serialReadStage());
    const { out, uf2, file } = await packed("whole", whole);
    expect(file).toEqual(packUf2(whole, 0x10000000));
    expect(out).toBe(`wrote ${uf2}, 1024 bytes\n`);
  });
});
