/** `syncgate firmware run` of the example: cards in files, cuts, traces. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { picoLogger } from "../../rp2040/pico-program.js";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "firmware-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const firmware = (...args: readonly string[]) => run(["firmware", "run", ...args]);
const COMPILE_MS = 60_000;
const SIZE = 32 * 2 ** 20;
/** The first data sector of an array whose metadata areas lie 8,192 sectors apart, on cards of 32 MiB. */
const DATA_START = 32_768;
const MAGIC = 0x474f4c53;

/** The first two words of a record of the logger. */
function recordOf(image: string, number: number): number[] {
  const bytes = readFileSync(at(image));
  const word = (i: number): number => bytes.readUInt32LE((DATA_START + 2 * number) * 512 + 4 * i);
  return [word(0), word(1)];
}

describe("wrong usage of firmware run", () => {
  it.each([
    [["--write-back"], "--write-back has no file to write: give --card-a or --card-b"],
    [["--write-back", "--out", "x", "--card-a", "y"], "--write-back and --out are two places"],
    [["--cut-at", "1000,x"], '--cut-at is "x": give a number from 0'],
    [["--cut-after-uart", "+5"], '--cut-after-uart is "+5": give PATTERN or PATTERN+CYCLES'],
    [["--cut-after-uart", "(+5"], "--cut-after-uart is no regular expression"],
    [["--power", "dim"], 'there is no power topology "dim": choose one of shared, reset, skew, one'],
    [["--power", "reset"], "--power and --first say how a cut comes: add --cut-at"],
    [["--cut-at", "1", "--first", "b"], "--first says which card loses its power first or alone"],
    [["--cut-at", "1", "--power", "one:5"], '--power is "one:5": give shared, reset, skew, one, or skew:'],
    [["--cut-at", "1", "--first", "c"], 'there is no card "c": choose one of a, b'],
    [["--trace-instructions", "1+2"], "--trace-instructions needs a file: add --trace FILE"],
    [["--trace", "x", "--trace-instructions", "7"], '--trace-instructions is "7": give FROM+CYCLES'],
    [["--size", "1KiB"], '--size is "1KiB": a card has a multiple of 512 KiB'],
    [["--profile", "floppy"], 'there is no card profile "floppy"'],
    [["--pass", "("], "--pass is no regular expression"],
    [["--card-a", "/no/such.img"], "/no/such.img can't be read"],
  ])("%j ends with one sentence", async (flags, sentence) => {
    const bin = at("loop.bin");
    const image = new DataView(new ArrayBuffer(0x10a));
    image.setUint32(0x100, 0x20001000, true);
    image.setUint32(0x104, 0x10000109, true);
    image.setUint16(0x108, 0xe7fe, true);
    writeFileSync(bin, new Uint8Array(image.buffer));
    const { code, out, err } = await firmware(bin, ...flags);
    expect(err).toContain(`error: ${sentence}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([2, ""]);
  });
});

describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "firmware run of the logger", () => {
  let logger: string;
  beforeAll(() => {
    logger = picoLogger(folder, ["RECORDS=5u"]);
  }, COMPILE_MS);

  it("puts raw images back after a cut, and the next run goes on with them", async () => {
    for (const name of ["a.img", "b.img"]) writeFileSync(at(name), new Uint8Array(SIZE));
    const cards = ["--card-a", at("a.img"), "--card-b", at("b.img")];
    const cut = await firmware(logger, ...cards, "--cut-after-uart", "kept 2+20000", "--write-back");
    expect([cut.err, cut.code]).toEqual(["", 0]);
    expect(cut.out).toMatch(
      /^formatted\nfound 0 records[^]*kept 2\n--- power cut at cycle \d+ ---\nfound [34] records[^]*\nPASS\nwrote .*a.img\nwrote .*b.img\n$/,
    );
    for (const image of ["a.img", "b.img"]) expect(recordOf(image, 4)).toEqual([MAGIC, 4]);
    const before = readFileSync(at("a.img"));
    const again = await firmware(logger, ...cards);
    expect(again.out).toMatch(/^found 5 records, room for \d+\nPASS\n$/);
    expect(readFileSync(at("a.img")).equals(before)).toBe(true);
  });

  it("takes stored cards, and puts them into a folder", async () => {
    const made = await run(["card", "create", at("s.img"), "--profile", "consumer-tlc", "--size", "32MiB"]);
    expect(made.code).toBe(0);
    const flags = [
      "--card-a",
      at("s.img"),
      "--size",
      "32MiB",
      "--profile",
      "consumer-tlc",
      "--out",
      at("out"),
    ];
    const { code, out } = await firmware(logger, ...flags);
    expect([code, out]).toEqual([0, expect.stringContaining(`wrote ${at("out/a.img")}\n`)]);
    expect(existsSync(at("out/a.img.card.json"))).toBe(true);
    expect(existsSync(at("out/b.img.card.json"))).toBe(false);
    expect(recordOf("out/a.img", 4)).toEqual(recordOf("out/b.img", 4));
    const shown = await run(["card", "show", at("out/a.img")]);
    expect(shown.out).toMatch(/^Written +(?!0 )/m);
  });

  it.each([
    ["reset", null, /kept 1\n--- power cut at cycle \d+ \(reset\) ---\nfound [23] records/],
    ["skew:300", "b", /kept 1\n--- power cut at cycle \d+ \(skew\) ---\nfound [23] records/],
    // The chip goes on with the other card.
    ["one", "b", /kept 1\n--- power cut at cycle \d+ \(one\) ---\nkept 2\n/],
  ] as const)("cuts by topology %s", async (power, first, pattern) => {
    const cut = [
      "--cut-after-uart",
      "kept 1+5000",
      "--power",
      power,
      ...(first === null ? [] : ["--first", first]),
    ];
    const { code, out } = await firmware(logger, "--size", "32MiB", ...cut);
    expect(out).toMatch(pattern);
    expect([code, out]).toEqual([0, expect.stringMatching(/PASS\n$/)]);
  });

  it("says when the moment of a cut does not come, and when the firmware fails before it", async () => {
    const never = await firmware(
      logger,
      "--size",
      "32MiB",
      "--cut-after-uart",
      "hello",
      "--max-cycles",
      "2000000",
    );
    expect([never.code, never.err]).toEqual([
      4,
      'error: no verdict: the UART did not say what matches "hello", so the power was not cut\n',
    ]);
    const fails = await firmware(logger, "--size", "32MiB", "--fail", "kept 0", "--cut-at", "15000000");
    expect([fails.code, fails.out]).toEqual([1, expect.stringContaining("kept 0\n")]);
  });

  it("traces commands of both buses, and instructions of a window, without another way of going", async () => {
    const trace = ["--trace", at("trace"), "--trace-instructions", "1000+40"];
    const traced = await firmware(logger, "--size", "32MiB", ...trace, "--pass", "formatted");
    const plain = await firmware(logger, "--size", "32MiB", "--pass", "formatted");
    expect([traced.code, traced.out]).toEqual([0, plain.out]);
    const lines = readFileSync(at("trace"), "utf8").trimEnd().split("\n");
    expect(lines[0]).toBe("power on");
    const instructions = lines.filter((line) => line.includes(" cpu "));
    expect(instructions.length).toBeGreaterThan(5);
    expect(instructions[0]).toMatch(/^10\d\d cpu 100[0-9a-f]{5} r0=[0-9a-f]{8} .* sp=2004[0-9a-f]{4} lr=/);
    const buses = lines.filter((line) => / spi[01] /.test(line)).map((line) => line.replace(/^\d+ /, ""));
    expect(buses.slice(0, 4)).toEqual([
      "spi0 CMD0 0x00000000 -> 01",
      "spi1 CMD0 0x00000000 -> 01",
      "spi0 CMD8 0x000001aa -> 01",
      "spi1 CMD8 0x000001aa -> 01",
    ]);
    expect(buses).toContain("spi0 ACMD41 0x40000000 -> 00");
    expect(buses).toContain("spi1 block -> 05");
  });
});
