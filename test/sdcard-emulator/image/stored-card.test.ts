import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { crc7, pattern, SpiHost } from "../spi/spi-host.js";
import {
  loadCard,
  newStoredCard,
  saveCard,
  stateFileOf,
  type StoredCard,
} from "../../../host/sdcard-emulator/image/stored-card.js";
import type { ImageFiles } from "../../../host/sdcard-emulator/image/replaced-files.js";
import type { FlashPhysics } from "../../../host/sdcard-emulator/flash/flash-physics.js";
import { cardProfileNames, loadCardProfile } from "../../../host/sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../../../host/sdcard-emulator/profile/profiled-card.js";
import { Prng } from "../../../host/sdcard-emulator/prng.js";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { SpiCard } from "../../../host/sdcard-emulator/spi/spi-card.js";
import { SectorContents, UNREADABLE } from "../../../host/sdcard-emulator/sector-contents.js";

const SECTORS = 32_768;
const SEED = 11;
/** SD Physical Layer Simplified Specification, 4.3.7 and 7.3.2.3, and bit 12 of the CSD. */
const UNLOCK = 0;
const SET_PASSWORD = 1;
const IS_LOCKED = 1;
const TEMPORARY_PROTECTION = 0x10;
const folder = mkdtempSync(path.join(tmpdir(), "stored-card-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const modeOf = (name: string): number => fs.statSync(name).mode & 0o7777;
const freshFile = (): string => path.join(folder, `card-${++files}.img`);

/** Commands of all kinds, and how long the flash was busy with each. */
function work(flash: FlashPhysics, seed: number, commands: number): number[] {
  const prng = new Prng(seed);
  return Array.from({ length: commands }, () => {
    const sector = prng.next() % (SECTORS - 256);
    const count = 1 + (prng.next() % 200);
    flash.rest(prng.next() % 3000);
    const kind = prng.next() % 10;
    if (kind < 5) return flash.writeUs(sector, count);
    if (kind < 8) return flash.readUs(sector, count);
    return kind === 8 ? flash.flushUs() : flash.eraseUs(sector, count);
  });
}

function startedHost({ profile, media, flash, registers }: StoredCard, contents: SectorContents): SpiHost {
  const characteristics = characteristicsOf(profile);
  return new SpiHost({ contents, media, characteristics, physics: flash, registers }).initialise();
}

/** @returns the status after a lock block with the password "open" */
function lockBlock(host: SpiHost, mode: number): number {
  const block = [mode, 4, ...Buffer.from("open")];
  host.command(16, block.length);
  host.command(42);
  expect(host.sendBlock(block) & 0x1f).toBe(0x05);
  host.ready();
  const status = host.status().r2;
  host.command(16, 512);
  return status;
}

function readCsd(host: SpiHost): Uint8Array {
  host.command(9);
  return host.block(16).data;
}

function savedCard(): { readonly file: string; readonly contents: SectorContents } {
  const file = freshFile();
  const contents = new SectorContents();
  const card = newStoredCard(loadCardProfile("consumer-mlc"), SECTORS, SEED);
  card.media.set(77, contents.internSector(new Uint8Array(512).fill(5), 0));
  card.media.set(78, UNREADABLE);
  saveCard(file, card, contents);
  return { file, contents };
}

const load = (file: string): unknown => loadCard(file, new SectorContents(), loadCardProfile);

const sumsOf = (file: string): string[] =>
  [file, stateFileOf(file)].map((name) => createHash("sha256").update(readFileSync(name)).digest("hex"));

/** Changes a field, and makes the sum right again. */
function tamper(file: string, change: (state: Record<string, unknown>) => void, reseal = true): void {
  const stateFile = stateFileOf(file);
  const { sum, ...state } = JSON.parse(readFileSync(stateFile, "utf8")) as Record<string, unknown>;
  change(state);
  const again = createHash("sha256").update(JSON.stringify(state)).digest("hex");
  writeFileSync(stateFile, JSON.stringify({ ...state, sum: reseal ? again : sum }));
}

describe("a card in files", () => {
  it.each(cardProfileNames())("of class %s goes on as if it had never been saved", (name) => {
    const profile = loadCardProfile(name);
    const card = newStoredCard(profile, SECTORS, SEED, { filled: true, usedPercent: 40 });
    work(card.flash, 1, 400);
    const file = freshFile();
    saveCard(file, card, new SectorContents());
    const loaded = loadCard(file, new SectorContents(), loadCardProfile);
    // The other one lost its power too, and keeps all its objects.
    card.flash.powerLost();
    expect(loaded.flash.save()).toEqual(card.flash.save());
    expect(work(loaded.flash, 2, 400)).toEqual(work(card.flash, 2, 400));
    expect(loaded.flash.work).toEqual(card.flash.work);
    expect(loaded.flash.save()).toEqual(card.flash.save());
  });

  it("keeps contents, and which sectors read as an error", () => {
    const { file, contents } = savedCard();
    const { media, seed, registers } = loadCard(file, contents, loadCardProfile);
    expect([media.get(76), media.get(78), seed, registers]).toEqual([1, UNREADABLE, SEED, null]);
    expect(contents.equals(media.get(77), new Uint8Array(512).fill(5), 0)).toBe(true);
  });

  it("is wear and mapping too: a card that was worn out is worn out still", () => {
    const profile = loadCardProfile("consumer-tlc");
    const card = newStoredCard(profile, SECTORS, SEED, { usedPercent: 99 });
    for (let i = 0; !card.flash.worn && i < 10_000; i++) {
      card.flash.writeUs((i * 8192) % SECTORS, 32);
      card.flash.flushUs();
    }
    const file = freshFile();
    saveCard(file, card, new SectorContents());
    const { flash } = loadCard(file, new SectorContents(), loadCardProfile);
    expect(flash.worn).toBe(true);
    expect(flash.layer.pool.retired).toBeGreaterThan(flash.layer.size.spareBlocks);
  });

  it("keeps password, write protection and data of the SPI face", () => {
    const contents = new SectorContents();
    const first = newStoredCard(loadCardProfile("consumer-mlc"), SECTORS, SEED);
    const host = startedHost(first, contents);
    host.writeSector(9, pattern(3));
    expect(lockBlock(host, SET_PASSWORD)).toBe(0);
    const csd = readCsd(host);
    csd[14] = TEMPORARY_PROTECTION;
    csd[15] = (crc7([...csd.subarray(0, 15)]) << 1) | 1;
    host.command(27);
    expect(host.sendBlock(csd) & 0x1f).toBe(0x05);
    host.ready();
    host.card.cutPower(host.card.crashSpace().map(() => 0));
    const file = freshFile();
    saveCard(file, { ...first, media: host.card.media, registers: host.card.registers }, contents);

    const again = startedHost(loadCard(file, contents, loadCardProfile), contents);
    expect(again.status().r2).toBe(IS_LOCKED);
    expect(lockBlock(again, UNLOCK)).toBe(0);
    expect(again.readSector(9).data).toEqual(pattern(3));
    expect(readCsd(again)).toEqual(csd);
    again.command(24, 1);
    expect(again.sendBlock(pattern(4)) & 0x1f).toBe(0x0d);
    expect(again.card.registers).toEqual(host.card.registers);
  });

  it.each(["sdsc1", "sdsc2", "sdhc", "sdxc"] as const)("keeps its identity: %s", (generation) => {
    const contents = new SectorContents();
    const first = newStoredCard(loadCardProfile("consumer-mlc"), SECTORS, SEED);
    const { media, profile, flash } = first;
    const characteristics = characteristicsOf(profile);
    const time = { nowNs: 0 };
    const identity = { generation, productName: "OTHER" };
    const card = new SpiCard({
      time,
      contents,
      media,
      characteristics,
      physics: flash,
      seed: SEED,
      identity,
    });
    card.cutPower([]);
    const file = freshFile();
    saveCard(file, { ...first, registers: card.registers }, contents);
    const again = loadCard(file, contents, loadCardProfile);
    const { registers } = new SpiCard({ ...again, time, contents, characteristics, physics: again.flash });
    expect(registers.identity).toMatchObject(identity);
    expect(registers).toEqual(card.registers);
  });

  it("replaces what was saved before", () => {
    const { file, contents } = savedCard();
    const card = loadCard(file, contents, loadCardProfile);
    card.flash.writeUs(0, 64);
    saveCard(file, card, contents);
    expect(loadCard(file, contents, loadCardProfile).flash.work.hostSectors).toBe(64);
    expect(readdirSync(folder).filter((name) => name.endsWith(".unfinished"))).toEqual([]);
  });

  it("leaves to whoever might read and write it before that he may", () => {
    const { file, contents } = savedCard();
    fs.chmodSync(file, 0o640);
    fs.chmodSync(stateFileOf(file), 0o600);
    saveCard(file, loadCard(file, contents, loadCardProfile), contents);
    expect([modeOf(file), modeOf(stateFileOf(file))]).toEqual([0o640, 0o600]);
  });
});

describe("a card that cannot be saved", () => {
  it.each([
    ["at once", 0],
    ["after the state", 1],
  ])("because the disk is full %s stays as it was", (_, after) => {
    const { file, contents } = savedCard();
    const before = sumsOf(file);
    const card = loadCard(file, contents, loadCardProfile);
    card.media.set(5, contents.internSector(new Uint8Array(512).fill(6), 0));
    let writes = 0;
    const full: ImageFiles = {
      ...fs,
      writeSync: ((...args: Parameters<typeof fs.writeSync>) => {
        if (writes++ >= after) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
        return fs.writeSync(...args);
      }) as typeof fs.writeSync,
    };
    expect(() => saveCard(file, card, contents, full)).toThrow(/can't be saved: no space left on its disk/);
    expect(sumsOf(file)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".unfinished"))).toEqual([]);
  });

  it("because its state cannot be replaced keeps both files", () => {
    const { file, contents } = savedCard();
    const before = sumsOf(file);
    const card = loadCard(file, contents, loadCardProfile);
    card.media.set(5, contents.internSector(new Uint8Array(512).fill(6), 0));
    const stubborn: ImageFiles = {
      ...fs,
      renameSync: (from, to) => {
        if (to === stateFileOf(file)) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
        fs.renameSync(from, to);
      },
    };
    expect(() => saveCard(file, card, contents, stubborn)).toThrow(/can't be saved: permission denied/);
    expect(sumsOf(file)).toEqual(before);
    expect(readdirSync(folder).filter((name) => /unfinished|kept/.test(name))).toEqual([]);
  });

  it("because its state cannot be replaced leaves nothing where nothing was", () => {
    const file = freshFile();
    fs.mkdirSync(stateFileOf(file));
    const card = newStoredCard(loadCardProfile("consumer-mlc"), SECTORS, SEED);
    expect(() => saveCard(file, card, new SectorContents())).toThrow(/can't be saved/);
    expect(fs.existsSync(file)).toBe(false);
  });

  it("because a folder of its path is a file says so", () => {
    const { file, contents } = savedCard();
    const below = path.join(file, "card.img");
    const card = loadCard(file, contents, loadCardProfile);
    expect(() => saveCard(below, card, contents)).toThrow(/can't be saved: there is no such file or folder/);
  });

  it.each([
    [{ seed: 1.5 }, "a card's seed is a whole number"],
    [{ seed: 2 ** 60 }, "a card's seed is a whole number"],
    [{ usedPercent: -5 }, "0 to 100 percent"],
    [{ usedPercent: Number.NaN }, "0 to 100 percent"],
  ])("because it is none is never made: %o", (change, message) => {
    const { seed, usedPercent } = { seed: SEED, usedPercent: 0, ...change };
    const make = (): unknown =>
      newStoredCard(loadCardProfile("consumer-mlc"), SECTORS, seed, { usedPercent });
    expect(make).toThrow(message);
  });

  it("because there is no such folder says so", () => {
    const { file, contents } = savedCard();
    const card = loadCard(file, contents, loadCardProfile);
    const nowhere = path.join(folder, "no", "card.img");
    expect(() => saveCard(nowhere, card, contents)).toThrow(
      /^.*no\/card.img.card.json can't be saved: there is no such file or folder/,
    );
  });
});

describe("a card in files is refused, in one sentence,", () => {
  const cases: [string, (file: string) => void, RegExp][] = [
    ["without its state", (file) => rmSync(stateFileOf(file)), /\.card\.json is not there: it lies beside/],
    ["without its image", (file) => rmSync(file), /\.img can't be read: there is no such file or folder/],
    [
      "cut off",
      (file) => truncateSync(file, 1024),
      /was cut short: it has 1024 bytes, and its card 16777216/,
    ],
    [
      "with another image of the same size",
      (file) => writeFileSync(file, Buffer.alloc(SECTORS * 512, 1)),
      /is not what was saved with/,
    ],
    [
      "with a state that is cut off",
      (file) => truncateSync(stateFileOf(file), 300),
      /card\.json is cut off or no JSON \(.*\): take it from a copy/,
    ],
    [
      "with a state that is something else",
      (file) => writeFileSync(stateFileOf(file), "{}"),
      /is not the state of a card/,
    ],
    [
      "of another version",
      (file) => tamper(file, (state) => (state["version"] = 2)),
      /has version 2, and this is for 1: use the release that wrote it/,
    ],
    [
      "with a field that is none",
      (file) => tamper(file, (state) => (state["mood"] = "good")),
      /: the state is wrong \(Unrecognized key: "mood"\): take both files/,
    ],
    [
      "changed by hand",
      (file) => tamper(file, (state) => (state["seed"] = 12), false),
      /was damaged or changed by hand/,
    ],
    [
      "of a profile whose figures have changed",
      (file) =>
        tamper(file, (state) => (state["profile"] = { name: "consumer-tlc", sha256: "0".repeat(64) })),
      /the figures of profile consumer-tlc have changed/,
    ],
    [
      "with an unreadable sector beyond its end",
      (file) => tamper(file, (state) => (state["unreadable"] = [SECTORS])),
      /sector 32768 lies outside the card/,
    ],
    [
      "with registers of another card",
      (file) =>
        tamper(file, (state) => {
          const identity = new SpiCard({
            time: { nowNs: 0 },
            contents: new SectorContents(),
            media: new CardImage(1024),
            characteristics: characteristicsOf(loadCardProfile("consumer-mlc")),
            seed: 1,
          }).registers.identity;
          state["registers"] = { identity, csd: "00".repeat(16), groups: [0, 0, 3], password: "" };
        }),
      /does not fit the card: the CSD is that of another card/,
    ],
    [
      "with a state that is a folder",
      (file) => {
        rmSync(stateFileOf(file));
        fs.mkdirSync(stateFileOf(file));
      },
      /card\.json can't be read: it is a folder/,
    ],
    [
      "with a map into flash that there is not",
      (file) =>
        tamper(file, (state) => {
          const flash = state["flash"] as { layer: { map: number[] } };
          flash.layer.map[0] = 2 ** 30;
        }),
      /does not fit the card: map holds numbers outside -1 to/,
    ],
  ];
  it.each(cases)("%s", (_, spoil, message) => {
    const { file } = savedCard();
    spoil(file);
    expect(() => load(file)).toThrow(message);
    let text = "";
    try {
      load(file);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toContain(file);
  });
});
