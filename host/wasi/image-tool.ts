import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.js";
import { fileErrorMeaning } from "./file-error.js";
import { imagePaths, type ImagePaths } from "./image-paths.js";
import { EXIT_BAD_INPUT, ImageRefusal } from "./image-refusal.js";
import { loadWasi } from "./load-wasi.js";
import { StandardStreams } from "./standard-streams.js";

/** What a run of the tool left. */
export interface ImageToolRun {
  /** 0 done, 2 bad input or unusable images, 3 the driver stopped itself. */
  readonly exitCode: number;
  /** Standard output, unless `onOutput` took it. */
  readonly stdout: Uint8Array;
  /** One sentence and a line end when exitCode is not 0. */
  readonly stderr: string;
}

export interface ImageToolOptions {
  readonly stdin?: Uint8Array;
  /** Takes standard output piece by piece in place of `ImageToolRun.stdout`. */
  readonly onOutput?: (bytes: Uint8Array) => void;
  /** Replaces functions that the module imports, so that a test can put faults between it and the disk. */
  readonly editImports?: (imports: WebAssembly.ModuleImports) => WebAssembly.ModuleImports;
}

/** The two words that begin a command and the options behind the images: `["write", "--sector", "5"]`. */
export type ImageCommand = readonly [command: string, ...options: string[]];

let compiled: Promise<WebAssembly.Module> | null = null;

function wasiModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(
    readFileSync(packageFile("build/syncgate-wasi.wasm", 'run "npm run build"')),
  );
  return compiled;
}

/**
 * Runs the driver's WASI module on two images, files or block devices anywhere on this machine.
 * @param command see docs/wasi.md: format, status, resync, write, read
 * @returns also for every kind of bad input; the images are unchanged then
 * @throws Error when the module was not built; WebAssembly.RuntimeError when it trapped without an assertion
 */
export async function runImageTool(
  command: ImageCommand,
  images: readonly [string, string],
  options: ImageToolOptions = {},
): Promise<ImageToolRun> {
  try {
    return await runIn(imagePaths(images), command, options);
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error;
    return { exitCode: EXIT_BAD_INPUT, stdout: new Uint8Array(0), stderr: `${error.message}\n` };
  }
}

/**
 * The same, with the folders chosen by the caller.
 * @throws ImageRefusal when a folder can't be used
 */
export async function runIn(
  { paths, folders }: ImagePaths,
  [name, ...rest]: ImageCommand,
  { stdin = new Uint8Array(0), onOutput, editImports = (same) => same }: ImageToolOptions,
): Promise<ImageToolRun> {
  const Wasi = await loadWasi();
  const output: Uint8Array[] = [];
  const complaint: Uint8Array[] = [];
  const streams = new StandardStreams(
    stdin,
    onOutput ?? ((bytes) => void output.push(bytes)),
    (bytes) => void complaint.push(bytes),
  );
  const wasi = givenFolders(folders, () => {
    return new Wasi({
      version: "preview1",
      args: ["syncgate", name, ...paths, ...rest],
      preopens: { ...folders },
      returnOnExit: true,
    });
  });
  const imports = streams.over(editImports(wasi.wasiImport as WebAssembly.ModuleImports));
  const instance = await WebAssembly.instantiate(await wasiModule(), { wasi_snapshot_preview1: imports });
  streams.attach(instance.exports["memory"] as WebAssembly.Memory);
  const exitCode = Number(wasi.start(instance));
  return { exitCode, stdout: Buffer.concat(output), stderr: Buffer.concat(complaint).toString() };
}

function givenFolders<T>(folders: Readonly<Record<string, string>>, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new ImageRefusal(`${Object.keys(folders).join(" or ")} can't be used: ${fileErrorMeaning(error)}`);
  }
}
