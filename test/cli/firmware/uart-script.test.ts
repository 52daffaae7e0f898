/** `syncgate firmware run --uart-script`: somebody types to the logger, and takes a card out and in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { builtFirmware, COMPILER, COMPILER_MS } from "../../firmware/built-firmware.js";
import { picoProgram } from "../../rp2040/pico-program.js";
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

/** Says "ready", and "got" for each line; it sleeps until one comes. */
const LISTENER = `
  #include "board.h"
  #include "rp2040.h"
  #define UART0_IMSC 0x40034038u
  #define RX 0x10u
  #define NVIC_ISER 0xe000e100u
  #define NVIC_ICPR 0xe000e280u
  #define UART0_IRQ (1u << 20)
  int main(void) {
    REGISTER(IO_CTRL(1)) = FUNCTION_UART;
    __asm volatile("cpsid i");
    REGISTER(UART0_IMSC) = RX;
    REGISTER(NVIC_ISER) = UART0_IRQ;
    print("ready\\n");
    for (;;) {
      uint32_t byte = 0;
      while (byte != '\\n') {
        __asm volatile("wfi");
        byte = REGISTER(UART0_DR) & 0xffu;
        REGISTER(NVIC_ICPR) = UART0_IRQ;
      }
      print("got\\n");
    }
  }
`;

describeWithPrograms(COMPILER, "a UART script for firmware that sleeps until something is typed", () => {
  let listener = "";

  beforeAll(() => {
    writeFileSync(at("listener.c"), LISTENER);
    listener = picoProgram(folder, "listener", [at("listener.c")]);
  }, COMPILER_MS);

  const expectEnd = async (lines: readonly string[], args: readonly string[], expected: unknown) => {
    const { code, out, err } = await scripted(listener, lines, ...args);
    expect([code, out, err]).toEqual(expected);
  };

  it.each([
    ['after "ready" +100000: x', ""],
    ["at 5000000: x", ""],
    ['after "ready" +100000: x', "--trace-instructions"],
  ])("ends the sleep when a line is due (%s %s)", async (line, traced) => {
    const args = traced === "" ? [] : ["--trace", at("trace"), traced, "50000+120000"];
    await expectEnd([line], ["--pass", "got", ...args], [0, "ready\ngot\n", ""]);
  });

  it("lets it be when no line is due: nothing ends it", async () => {
    await expectEnd(
      ["at 5000000: x"],
      ["--pass", "bye"],
      [4, "ready\ngot\n", "error: no verdict: the chip sleeps and nothing can wake it\n"],
    );
  });

  it("waits for the cycle or the words of the boot after a cut again", async () => {
    await expectEnd(
      ["at 1000000: y", 'after "got" +1000000: x'],
      ["--cut-at", "1500000", "--max-cycles", "9000000"],
      [
        4,
        "ready\ngot\n--- power cut at cycle 1500000 ---\nready\n",
        'error: no verdict: the chip sleeps and nothing can wake it; line 2 of the script, "x", was not typed: the UART did not say what matches "got"\n',
      ],
    );
    await expectEnd(
      ["at 5000000: x"],
      ["--cut-at", "3000000", "--pass", "got"],
      [0, "ready\n--- power cut at cycle 3000000 ---\nready\ngot\n", ""],
    );
  });

  it("says which line still waits at the limit of cycles", async () => {
    await expectEnd(
      ['after "ready" +1000000000: x'],
      ["--max-cycles", "2000000"],
      [
        4,
        "ready\n",
        expect.stringMatching(
          /^error: no verdict: 2000000 cycles have passed; line 1 of the script, "x", was not typed: cycle 100\d+ was not reached\n$/,
        ),
      ],
    );
  });
});
