/** What FatFs wrote over SPI is read by programs that share nothing with it or us: Debian's fsck.fat and mtools. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { describeWithPrograms, programPath } from "../debian-packages.js";
import { FatTree } from "./fat-tree.js";
import { CardDisk, DATA_SECTORS, DATA_START, MirrorDisk, PowerCut, rawImage } from "./spi-disks.js";

const SECTOR_BYTES = 512;
const CUTS = 12;
const FAT12 = 2048;
const FAT16 = 512;
/**
 * What FAT allows after a cut, in fsck.fat's words: the first FAT is written before the second, clusters are taken before
 * the entry of the folder that owns them, and an entry with a long name may span two sectors.
 */
const AFTER_A_CUT =
  /^(FATs differ but appear to be intact\.| {2}Using first FAT\.|Reclaimed \d+ unused clusters? \(\d+ bytes\)\.|Orphaned long file name part ".*"| {2}Auto-deleting\.|Leaving filesystem unchanged\.)$/;
/** Images are left in this folder if given: for a look with one's own tools. */
const KEEP = process.env["SYNCGATE_KEEP_IMAGES"];

let folder = "";
beforeAll(() => {
  folder = KEEP ?? mkdtempSync(path.join(tmpdir(), "syncgate-fat-"));
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  if (KEEP === undefined) rmSync(folder, { recursive: true });
});

/** An image of a whole card, and the volume alone, which fsck.fat needs. */
interface Saved {
  readonly card: string;
  readonly volume: string;
  readonly offset: number;
}

function save(name: string, card: Uint8Array, firstSector: number): Saved {
  const offset = firstSector * SECTOR_BYTES;
  const saved = { card: path.join(folder, `${name}.img`), volume: path.join(folder, `${name}.fat`), offset };
  writeFileSync(saved.card, card);
  writeFileSync(saved.volume, card.subarray(offset, offset + DATA_SECTORS * SECTOR_BYTES));
  return saved;
}

function saveBoth(name: string, disk: MirrorDisk): Saved[] {
  return disk.cards.map((card, slot) =>
    save(`${name}-${"ab"[slot]}`, rawImage(card, disk.contents), DATA_START),
  );
}

function fsck({ volume }: Saved, ...options: string[]): { code: number | null; printed: string } {
  const { status, stdout, stderr } = spawnSync(programPath("fsck.fat"), ["-n", ...options, volume], {
    encoding: "utf8",
  });
  return { code: status, printed: stdout + stderr };
}

/** All files that mtools copies from the volume in a card's image. */
function copied({ card, offset }: Saved): Map<string, Uint8Array> {
  const target = mkdtempSync(path.join(folder, "files-"));
  const args = ["-i", `${card}@@${offset}`, "-s", "-n", "::/*", target];
  const { status, stderr } = spawnSync(programPath("mcopy"), args, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(target, file), new Uint8Array(readFileSync(file)));
  }
  rmSync(target, { recursive: true });
  return files;
}

/** Paths of all files that mtools lists. */
function listed({ card, offset }: Saved): string[] {
  const args = ["-i", `${card}@@${offset}`, "-/", "-b", "::/"];
  const { status, stdout, stderr } = spawnSync(programPath("mdir"), args, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const paths = stdout.trim().split("\n");
  return paths.filter((line) => !line.endsWith("/")).map((line) => line.replace(/^::\//, ""));
}

/** Short in its complaint, where `toEqual` prints 60 KB. */
function expectBytes(found: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  expect(found, what).toBeDefined();
  expect(Buffer.compare(found!, expected), `the bytes of ${what}`).toBe(0);
}

/** @param bits of an entry of the FAT: of FAT12 or FAT16 */
function expectIntact(saved: Saved, tree: FatTree, bits: number): void {
  const { code, printed } = fsck(saved, "-v");
  expect({ code, printed }).toEqual({ code: 0, printed: expect.stringContaining(`${bits} bit entries`) });
  expect(listed(saved).toSorted()).toEqual([...tree.files.keys()].toSorted());
  const files = copied(saved);
  for (const [name, bytes] of tree.files) {
    expectBytes(files.get(name), bytes, name);
  }
  expect(files.size).toBe(tree.files.size);
}

function volumesEqual(disk: MirrorDisk): boolean {
  const [a, b] = disk.cards.map((card) => rawImage(card, disk.contents).subarray(DATA_START * SECTOR_BYTES));
  return Buffer.compare(a!, b!) === 0;
}

/** What fsck.fat has to say but its name and its count of files. */
function findingsOf(saved: Saved): string[] {
  const lines = fsck(saved).printed.split("\n").slice(1);
  return lines.filter((line) => line !== "" && !line.startsWith(saved.volume));
}

const PROGRAMS = { "fsck.fat": "dosfstools", mdir: "mtools", mcopy: "mtools" };

describeWithPrograms(PROGRAMS, "fsck.fat and mtools", () => {
  it.each([
    ["slc", FAT16, 16],
    ["mlc", FAT12, 12],
    ["tlc-cached", FAT16, 16],
  ])(
    "find every file on both cards of a mirror over SPI, class %s",
    async (profileName, clusterBytes, bits) => {
      const disk = new MirrorDisk(profileName);
      const tree = await FatTree.open(disk, 1);
      tree.format(clusterBytes);
      tree.fill();
      disk.stop();
      expect(disk.busBytes).toBeGreaterThan(2 * 250_000);
      const saved = saveBoth(`mirror-${profileName}`, disk);
      for (const one of saved) expectIntact(one, tree, bits);
      expect(tree.files.size).toBeGreaterThan(15);
      expect(readFileSync(saved[0]!.volume).equals(readFileSync(saved[1]!.volume))).toBe(true);
    },
  );

  it("find every file on one card without a mirror", async () => {
    const disk = new CardDisk("mlc");
    const tree = await FatTree.open(disk, 2);
    tree.format(FAT16);
    tree.fill();
    expectIntact(save("card", rawImage(disk.card, disk.contents), 0), tree, 16);
  });

  it("find what is wrong, if something is", async () => {
    const disk = new CardDisk("slc");
    const tree = await FatTree.open(disk, 3);
    tree.format(FAT16);
    tree.write("A.BIN", 3000);
    const bytes = rawImage(disk.card, disk.contents);
    const entry = Buffer.from(bytes).indexOf("A       BIN");
    bytes[entry + 29] = 0x40; // 16 KiB, of which six clusters are there
    const { code, printed } = fsck(save("wrong", bytes, 0));
    expect(code).toBe(1);
    expect(printed).toContain("/A.BIN");
  });

  // Sectors of this class are atomic. Elsewhere a cut may leave a sector of the FAT unreadable on both cards.
  it("find what was synced before a power cut, on both cards alike", async () => {
    const disk = new MirrorDisk("slc");
    const chance = new Prng(1);
    const findings = new Set<string>();
    let synced = 0;
    let different = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const tree = await FatTree.open(disk, 100 + cut);
      tree.format(FAT16);
      disk.cutAtWrite = disk.writes + 20 + (chance.next() % 350);
      disk.cutAfterSteps = chance.next() % 200;
      expect(() => tree.fill()).toThrow(PowerCut);
      disk.cutPower(cut);
      if (!volumesEqual(disk)) different++;
      disk.recover();
      expect(volumesEqual(disk), `cut ${cut}`).toBe(true);
      const [saved] = saveBoth("cut", disk); // the other one holds the same
      for (const finding of findingsOf(saved!)) findings.add(finding);
      const files = copied(saved!);
      for (const [name, bytes] of tree.files) {
        if (name === tree.changing) continue;
        synced++;
        expectBytes(files.get(name), bytes, `${name} after cut ${cut}`);
      }
    }
    expect([...findings].filter((finding) => !AFTER_A_CUT.test(finding))).toEqual([]);
    expect(findings.size, "a cut that leaves no trace is none").toBeGreaterThan(1);
    expect(synced, "files that had to survive").toBeGreaterThan(100);
    expect(different, "cuts that left the cards unequal").toBeGreaterThan(3);
  });
});
