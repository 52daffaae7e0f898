import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadWasi } from "../../host/wasi/load-wasi.js";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
import { ROOT } from "../../scripts/repository.mjs";
import { countMemoryGrow } from "../module/wasm-instructions.js";
import { readModule } from "../module/wasm-module.js";
import { formatted, pattern, temporaryFolder } from "./image-pair.js";

const folder = temporaryFolder();
const binary = new Uint8Array(readFileSync(path.join(ROOT, "build/syncgate-wasi.wasm")));
const module = readModule(binary);

const MODULE_BYTES_MAX = 48 * 1024;
const { lowMemoryLimit } = (
  JSON.parse(readFileSync(path.join(ROOT, "asconfig.json"), "utf8")) as {
    targets: { wasi: { lowMemoryLimit: number } };
  }
).targets.wasi;

describe("the WASI module", () => {
  it("asks for functions of wasi_snapshot_preview1 only, and for these", () => {
    expect(module.imports.toSorted()).toEqual(
      [
        "args_get",
        "args_sizes_get",
        "fd_datasync",
        "fd_pread",
        "fd_prestat_dir_name",
        "fd_prestat_get",
        "fd_pwrite",
        "fd_read",
        "fd_seek",
        "fd_write",
        "path_filestat_get",
        "path_open",
        "proc_exit",
        "random_get",
      ].map((name) => `wasi_snapshot_preview1.${name}: function`),
    );
  });

  it("is a command: its memory and its entry point are all that it gives", () => {
    expect(module.exports.toSorted()).toEqual(["_start: function", "memory: memory"]);
  });

  it("has one page of memory that cannot grow, its whole state in it, and nothing run at instantiation", () => {
    expect(module.memories).toEqual([{ minimum: 1, maximum: 1 }]);
    expect(module.bodies.reduce((found, body) => found + countMemoryGrow(body), 0)).toBe(0);
    expect(module.globals.filter((global) => global.mutable)).toEqual([]);
    expect(module.hasStart).toBe(false);
  });

  it(`is at most ${MODULE_BYTES_MAX} bytes, with its static data inside the budget of one page`, () => {
    expect(binary.length).toBeLessThanOrEqual(MODULE_BYTES_MAX);
    expect(lowMemoryLimit).toBeLessThanOrEqual(65_536);
    expect(Math.max(...module.segments.map((segment) => segment.end))).toBeLessThanOrEqual(lowMemoryLimit);
  });

  it("reaches no allocation", async () => {
    const withoutAllocator = ["--runtime", "no-allocation-runtime", "--stackSize", "1"].concat(
      ["--noEmit", "--optimizeLevel", "0"], // the proof is the compiler's, not the optimiser's
    );
    const { ok, diagnostics } = await compileDriver("wasi", { arguments: withoutAllocator });
    expect(diagnostics).toBe("");
    expect(ok).toBe(true);
    const planted = await compileDriver("wasi", {
      arguments: withoutAllocator,
      editSource: (file, text) =>
        file === "assembly/wasi/print.ts" ? text.replace("text.length", "(text + text).length") : text,
    });
    expect(planted.ok).toBe(false);
    expect(planted.diagnostics).toContain("the driver must not allocate");
  });

  it("says where an assertion failed, and ends with code 3", async () => {
    const { files, diagnostics } = await compileDriver("wasi", {
      arguments: ["--optimizeLevel", "0"],
      editSource: (file, text) =>
        file === "assembly/wasi/status-command.ts"
          ? text.replace("  lookAtArray(false);", "  lookAtArray(false);\n  assert(isGiven(KEY_JSON));")
          : text,
    });
    expect(diagnostics).toBe("");
    await formatted(folder.file("a.img"), folder.file("b.img"));
    const run = await runOnFiles(files.get("build/syncgate-wasi.wasm")!, ["status", "a.img", "b.img"]);
    expect(run.exitCode).toBe(3);
    expect(run.err).toMatch(
      /^the driver stopped itself: assertion failed at wasi\/status-command\.ts:\d+:3; please report it/,
    );
  });

  it("runs under node:wasi alone, with files as its standard streams and folders by other names", async () => {
    const [a] = await formatted(folder.file("a.img"), folder.file("b.img"));
    const bytes = pattern(5, 2);
    const wrote = await runOnFiles(binary, ["write", "a.img", "/b/b.img", "--sector", "3"], bytes);
    expect(wrote).toMatchObject({ exitCode: 0, err: "" });
    expect(wrote.out.toString()).toBe("wrote 5 sectors from 3 on to both images\n");
    const read = await runOnFiles(binary, ["read", "./a.img", "/b//b.img", "--sector", "3", "--count", "5"]);
    expect(read).toMatchObject({ exitCode: 0, err: "" });
    expect(read.out.equals(bytes)).toBe(true);
    expect((await runOnFiles(binary, ["status", "/b/a.img", "b.img"])).exitCode).toBe(0);
    const outside = await runOnFiles(binary, ["status", "/c/a.img", "b.img"]);
    expect(outside).toMatchObject({
      exitCode: 2,
      err: "/c/a.img: no folder given to this program holds it; give its folder, with --dir FOLDER for wasmtime\n",
    });
    const climbing = await runOnFiles(binary, ["status", "../x.img", "b.img"]);
    expect(climbing.err).toBe(
      "../x.img can't be opened: it leads out of the folder that this program may use; give the path of the file itself\n",
    );
    expect(readFileSync(a).length).toBeGreaterThan(0);
  });
});

/** As any WASI host would run it: file descriptors for the streams, the folder as `.` and as `/b`. */
async function runOnFiles(
  wasm: Uint8Array,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(0),
): Promise<{ exitCode: number; out: Buffer; err: string }> {
  const names = ["in", "out", "err"].map((name) => folder.file(name));
  writeFileSync(names[0]!, input);
  const [stdin, stdout, stderr] = names.map((name, i) => openSync(name, i === 0 ? "r" : "w")) as [
    number,
    number,
    number,
  ];
  try {
    const Wasi = await loadWasi();
    const wasi = new Wasi({
      version: "preview1",
      args: ["syncgate", ...args],
      preopens: { ".": folder.path, "/b": folder.path },
      returnOnExit: true,
      stdin,
      stdout,
      stderr,
    });
    const imports = { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports };
    const { instance } = await WebAssembly.instantiate(new Uint8Array(wasm), imports);
    const exitCode = Number(wasi.start(instance));
    return { exitCode, out: readFileSync(names[1]!), err: readFileSync(names[2]!).toString() };
  } finally {
    for (const fd of [stdin, stdout, stderr]) closeSync(fd);
  }
}
