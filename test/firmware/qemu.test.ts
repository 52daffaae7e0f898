/**
 * An independent emulator: QEMU's lm3s6965evb (Cortex-M3, PL022, its own SD card) runs the exported C with the mirror on one
 * card, and what is in the image afterwards is read here.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../cli/captured-terminal.js";
import { describeWithPrograms, programPath } from "../debian-packages.js";
import { qemuProgram } from "./qemu-program.js";

const COMPILE_MS = 120_000;
const QEMU_MS = 60_000;
/** `syncgate image create` puts 64 KiB between two metadata areas. */
const STRIDE = 128;
/** QEMU's cards have a power of two. */
const SIZE = "32MiB";
/** What firmware/one_card_check.c writes. */
const FIRST = 100;
const SECTORS = 128;
const MAGIC = 0x51454d55;

/** What is looked at of `syncgate image status --json`. */
interface ArrayStatus {
  readonly formatVersion: number;
  readonly parent: string;
  readonly members: readonly {
    readonly member: number;
    readonly sequence: number;
    readonly sectors: number;
  }[];
  readonly geometry: { readonly dataStartSector: number };
}

describeWithPrograms(
  { "arm-none-eabi-gcc": "gcc-arm-none-eabi", "qemu-system-arm": "qemu-system-arm" },
  "the driver on QEMU's lm3s6965evb",
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), "syncgate-qemu-"));
    const at = (name: string): string => path.join(folder, name);
    let elf = "";
    beforeAll(async () => {
      elf = qemuProgram(folder, STRIDE);
      const made = await run(["image", "create", at("a.img"), at("b.img"), "--size", SIZE]);
      expect([made.code, made.err]).toEqual([0, ""]);
    }, COMPILE_MS);
    afterAll(() => rmSync(folder, { recursive: true }));

    /** @returns what the UART said */
    function boot(image: string): string {
      const machine = ["-M", "lm3s6965evb", "-display", "none", "-monitor", "none", "-serial", "stdio"];
      const exit = ["-semihosting-config", "enable=on,target=native"];
      const card = ["-drive", `if=sd,format=raw,file=${image}`];
      const ended = spawnSync(
        programPath("qemu-system-arm"),
        [...machine, ...exit, ...card, "-kernel", elf],
        {
          encoding: "utf8",
          timeout: QEMU_MS,
        },
      );
      expect([ended.error, ended.status]).toEqual([undefined, 0]);
      return ended.stdout;
    }

    it("starts its card, assembles the array without the other member, writes, flushes and reads back", async () => {
      copyFileSync(at("b.img"), at("b-before.img"));
      const text = boot(at("a.img"));
      expect(text).toBe(
        "a card of 65536 sectors, features 6\nassembled\nwritten\nblocks sent again 0, read again 0\nPASS\n",
      );
      // Both superblocks are valid; the first one says that its member went on alone.
      const { code, out } = await run(["image", "status", at("a.img"), at("b.img"), "--json"]);
      expect(code).toBe(0);
      const status = JSON.parse(out) as ArrayStatus;
      expect(status.formatVersion).toBe(2);
      const [alone, missing] = status.members;
      expect(alone).toMatchObject({ member: 0, sectors: 65_536 });
      expect(alone!.sequence).toBeGreaterThan(missing!.sequence);
      expect(status.parent).not.toBe("0000000000000000");
      const start = status.geometry.dataStartSector;
      const image = readFileSync(at("a.img"));
      for (let sector = FIRST; sector < FIRST + SECTORS; sector++) {
        const words = new DataView(image.buffer, image.byteOffset + (start + sector) * 512, 512);
        for (let word = 0; word < 128; word++)
          if (words.getUint32(4 * word, true) !== expectedWord(sector, word))
            expect.fail(`sector ${sector} has another word ${word}`);
      }
      // Who was not there was not written to.
      expect(readFileSync(at("b.img")).equals(readFileSync(at("b-before.img")))).toBe(true);
    });

    it("leaves an array that this host goes on with: the other member gets what it missed", async () => {
      const resynced = await run(["image", "resync", at("a.img"), at("b.img")]);
      expect([resynced.code, resynced.err]).toEqual([0, ""]);
      const [a, b] = [readFileSync(at("a.img")), readFileSync(at("b.img"))];
      const from = (await run(["image", "status", at("a.img"), at("b.img"), "--json"])).out;
      const start = (JSON.parse(from) as ArrayStatus).geometry.dataStartSector * 512;
      expect(a.subarray(start).equals(b.subarray(start))).toBe(true);
      const { out } = await run([
        "image",
        "read",
        at("b.img"),
        at("a.img"),
        "--sector",
        `${FIRST}`,
        "--count",
        "1",
      ]);
      expect(Buffer.from(out, "latin1").readUInt32LE(0)).toBe(MAGIC);
    });

    it("boots again on what it left, alone", () => expect(boot(at("a.img"))).toMatch(/\nPASS\n$/));
  },
);

function expectedWord(sector: number, at: number): number {
  if (at < 2) return at === 0 ? MAGIC : sector;
  return (Math.imul(sector, 0x01000193) + Math.imul(at, 0x9e3779b1)) >>> 0;
}
