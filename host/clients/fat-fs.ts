import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as FatFs from "js-fatfs";

/** Emscripten's hooks of js-fatfs 0.2.1, which its declarations leave out. */
interface InstanceHook {
  instantiateWasm(
    imports: Record<string, Record<string, (...values: number[]) => unknown>>,
    receive: (result: { instance: WebAssembly.Instance }["instance"]) => void,
  ): object;
}

/** Directory entries carry this time: 1 January 2000, 00:00:00. The years of `struct tm` count from 1900. */
const YEAR = 2000;
const TM_WORDS = 10;
const TM_DAY = 3;
const TM_YEAR = 5;

/**
 * Made once: compiling FatFs takes longer than many a run.
 * @see http://elm-chan.org/fsw/ff/ for FatFs itself
 */
let compiled: WebAssembly.Module | null = null;

/**
 * A FatFs of its own memory over a disk. Its clock stands still, because a file's bytes must not depend on the day of
 * the run. A call that a disk function left by an exception is a power cut: nothing of this FatFs may be used after.
 */
export async function openFatFs(disk: FatFs.DiskIO): Promise<FatFs.FatFs> {
  compiled ??= new WebAssembly.Module(readFileSync(join(packageFolder(), "fatfs.wasm")));
  const module = compiled;
  let fatFs: FatFs.FatFs | null = null;
  const hook: InstanceHook = {
    instantiateWasm(imports, receive) {
      stopClock(imports, () => fatFs!.HEAPU8);
      void WebAssembly.instantiate(module, imports as WebAssembly.Imports).then(receive);
      return {};
    },
  };
  fatFs = await FatFs.create({ diskio: disk, ...hook });
  return fatFs;
}

function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("js-fatfs"));
}

/** Replaces the imports that tell the time. Their short names change from build to build, the functions' own do not. */
function stopClock(
  imports: Record<string, Record<string, (...values: number[]) => unknown>>,
  memory: () => Uint8Array,
): void {
  const replaced = new Set<string>();
  for (const functions of Object.values(imports)) {
    for (const [key, { name }] of Object.entries(functions)) {
      if (name === "_emscripten_date_now") functions[key] = () => Date.UTC(YEAR, 0, 1);
      else if (name === "__tzset_js") functions[key] = () => undefined;
      else if (name === "__localtime_js") {
        functions[key] = (_low, _high, address) => writeTime(memory(), address!);
      } else continue;
      replaced.add(name);
    }
  }
  if (replaced.size !== 3) {
    throw new Error(
      "js-fatfs tells the time in another way than version 0.2.1: install exactly that version",
    );
  }
}

function writeTime(memory: Uint8Array, address: number): void {
  const time = new Int32Array(memory.buffer, address, TM_WORDS);
  time.fill(0);
  time[TM_DAY] = 1;
  time[TM_YEAR] = YEAR - 1900;
}
