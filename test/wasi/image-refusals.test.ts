import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ImageCommand } from "../../host/wasi/image-tool.js";
import {
  DATA_START,
  FORMAT,
  IMAGE_SECTORS,
  SECTOR,
  blank,
  formatted,
  observed,
  pattern,
  succeed,
  temporaryFolder,
  type Pair,
} from "./image-pair.js";
import { seal } from "./on-card-structures.js";
import { refusing } from "./wasi-faults.js";

const folder = temporaryFolder();
const newPair = () => formatted(folder.file("a.img"), folder.file("b.img"));

const STATUS: ImageCommand = ["status"];
const WRITE: ImageCommand = ["write", "--sector", "0"];
const READ: ImageCommand = ["read", "--sector", "0", "--count", "1"];
const RESYNC: ImageCommand = ["resync"];
/** Everything that needs an array to be there. */
const COMMANDS = [STATUS, WRITE, READ, RESYNC];

/** Whether a call of fd_pread is for the data area: its fourth argument is the offset. */
const ofData = (values: readonly unknown[]) => (values[3] as bigint) >= BigInt(DATA_START * SECTOR);

const withInput = (...fault: Parameters<typeof refusing>) => ({
  ...refusing(...fault),
  stdin: pattern(1, 1),
});

/** The command ends with code 2 and this one sentence, prints nothing else, and changes no byte. */
async function expectRefusal(command: ImageCommand, pair: Pair, sentence: RegExp | string): Promise<void> {
  const run = await observed(command, pair, { stdin: pattern(1, 1) });
  expect(run.exitCode).toBe(2);
  expect(run.stdout.length).toBe(0);
  expect(run.changed).toBe(false);
  expect(run.stderr).toMatch(/^[^\n]+\n$/);
  const said = run.stderr.replaceAll(`${folder.path}/`, "").trimEnd();
  if (typeof sentence === "string") expect(said).toBe(sentence);
  else expect(said).toMatch(sentence);
}

async function allRefuse(pair: Pair, sentence: RegExp | string): Promise<void> {
  for (const command of COMMANDS) await expectRefusal(command, pair, sentence);
}

/** Changes words of both superblock copies of an image, at offsets of the on-card format. */
function changeSuperblock(file: string, change: Readonly<Record<number, number>>): void {
  const bytes = readFileSync(file);
  for (const sector of [0, 4]) {
    const superblock = bytes.subarray(sector * SECTOR, (sector + 1) * SECTOR);
    for (const [at, value] of Object.entries(change)) superblock.writeUInt32LE(value, Number(at));
    seal(superblock);
  }
  writeFileSync(file, bytes);
}

describe("images that make no array are refused and left alone:", () => {
  it("a truncated one", async () => {
    const pair = await newPair();
    truncateSync(pair[1], 200 * SECTOR + 17);
    await allRefuse(
      pair,
      "b.img ends at sector 200 but its superblock says that the array ends at sector 272; " +
        "it was cut off, restore the whole image (139264 bytes or more)",
    );
  });

  it.each([0, 1, 100, 512 * 3])("one cut off after %i bytes", async (bytes) => {
    const pair = await newPair();
    truncateSync(pair[0], bytes);
    await allRefuse(
      pair,
      bytes < 512
        ? /^a\.img (is shorter than one sector|carries no valid superblock)/
        : /^a\.img ends at sector 3 /,
    );
  });

  it("a blank one", async () => {
    const pair = await newPair();
    blank(pair[1], IMAGE_SECTORS);
    await allRefuse(
      pair,
      "b.img carries no valid superblock, neither in sector 0 nor in the second place; " +
        "give the image of a Syncgate card, or make a new array on new images",
    );
  });

  it("one full of something else", async () => {
    const pair = await newPair();
    writeFileSync(pair[0], pattern(IMAGE_SECTORS, 3));
    await allRefuse(pair, /^a\.img carries no valid superblock/);
  });

  it("one whose superblocks are damaged", async () => {
    const pair = await newPair();
    const bytes = readFileSync(pair[0]);
    bytes[20]! ^= 1;
    bytes[4 * SECTOR + 20]! ^= 1;
    writeFileSync(pair[0], bytes);
    await allRefuse(pair, /^a\.img carries no valid superblock/);
  });

  it("members of two arrays", async () => {
    const [a] = await newPair();
    const other: ImageCommand = [
      ...FORMAT.slice(0, 5),
      "--array-id",
      "f".repeat(32),
    ] as unknown as ImageCommand;
    const [, d] = await formatted(folder.file("c.img"), folder.file("d.img"), other);
    await allRefuse(
      [a, d],
      "a.img is of array 00112233445566778899aabbccddeeff and d.img of array ffffffffffffffffffffffffffffffff " +
        "by their superblocks; give two images of one array",
    );
  });

  it("the same member twice", async () => {
    const [, b] = await newPair();
    const copy = folder.file("copy.img");
    writeFileSync(copy, readFileSync(b));
    await allRefuse(
      [b, copy],
      "b.img and copy.img both say in their superblock that they are member B, so one is a copy of the other; " +
        "give the image of the other member",
    );
  });

  it("ones with different histories", async () => {
    const pair = await newPair();
    changeSuperblock(pair[1], { 48: 1, 52: 2 });
    await allRefuse(pair, /^a\.img and b\.img have different histories by their superblocks; choose one/);
  });

  it("ones of a later format", async () => {
    const pair = await newPair();
    changeSuperblock(pair[1], { 4: 9 });
    await allRefuse(
      pair,
      "b.img: the superblock is of on-card format 9 and this program knows 2 with bitmap schemes up to 1; use the version of Syncgate that made it",
    );
  });

  it("ones of a later bitmap scheme", async () => {
    const pair = await newPair();
    changeSuperblock(pair[0], { 84: 2 });
    await allRefuse(
      pair,
      /^a\.img: the superblock is of on-card format 2 with bitmap scheme 2 and this program knows 2 /,
    );
  });

  it.each([
    ["a region size past all limits", { 68: 40 }, /says 32 regions of 2\^40 sectors/],
    ["no regions", { 72: 0 }, /says 0 regions/],
    ["a base sector that this tool does not use", { 80: 64 }, /from sector 64, which is impossible here/],
  ])("%s in a superblock", async (_, change, sentence) => {
    const pair = await newPair();
    changeSuperblock(pair[1], change);
    await allRefuse(pair, sentence);
  });

  it("two geometries in one array", async () => {
    const pair = await newPair();
    changeSuperblock(pair[1], { 72: 31 });
    await allRefuse(
      pair,
      "a.img: the superblock says 32 regions of 2^3 sectors, a stride of 4 from sector 0 " +
        "and that of b.img says 31 regions of 2^3 sectors, a stride of 4 from sector 0; " +
        "restore the one that is wrong from a copy",
    );
  });
});

describe("paths that name no two images are refused:", () => {
  const all = [FORMAT, ...COMMANDS];

  it("a missing file", async () => {
    const [a] = await newPair();
    for (const command of all) {
      await expectRefusal(
        command,
        [a, folder.file("x")],
        "x can't be opened: there is no such file; check the path",
      );
    }
  });

  it("a file in a missing folder", async () => {
    const [a] = await newPair();
    await expectRefusal(
      STATUS,
      [folder.file("x/y"), a],
      /^x\/y can't be opened: there is no such file or folder/,
    );
    await expectRefusal(STATUS, [`${a}/y`, a], /^a\.img\/y can't be opened: /);
  });

  it("a folder", async () => {
    const [a] = await newPair();
    mkdirSync(folder.file("x"));
    for (const command of all) {
      await expectRefusal(command, [a, folder.file("x")], "x is a folder; give the path of a card image");
    }
  });

  it("a device that is no disk", async () => {
    const [a] = await newPair();
    await expectRefusal(STATUS, [a, "/dev/null"], /^\/dev\/null is neither a file nor a block device/);
  });

  it("one file twice, also by another name", async () => {
    const [a] = await newPair();
    symlinkSync(a, folder.file("link"));
    for (const command of all) {
      await expectRefusal(command, [a, a], "a.img and a.img are the same file; give the images of two cards");
      await expectRefusal(command, [a, folder.file("link")], /are the same file/);
      await expectRefusal(command, [a, `${folder.path}/./a.img`], /are the same file/);
    }
  });

  it("an empty path and a link to nowhere", async () => {
    const [a] = await newPair();
    symlinkSync(folder.file("gone"), folder.file("link"));
    await expectRefusal(STATUS, [a, ""], /can't be opened: /);
    await expectRefusal(
      STATUS,
      [a, folder.file("link")],
      /^link can't be opened: there is no such file or folder/,
    );
  });
});

describe("a system that refuses", () => {
  it.each([
    ["permission", 2, /permission denied; change its permissions or run as its owner\n$/],
    ["a writable file system", 69, /its file system is read-only; mount it writable/],
    ["something that has no name here", 29, /WASI error 29; check the disk that holds it\n$/],
  ])("%s is named, and nothing is changed", async (_, errno, sentence) => {
    const pair = await newPair();
    for (const command of [FORMAT, ...COMMANDS]) {
      const run = await observed(command, pair, withInput("path_open", errno));
      expect(run).toMatchObject({ exitCode: 2, changed: false });
      expect(run.stderr).toMatch(sentence);
      expect(run.stderr).toMatch(/a\.img can't be opened: /);
    }
  });

  it.each([0, 1, 2, 3])("space after %i writes ends format with one sentence", async (writes) => {
    const pair: Pair = [folder.file("a.img"), folder.file("b.img")];
    for (const image of pair) blank(image, IMAGE_SECTORS);
    const run = await observed(FORMAT, pair, withInput("fd_pwrite", 51, writes));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(
      /^\S+[ab]\.img: sector \d+ can't be written: no space left on its disk; free some space and run the command again\n$/,
    );
  });

  it("space in the middle of a write loses nothing that was there", async () => {
    const pair = await newPair();
    await succeed(RESYNC, pair);
    await succeed(["write", "--sector", "0"], pair, { stdin: pattern(8, 4) });
    for (let writes = 0; writes < 4; writes++) {
      const run = await observed(["write", "--sector", "100"], pair, withInput("fd_pwrite", 51, writes));
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toMatch(/can't be written: no space left/);
      expect(await succeed(["read", "--sector", "0", "--count", "8"], pair)).toEqual(pattern(8, 4));
    }
  });

  it("a flush is named", async () => {
    const pair = await newPair();
    const run = await observed(WRITE, pair, withInput("fd_datasync", 29));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/img: what was written can't be made durable: WASI error 29/);
  });

  it("an unreadable superblock is not taken for a missing one", async () => {
    const pair = await newPair();
    const run = await observed(STATUS, pair, refusing("fd_pread", 29));
    expect(run).toMatchObject({ exitCode: 2, changed: false });
    expect(run.stderr).toMatch(/a\.img: sector 0 can't be read: WASI error 29/);
  });

  it("data that neither image gives is named", async () => {
    const pair = await newPair();
    await succeed(RESYNC, pair);
    const run = await observed(
      ["read", "--sector", "5", "--count", "2"],
      pair,
      refusing("fd_pread", 29, 0, ofData),
    );
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/of the array's sectors 5 to 6 one can be read from neither; write it again/);
  });
});

describe("wrong geometries for format are refused and change nothing:", () => {
  it.each<[string, string[], number, RegExp]>([
    ["no region size", [], 272, /^format needs --region-sectors/],
    [
      "regions of 0",
      ["--region-sectors", "0"],
      272,
      /^format needs --region-sectors with a number of at least 1$/,
    ],
    [
      "regions that are no power of two",
      ["--region-sectors", "3"],
      272,
      /^a\.img can't have regions of 3 sectors; take a power of two of 1 to 32768 sectors$/,
    ],
    ["regions too large", ["--region-sectors", "65536"], 272, /can't have regions of 65536 sectors/],
    [
      "a stride that is no power of two",
      ["--region-sectors", "8", "--stride", "5"],
      272,
      /can't have a stride of 5/,
    ],
    ["a stride of 0", ["--region-sectors", "8", "--stride", "0"], 272, /can't have a stride of 0 sectors/],
    [
      "images too small",
      ["--region-sectors", "8", "--stride", "4"],
      23,
      /^a\.img has 23 sectors, too few for the metadata \(4 x 4\) and one region \(8\); take a larger image/,
    ],
    ["empty images", ["--region-sectors", "8", "--stride", "4"], 0, /^a\.img has 0 sectors, too few/],
    [
      "a stride without room for the bitmap",
      ["--region-sectors", "1", "--stride", "1"],
      5000,
      /^a\.img: a stride of 1 sectors has no room for the bitmap of so many regions; take a greater stride$/,
    ],
    [
      "more regions than there are bits",
      ["--region-sectors", "1", "--stride", "8"],
      40_000,
      /^a\.img has more than 30720 regions of 1 sectors; take regions of 2 sectors$/,
    ],
    [
      "an array id that is none",
      ["--region-sectors", "8", "--array-id", "12"],
      272,
      /^--array-id must be 32 hexadecimal digits, not 12$/,
    ],
  ])("%s", async (_, options, sectors, sentence) => {
    const pair: Pair = [folder.file("a.img"), folder.file("b.img")];
    for (const image of pair) blank(image, sectors);
    await expectRefusal(["format", ...options], pair, sentence);
  });

  it("an array that is there already, unless --force says that it may go", async () => {
    const pair = await newPair();
    await expectRefusal(FORMAT, pair, /^a\.img already carries the superblock of an array; give --force/);
    const fresh = folder.file("c.img");
    blank(fresh, IMAGE_SECTORS);
    await expectRefusal(FORMAT, [fresh, pair[1]], /^b\.img already carries the superblock of an array/);
    await succeed([...FORMAT, "--force"] as unknown as ImageCommand, pair);
  });
});

describe("wrong command lines and inputs are refused and change nothing:", () => {
  it.each<[ImageCommand, RegExp]>([
    [["mount"], /^give a command and two images: format A B/],
    [["status", "--foo"], /^--foo is no option of status$/],
    [["status", "--sector", "1"], /^--sector is no option of status$/],
    [["status", "--json", "--json"], /^--json is given twice/],
    [["read", "--sector", "0"], /^read needs --count with a number of at least 1$/],
    [["read", "--sector", "0", "--count", "0"], /^read needs --count with a number of at least 1$/],
    [["read", "--count", "1"], /^read needs --sector/],
    [["read", "--count", "1", "--sector"], /^--sector needs a value/],
    [
      ["read", "--sector", "-1", "--count", "1"],
      /^--sector must be a whole number of 0 to 4294967295, not -1$/,
    ],
    [["read", "--sector", "4294967296", "--count", "1"], /^--sector must be a whole number/],
    [["read", "--sector", "1e3", "--count", "1"], /not 1e3$/],
    [
      ["read", "--sector", "256", "--count", "1"],
      /^a\.img and b\.img hold sectors 0 to 255, not 256 to 256; choose --sector and --count inside$/,
    ],
    [["read", "--sector", "255", "--count", "2"], /not 255 to 256/],
    [["read", "--sector", "1", "--count", "4294967295"], /not 1 to 4294967295/],
    [["write", "--sector", "256"], /hold sectors 0 to 255, not 256 to 256/],
    [
      ["write", "--sector", "0", "--count", "2"],
      /^standard input ended after 1 of 2 sectors; nothing was written/,
    ],
  ])("%j", async (command, sentence) => {
    await expectRefusal(command, await newPair(), sentence);
  });

  it.each([
    [0, /^standard input holds 0 bytes; give whole sectors of 512 bytes\n$/],
    [511, /^standard input holds 511 bytes; give whole sectors/],
    [513, /^standard input holds 513 bytes; give whole sectors/],
    [16_384, /^standard input holds 16384 bytes or more; say with --count how many sectors to write\n$/],
  ])("write with %i bytes and no --count", async (bytes, sentence) => {
    const run = await observed(WRITE, await newPair(), { stdin: new Uint8Array(bytes) });
    expect(run).toMatchObject({ exitCode: 2, changed: false });
    expect(run.stderr).toMatch(sentence);
  });

  it("too many arguments", async () => {
    const many = Array.from({ length: 30 }, () => "--json");
    await expectRefusal(["status", ...many], await newPair(), /^the command line is too long/);
    await expectRefusal(["status", "x".repeat(5000)], await newPair(), /^the command line is too long/);
  });

  it("an input that ends early, once part of it is written, which the sentence says", async () => {
    const pair = await newPair();
    const run = await observed(["write", "--sector", "0", "--count", "40"], pair, { stdin: pattern(35, 1) });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toBe(
      "standard input ended after 32 of 40 sectors; these are written, give the others\n",
    );
    expect(await succeed(["read", "--sector", "0", "--count", "32"], pair)).toEqual(pattern(32, 1));
  });
});
