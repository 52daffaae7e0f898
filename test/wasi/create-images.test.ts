import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createImages, type NewImages } from "../../host/wasi/create-images.js";
import type { ImageToolOptions } from "../../host/wasi/image-tool.js";
import { ARRAY_ID, pattern, statusOf, succeed, temporaryFolder, type Pair } from "./image-pair.js";
import { refusing } from "./wasi-faults.js";

const folder = temporaryFolder();
const pairIn = (): Pair => [folder.file("a.img"), folder.file("b.img")];
const MIB = 2 ** 20;

const digest = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** Everything in the folder, with its contents: nothing else may lie there after a failure. */
function everything(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder.path, { recursive: true, encoding: "utf8" }).map((name) => {
      const file = folder.file(name);
      return [name, statSync(file).isFile() ? digest(readFileSync(file)) : "folder"];
    }),
  );
}

async function expectRefusal(
  pair: Pair,
  wanted: NewImages,
  sentence: RegExp,
  options?: ImageToolOptions,
): Promise<void> {
  const before = everything();
  const run = await createImages(pair, wanted, options);
  expect(run.exitCode).toBe(2);
  expect(run.stdout.length).toBe(0);
  expect(run.stderr.replaceAll(`${folder.path}/`, "")).toMatch(sentence);
  expect(run.stderr).toMatch(/^[^\n]+\n$/);
  expect(everything()).toEqual(before);
}

describe("image create", () => {
  it("makes two images of the size that works, and says what they hold", async () => {
    const pair = pairIn();
    const run = await createImages(pair, { sizeBytes: 8 * MIB, arrayId: ARRAY_ID });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(Buffer.from(run.stdout).toString()).toBe(
      `array ${ARRAY_ID}: 124 regions of 128 sectors, ${124 * 65_536} bytes usable\n`,
    );
    expect(Object.keys(everything()).toSorted()).toEqual(["a.img", "b.img"]);
    for (const image of pair) expect(statSync(image).size).toBe(8 * MIB);
    await succeed(["write", "--sector", "0"], pair, { stdin: pattern(3, 1) });
    expect(await succeed(["read", "--sector", "0", "--count", "3"], pair)).toEqual(pattern(3, 1));
  });

  it("makes them sparse, with regions large enough for the bitmap", async () => {
    const pair = pairIn();
    const run = await createImages(pair, { sizeBytes: 32 * 2 ** 30 });
    expect(run.exitCode).toBe(0);
    expect((await statusOf(pair)).geometry).toMatchObject({ regionSectors: 4096, regions: 16_383 });
    for (const image of pair) {
      expect(statSync(image).size).toBe(32 * 2 ** 30);
      expect(statSync(image).blocks * 512).toBeLessThan(MIB);
    }
  });

  it("takes the region size and stride that are asked for", async () => {
    const pair = pairIn();
    await createImages(pair, { sizeBytes: MIB, regionBytes: 4096, strideBytes: 16_384 });
    expect((await statusOf(pair)).geometry).toMatchObject({
      regions: 240,
      regionSectors: 8,
      strideSectors: 32,
    });
  });

  it("works in two folders with the same name, given relative to this one", async () => {
    mkdirSync(folder.file("one"));
    mkdirSync(folder.file("two"));
    const here = process
      .cwd()
      .split("/")
      .map(() => "..")
      .join("/");
    const pair: Pair = [`${here}${folder.file("one/x.img")}`, folder.file("two/x.img")];
    expect(await createImages(pair, { sizeBytes: MIB })).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await statusOf(pair)).regions.NEEDS_SYNC).toBe(12);
    expect(Object.keys(everything()).toSorted()).toEqual(["one", "one/x.img", "two", "two/x.img"]);
  });

  it("replaces files only when told to, and then as a whole", async () => {
    const pair = pairIn();
    writeFileSync(pair[1], "precious");
    await expectRefusal(
      pair,
      { sizeBytes: MIB },
      /^b\.img exists; give another path, or --force to replace it/,
    );
    expect((await createImages(pair, { sizeBytes: MIB, overwrite: true })).exitCode).toBe(0);
    expect(Object.keys(everything()).toSorted()).toEqual(["a.img", "b.img"]);
    expect((await statusOf(pair)).members[1]!.sectors).toBe(2048);
  });
});

describe("image create leaves everything as it was", () => {
  it.each([0, 1, 5, 7])("when the disk is full after %i sectors", async (from) => {
    const sentence = /^[ab]\.img: sector \d+ can't be written: no space left on its disk; free some space/;
    await expectRefusal(pairIn(), { sizeBytes: MIB }, sentence, refusing("fd_pwrite", 51, from));
  });

  it("when the disk is full while files are replaced", async () => {
    const pair = pairIn();
    for (const image of pair) writeFileSync(image, "precious");
    const wanted = { sizeBytes: MIB, overwrite: true };
    await expectRefusal(pair, wanted, /no space left/, refusing("fd_pwrite", 51, 3));
  });

  it("when what was written can't be made durable", async () => {
    await expectRefusal(
      pairIn(),
      { sizeBytes: MIB },
      /can't be made durable/,
      refusing("fd_datasync", 29, 1),
    );
  });

  it.each<[string, NewImages, RegExp]>([
    [
      "a size that is no whole sector",
      { sizeBytes: 1000 },
      /^a\.img can't have a size of 1000 bytes; take whole/,
    ],
    ["no size", { sizeBytes: 0 }, /^a\.img can't have a size of 0 bytes/],
    [
      "a size past 32 bits of sectors",
      { sizeBytes: 2 ** 42 },
      /^a\.img can't have 4398046511104 bytes; take at most/,
    ],
    ["a size too small", { sizeBytes: 4096 }, /^a\.img has 8 sectors, too few for the metadata/],
    [
      "a region size that is no power of two",
      { sizeBytes: MIB, regionBytes: 96 * 1024 },
      /^a\.img can't have regions of 192 sectors; take a power of two of 1 to 32768 sectors/,
    ],
    [
      "a region of half a sector",
      { sizeBytes: MIB, regionBytes: 256 },
      /^a\.img can't have regions of 256 bytes/,
    ],
    ["a stride of 1 byte", { sizeBytes: MIB, strideBytes: 1 }, /^a\.img can't have a stride of 1 bytes/],
    [
      "regions too small for the bitmap",
      { sizeBytes: 64 * MIB, regionBytes: 512 },
      /^a\.img has more than 30720 regions of 1 sectors; take regions of 8 sectors/,
    ],
    [
      "a wrong array id",
      { sizeBytes: MIB, arrayId: "x".repeat(32) },
      /^--array-id must be 32 hexadecimal digits/,
    ],
  ])("for %s", async (_, wanted, sentence) => {
    await expectRefusal(pairIn(), wanted, sentence);
  });

  it("when a path can't be used", async () => {
    const [a, b] = pairIn();
    mkdirSync(folder.file("x"));
    symlinkSync(folder.file("x"), folder.file("link"));
    const wanted = { sizeBytes: MIB, overwrite: true };
    await expectRefusal([a, folder.file("x")], wanted, /^x is there and is no plain file/);
    await expectRefusal([a, folder.file("link")], wanted, /^link is there and is no plain file/);
    await expectRefusal(
      [a, folder.file("no/b.img")],
      wanted,
      /^no\/b\.img can't be made: there is no such file or folder/,
    );
    await expectRefusal([a, a], wanted, /^a\.img is given twice; give two paths/);
    await expectRefusal(
      [a, folder.file("x/../a.img")],
      wanted,
      /^x\/\.\.\/a\.img is given twice|^a\.img is given twice/,
    );
    await expectRefusal([a, folder.file("link/../a.img")], wanted, /given twice/);
    await expectRefusal(["/proc/a.img", b], wanted, /^\/proc\/a\.img can't be made: /);
  });

  it("when somebody takes the second place meanwhile", async () => {
    const pair = pairIn();
    writeFileSync(pair[0], "precious");
    const options: ImageToolOptions = {
      editImports: (imports) => {
        mkdirSync(pair[1]); // somebody takes the place after it was looked at
        writeFileSync(folder.file("b.img/theirs"), "");
        return imports;
      },
    };
    const run = await createImages(pair, { sizeBytes: MIB, overwrite: true }, options);
    expect(everything()).toEqual({
      "a.img": digest("precious"),
      "b.img": "folder",
      "b.img/theirs": digest(""),
    });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/b\.img is there and is no plain file/);
  });
});
