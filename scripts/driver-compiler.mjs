// Runs asc on the driver. Sources can be replaced in memory, which is how the proofs compile variants.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createMemoryStream, main as runAsc } from "assemblyscript/asc";
import binaryen from "binaryen";
import { withAsciiTexts } from "./ascii-texts.mjs";
import { digestOfLayout } from "./layout-constants.mjs";
import { withPackedPlaces } from "./packed-places.mjs";
import { ROOT } from "./repository.mjs";

/**
 * @param {string} file absolute
 * @returns {string} the path from the repository's folder, with forward slashes
 */
function fromRoot(file) {
  return path.relative(ROOT, file).replaceAll("\\", "/");
}

/**
 * What lies around the driver: its exports, what it asks of the cards and of the layer above. Some targets read the
 * counterparts in a folder of their own instead; every other source is the same in all targets.
 * @type {Readonly<Record<string, {folder: string, files: readonly string[]}>>}
 */
const AROUND_THE_DRIVER = {
  wasi: { folder: "wasi", files: ["index", "card", "upper"] },
  spi: { folder: "sdcard", files: ["index", "card"] },
};

/**
 * @param {string} file from the repository's folder
 * @param {string} target whose surroundings are wanted
 * @returns {string | undefined} what the target reads in place of the file, if not the file itself
 */
function inPlaceOf(file, target) {
  const around = AROUND_THE_DRIVER[target];
  const name = path.posix.basename(file, ".ts");
  if (around === undefined || file !== `assembly/${name}.ts` || !around.files.includes(name))
    return undefined;
  return `export * from "./${around.folder}/${name}";\n`;
}

/** For microcontrollers. */
const SHRUNK = new Set(["release", "spi"]);

const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } = binaryen.Features;
/** Of the modules that asc makes. */
const FEATURES = BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt;

/** Functions for what comes seldom: inside their only caller they would cost it registers, which it saves at every call. */
const KEPT_APART = ["driver/completion/seldomEnded"];

/**
 * Makes the production module smaller for flash: asc never inlines a function of over 80 instructions, even if it has one
 * caller only (measured: about 230 of 24,600 bytes); and it adds small offsets to addresses by instructions, because a sum
 * could be small although its address is huge (about 70 bytes). No address of the driver is: they are those of its tables
 * and what is added to them. Were one, the access would trap.
 * @param {Uint8Array} wasm
 * @returns {Uint8Array}
 */
function shrink(wasm) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(FEATURES);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  binaryen.setOneCallerInlineMaxSize(-1);
  binaryen.setLowMemoryUnused(true);
  for (const name of KEPT_APART) {
    if (module.getFunction(name) === 0)
      throw new Error(`the driver has no function ${name} to be kept apart`);
    binaryen.setPassArgument("no-inline", name);
    module.runPasses(["no-inline"]);
  }
  for (let round = 0; round < 3; round++) module.optimize();
  const shorter = binaryen.parseText(withShortAddresses(withPackedPlaces(module.emitText())));
  module.dispose();
  shorter.setFeatures(FEATURES);
  binaryen.setDebugInfo(false);
  const smaller = shorter.emitBinary();
  shorter.dispose();
  return withAsciiTexts(smaller);
}

/**
 * Above 8 KiB an address is a byte shorter as an offset from 0 than as a constant of its own, whose sign takes a bit
 * (measured: about 220 bytes).
 * @param {string} text of a module
 */
function withShortAddresses(text) {
  return text.replaceAll(
    /\((i\d\d\.(?:load|store)[0-9_su]*)(\n\s*)\(i32\.const (\d+)\)/g,
    (whole, access, gap, address) =>
      Number(address) < 1 << 13 ? whole : `(${access} offset=${address}${gap}(i32.const 0)`,
  );
}

/**
 * @typedef {object} DriverBuild
 * @property {boolean} ok whether asc accepted the sources
 * @property {string} diagnostics errors and warnings, as asc prints them
 * @property {Map<string, Uint8Array>} files what asc wrote, by path from the repository's folder
 */

/**
 * Compiles one target of asconfig.json and writes nothing to disk.
 * @param {string} target release, rig, debug, wasi, spi or no-allocation
 * @param {object} [options]
 * @param {(file: string, text: string) => string} [options.editSource] changes a source before asc reads it;
 *   `file` is the path from the repository's folder, with forward slashes
 * @param {string} [options.around] the target whose surroundings the driver gets; default: those of `target`
 * @param {string[]} [options.arguments] further asc options; they win over asconfig.json
 * @returns {Promise<DriverBuild>}
 */
export async function compileDriver(target, { editSource, around = target, arguments: further = [] } = {}) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  const stderr = createMemoryStream();
  const layoutDigest = await digestOfLayout(ROOT);
  const { error } = await runAsc(
    [
      // Sources are named from here on in the module: assertions carry their file's name.
      "--baseDir",
      path.join(ROOT, "assembly"),
      "--config",
      path.join(ROOT, "asconfig.json"),
      "--target",
      target,
      "--use",
      `LAYOUT_DIGEST=${layoutDigest}`,
      "--noColors",
      // Names of functions, for `shrink`.
      ...(SHRUNK.has(target) ? ["--debug"] : []),
      ...further,
    ],
    {
      stderr,
      stdout: createMemoryStream(),
      async readFile(name, baseDir) {
        const file = path.resolve(baseDir, name);
        const text = inPlaceOf(fromRoot(file), around) ?? (await readFile(file, "utf8").catch(() => null));
        if (text === null || editSource === undefined || !file.endsWith(".ts")) return text;
        return editSource(fromRoot(file), text);
      },
      writeFile(name, contents, baseDir) {
        const file = path.resolve(baseDir, name);
        const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
        files.set(fromRoot(file), SHRUNK.has(target) && file.endsWith(".wasm") ? shrink(bytes) : bytes);
      },
    },
  );
  // What asc says when its last round of optimisation gained nothing is no diagnostic.
  const printed = stderr.toString().replaceAll("Last converge was suboptimal.\n", "");
  const diagnostics = printed + (error === null ? "" : `${error.message}\n`);
  return { ok: error === null, diagnostics, files };
}
