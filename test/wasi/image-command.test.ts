import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { parseByteSize } from "../../host/cli/byte-size.js";
import { imageCommand } from "../../host/cli/image.js";
import { ARRAY_ID, pattern, temporaryFolder, type Status } from "./image-pair.js";

const folder = temporaryFolder();

interface Ran {
  code: number | undefined;
  out: Buffer;
  err: string;
}

/** `syncgate image ...`, as the command line runs it. */
async function image(args: readonly string[], input: Uint8Array = new Uint8Array(0)): Promise<Ran> {
  const ran: Ran = { code: undefined, out: Buffer.alloc(0), err: "" };
  const command = new Command("image");
  imageCommand(command, {
    // In two pieces, as a pipe may give it.
    stdin: (async function* () {
      yield input.subarray(0, 700);
      yield input.subarray(700);
    })(),
    stdout: { write: (data) => (ran.out = Buffer.concat([ran.out, Buffer.from(data)])) },
    stderr: { write: (data) => (ran.err += Buffer.from(data).toString()) },
    setExitCode: (code) => (ran.code = code),
  });
  try {
    await command.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    ran.code = error.exitCode;
  }
  return ran;
}

const a = folder.file("a.img");
const b = folder.file("b.img");
const create = (...further: string[]) =>
  image(["create", a, b, "--size", "1MiB", "--array-id", ARRAY_ID, ...further]);

describe("syncgate image", () => {
  it("creates, writes, reads, resynchronises and tells, results on stdout and nothing on stderr", async () => {
    const created = await create("--region", "4KiB", "--stride", "16K");
    expect(created).toMatchObject({ code: 0, err: "" });
    expect(created.out.toString()).toBe(`array ${ARRAY_ID}: 240 regions of 8 sectors, 983040 bytes usable\n`);

    const bytes = pattern(100, 3);
    const wrote = await image(["write", a, b, "--sector", "7"], bytes);
    expect(wrote).toMatchObject({ code: 0, err: "" });
    expect(wrote.out.toString()).toBe("wrote 100 sectors from 7 on to both images\n");
    const read = await image(["read", a, b, "--sector", "7", "--count", "100"]);
    expect(read).toMatchObject({ code: 0, err: "" });
    expect(read.out.equals(bytes)).toBe(true);

    expect((await image(["resync", a, b])).code).toBe(0);
    const status = await image(["status", a, b, "--json"]);
    expect(status).toMatchObject({ code: 0, err: "" });
    const parsed = JSON.parse(status.out.toString()) as Status;
    expect(parsed.regions).toEqual({ CLEAN: 240, NEEDS_SYNC: 0, UNWRITTEN: 0 });
    const lines = await image(["status", a, b]);
    expect(lines.out.toString()).toMatch(/\nregions {3}240 CLEAN, 0 NEEDS_SYNC, 0 UNWRITTEN\n$/);
  });

  it("ends with code 2 and one sentence on stderr when the images are unusable", async () => {
    await create();
    const twice = await image(["status", b, b]);
    expect(twice).toMatchObject({ code: 2 });
    expect(twice.out.length).toBe(0);
    const again = await create();
    expect(again).toMatchObject({
      code: 2,
      err: `${a} exists; give another path, or --force to replace it\n`,
    });
    expect((await create("--force")).code).toBe(0);
  });

  it.each([0, 1, 513])("writes nothing from an input of %i bytes", async (bytes) => {
    await create();
    const before = readFileSync(a);
    const ran = await image(["write", a, b, "--sector", "0"], pattern(2, 1).subarray(0, bytes));
    expect(ran).toMatchObject({
      code: 2,
      err: `standard input holds ${bytes} bytes; give whole sectors of 512 bytes\n`,
    });
    expect(readFileSync(a).equals(before)).toBe(true);
  });

  it.each([
    [["create", a, b]],
    [["create", a, b, "--size", "much"]],
    [["create", a, b, "--size", "1MiB", "--region", "-4"]],
    [["create", a]],
    [["status", a]],
    [["status", a, b, "c.img"]],
    [["read", a, b, "--sector", "1"]],
    [["mount", a, b]],
  ])("ends with code 2 for %j", async (args) => {
    const ran = await image(args);
    expect(ran.code).toBe(2);
    expect(ran.out.length).toBe(0);
    expect(ran.err).not.toBe("");
    expect(existsSync(a)).toBe(false);
  });

  it("explains itself with code 0", async () => {
    const ran = await image(["--help"]);
    expect(ran.code).toBe(0);
    expect(ran.out.toString()).toMatch(/create.*status.*resync.*read.*write/s);
  });
});

describe("sizes", () => {
  it.each([
    ["512", 512],
    ["8MiB", 8 * 2 ** 20],
    ["8 MiB", 8 * 2 ** 20],
    ["64K", 65_536],
    ["1.5KiB", 1536],
    ["32GiB", 2 ** 35],
  ])("%s is %i bytes", (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

  it.each(["", "MiB", "8MB", "1.3B", "-1", "1e3", "8 M iB", "99999999GiB", "constructor", "1constructor"])(
    "%j is none",
    (text) => expect(parseByteSize(text)).toBeUndefined(),
  );
});
