import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach } from "vitest";
import {
  runImageTool,
  type ImageCommand,
  type ImageToolOptions,
  type ImageToolRun,
} from "../../host/wasi/image-tool.js";

export const SECTOR = 512;
export const ARRAY_ID = "00112233445566778899aabbccddeeff";
/** 32 regions of 8 sectors behind four areas of 4 sectors. */
export const IMAGE_SECTORS = 16 + 32 * 8;
export const DATA_START = 16;
export const DATA_SECTORS = 256;
export const FORMAT: ImageCommand = [
  "format",
  "--region-sectors",
  "8",
  "--stride",
  "4",
  "--array-id",
  ARRAY_ID,
];

/** A folder of the test file's own that is emptied before each test. */
export function temporaryFolder(): { readonly path: string; file(name: string): string } {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-images-"));
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { path: folder, file: (name) => path.join(folder, name) };
}

/** An empty file of `sectors` sectors. */
export function blank(file: string, sectors: number): void {
  writeFileSync(file, "");
  truncateSync(file, sectors * SECTOR);
}

export type Pair = readonly [string, string];

/** Two new images with an array on them. */
export async function formatted(
  a: string,
  b: string,
  command: ImageCommand = FORMAT,
  sectors = IMAGE_SECTORS,
): Promise<Pair> {
  blank(a, sectors);
  blank(b, sectors);
  await succeed(command, [a, b]);
  return [a, b];
}

/** Runs a command that must end with code 0; returns its standard output. */
export async function succeed(
  command: ImageCommand,
  pair: Pair,
  options?: ImageToolOptions,
): Promise<Buffer> {
  const run = await runImageTool(command, pair, options);
  if (run.exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${run.exitCode}: ${run.stderr}`);
  return Buffer.from(run.stdout);
}

/** Runs a command and tells what it did to the bytes of the two files; a file that is not there is null. */
export async function observed(
  command: ImageCommand,
  pair: Pair,
  options?: ImageToolOptions,
): Promise<ImageToolRun & { changed: boolean }> {
  const before = pair.map(contents);
  const run = await runImageTool(command, pair, options);
  const after = pair.map(contents);
  return { ...run, changed: before.some((bytes, i) => !same(bytes, after[i]!)) };
}

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function contents(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** The data sectors of an image. */
export function dataArea(file: string): Buffer {
  return readFileSync(file).subarray(DATA_START * SECTOR);
}

/** Bytes that differ from sector to sector. */
export function pattern(sectors: number, seed: number): Buffer {
  const bytes = Buffer.alloc(sectors * SECTOR);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >>> 9) * 7 + seed) & 0xff;
  return bytes;
}

export interface Status {
  readonly arrayId: string;
  readonly formatVersion: number;
  readonly lineage: string;
  readonly parent: string;
  readonly members: readonly {
    readonly member: number;
    readonly cardId: string;
    readonly partnerId: string;
    readonly sequence: number;
    readonly sectors: number;
  }[];
  readonly geometry: Readonly<Record<string, number>>;
  readonly regions: { readonly CLEAN: number; readonly NEEDS_SYNC: number; readonly UNWRITTEN: number };
}

export async function statusOf(pair: Pair): Promise<Status> {
  return JSON.parse((await succeed(["status", "--json"], pair)).toString()) as Status;
}
