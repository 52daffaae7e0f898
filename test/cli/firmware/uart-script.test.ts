/** `syncgate firmware run --uart-script`: somebody types to the logger, and takes a card out and in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { builtFirmware, COMPILER, COMPILER_MS } from "../../firmware/built-firmware.js";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "uart-script-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
/** The areas of metadata, which differ, and the end of the array on cards of 8 MiB. */
const DATA = [64 * 512, 4096 * 512] as const;

function scripted(firmware: string, lines: readonly string[], ...args: readonly string[]) {
  writeFileSync(at("script"), `${lines.join("\n")}\n`);
  return run(["firmware", "run", firmware, "--uart-script", at("script"), ...args]);
}

describe("a UART script that cannot be used", () => {
  it.each([
    [["type stop"], `line 1 of ${at("script")} is "type stop": give 'at CYCLE: TEXT' or`],
    [["# none"], `${at("script")} has no line to type`],
    [["at 5: x", 'after "(": y'], `line 2 of ${at("script")} is no regular expression`],
  ])("%j ends with one sentence", async (lines, sentence) => {
    const { code, err } = await scripted("none.elf", lines);
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("is an error of firmware that does not listen", async () => {
    const image = new DataView(new ArrayBuffer(0x10a));
    image.setUint32(0x100, 0x20001000, true);
    image.setUint32(0x104, 0x10000109, true);
    image.setUint16(0x108, 0xe7fe, true);
    writeFileSync(at("loop.bin"), new Uint8Array(image.buffer));
    const { code, err } = await scripted(at("loop.bin"), ["at 100: hello"], "--max-cycles", "1000");
    expect([code, err]).toEqual([3, expect.stringContaining('"hello" is typed, and UART0 does not listen')]);
  });
});

describeWithPrograms(COMPILER, "a UART script for the logger", () => {
  beforeAll(() => writeFileSync(at("logger.elf"), builtFirmware("logger-bench")), COMPILER_MS);

  it("takes a card out and in, and stops: both images hold the same", async () => {
    const { code, out } = await scripted(
      at("logger.elf"),
      [
        "# out, and in again",
        'after "flushed 2": remove 1',
        'after "flushed 4" +1000: replace 1',
        'after "replaced 1": stop',
      ],
      "--out",
      at("cards"),
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/removed 1\n[^]*replaced 1\n[^]*PASS\n/)]);
    const [a, b] = ["a.img", "b.img"].map((name) => readFileSync(at(`cards/${name}`)).subarray(...DATA));
    expect(a!.some((byte) => byte !== 0)).toBe(true);
    expect(a!.equals(b!)).toBe(true);
  });

  it("says which line was not typed", async () => {
    const { code, err } = await scripted(at("logger.elf"), [
      'after "resynced": stop',
      'after "no such word": status',
    ]);
    expect([code, err]).toEqual([
      4,
      'error: no verdict: line 2 of the script, "status", was not typed: the UART did not say what matches "no such word"\n',
    ]);
  });
});
