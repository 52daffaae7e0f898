import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXIT_HELD, EXIT_USAGE } from "../../host/cli/exit-codes.js";
import { readDmLog } from "../../host/dut/dm-log-writes.js";
import { PROTO, TinyClient } from "../nbd/tiny-client.js";
import { run } from "./captured-terminal.js";

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nbd-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens a client as soon as somebody listens. */
async function whenServed(socket: string): Promise<TinyClient> {
  for (;;) {
    try {
      return await TinyClient.open(socket);
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }
}

describe("syncgate nbd", () => {
  it("serves a card with an image until Ctrl-C, and saves what it is asked to, where it is asked to", async () => {
    writeFileSync(file("before.img"), Buffer.alloc(1024, 3));
    const interruption = new AbortController();
    const args = ["nbd", "--profile", "tlc-cached", "--size", "8KiB", "--unix", file("s")];
    const files = ["--image", file("before.img"), "--save", file("after.img"), "--log", file("w.log")];
    const served = run([...args, ...files], { interrupted: interruption.signal });
    const client = await whenServed(file("s"));
    await client.go();
    expect(await client.read(0, 2048)).toEqual(Buffer.concat([Buffer.alloc(1024, 3), Buffer.alloc(1024)]));
    expect(await client.request(PROTO.WRITE, 512, 512, Buffer.alloc(512, 4), PROTO.FUA)).toBe(0);
    interruption.abort();
    const { code, out, err } = await served;
    expect([err, code]).toEqual(["", EXIT_HELD]);
    expect(out).toContain(`nbd+unix:///?socket=${file("s")}\n`);
    expect(out).toContain("the log of 1 writes is in");
    const after = readFileSync(file("after.img"));
    expect([after.length, after[0], after[512], after[1024]]).toEqual([8192, 3, 4, 0]);
    expect(readFileSync(file("before.img"))[512]).toBe(3);
    const { sectors, events } = readDmLog(readFileSync(file("w.log")), "w.log");
    expect(sectors).toEqual([16]);
    expect(events).toMatchObject([{ kind: "write", sector: 1, fua: true }]);
  });

  it("says that nothing is kept when nothing is", async () => {
    const interrupted = AbortSignal.abort();
    const { out } = await run(["nbd", "--size", "1MiB", "--port", "0"], { interrupted });
    expect(out).toMatch(/^nbd:\/\/127\.0\.0\.1:\d+\n/);
    expect(out).toContain("what the card held is gone (--save FILE keeps it)");
  });

  it.each([
    [["--size", "1MiB"], "nbd listens in one place: give --unix PATH or --port N"],
    [["--size", "1MiB", "--unix", "a", "--port", "1"], "nbd listens in one place"],
    [["--size", "100", "--port", "0"], '--size is "100": give whole sectors'],
    [["--size", "1MiB", "--port", "0", "--profile", "floppy"], 'there is no card profile "floppy"'],
    [["--size", "1MiB", "--port", "0", "--image", "/no/image"], "/no/image cannot be read"],
    [["--size", "1MiB", "--unix", "/no/folder/s"], "cannot be made there: make its folder"],
    [["--port", "0"], "required option '--size <size>' not specified"],
  ])("%j ends with one sentence", async (args, sentence) => {
    const { code, err } = await run(["nbd", ...args]);
    expect(err).toContain(sentence);
    expect(code).toBe(EXIT_USAGE);
  });

  it("does not take an image that is larger than the card", async () => {
    writeFileSync(file("big.img"), Buffer.alloc(2048));
    const { err } = await run(["nbd", "--size", "1KiB", "--port", "0", "--image", file("big.img")]);
    expect(err).toContain("has 4 sectors and the card 2: take a larger card");
  });
});
