// npm run build: the driver to build/*.wasm and the host to dist/, each only when its inputs changed.
//   node scripts/build.mjs           production, rig, WASI and SPI module, host
//   node scripts/build.mjs --debug   also build/syncgate-debug.wasm (rig code, not optimised, with source map)
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeIfStale, stampOf } from "./input-stamp.mjs";
import { ROOT } from "./repository.mjs";

const BUILD = path.join(ROOT, "build");
const COMPILERS = ["scripts", "package-lock.json"];
const DRIVER_INPUTS = [...COMPILERS, "assembly", "asconfig.json", "host/mirror/layout-digest.ts"];
const HOST_INPUTS = [...COMPILERS, "host", "assembly/layout.ts", "tsconfig.json", "tsconfig.build.json"];

/**
 * @param {string} target
 * @param {string} stamp
 */
async function buildDriver(target, stamp) {
  const output = `build/syncgate${target === "release" ? "" : `-${target}`}.wasm`;
  const built = await makeIfStale(
    path.join(BUILD, `.${target}.stamp`),
    stamp,
    [path.join(ROOT, output)],
    async () => {
      // Imported here: loading a compiler takes longer than all else when there is nothing to do.
      const { compileDriver } = await import("./driver-compiler.mjs");
      const { ok, diagnostics, files } = await compileDriver(target);
      process.stderr.write(diagnostics);
      if (!ok) throw new Error(`asc refused target ${target} (errors above, in assembly/)`);
      for (const [name, contents] of files) {
        // Renamed into place: whoever loads it meanwhile sees the old module or the new one, whole.
        const file = path.join(ROOT, name);
        writeFileSync(`${file}.new`, contents);
        renameSync(`${file}.new`, file);
      }
    },
  );
  if (built) console.log(`built ${output}`);
}

/**
 * What `export c` makes its header of.
 * @param {string} stamp
 */
async function buildAbi(stamp) {
  const output = path.join(BUILD, "abi.json");
  const built = await makeIfStale(path.join(BUILD, ".abi.stamp"), stamp, [output], async () => {
    const { abiDescription } = await import("./abi-description.mjs");
    writeFileSync(`${output}.new`, `${JSON.stringify(await abiDescription(), null, 1)}\n`);
    renameSync(`${output}.new`, output);
  });
  if (built) console.log("built build/abi.json");
}

async function buildHost() {
  const built = await makeIfStale(
    path.join(BUILD, ".host.stamp"),
    stampOf(ROOT, HOST_INPUTS),
    [path.join(ROOT, "dist", "host-digest.txt")],
    async () => {
      const { compileHost } = await import("./host-compiler.mjs");
      const diagnostics = compileHost(ROOT);
      if (diagnostics !== "") throw new Error(`${diagnostics}tsc refused the host (errors above, in host/)`);
    },
  );
  if (built) console.log("built dist/");
}

mkdirSync(BUILD, { recursive: true });
try {
  const stamp = stampOf(ROOT, DRIVER_INPUTS);
  await buildDriver("release", stamp);
  await buildDriver("rig", stamp);
  await buildDriver("wasi", stamp);
  await buildDriver("spi", stamp);
  await buildAbi(stamp);
  if (process.argv.includes("--debug")) await buildDriver("debug", stamp);
  await buildHost();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
