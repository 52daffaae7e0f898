// Runs tsc on the host (tsconfig.build.json) and leaves in dist/ exactly what it emitted, and a digest of its code.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/**
 * @param {string} root the repository's folder
 * @returns {string} the diagnostics, empty when all went well; after an error dist/ is left as it was
 */
export function compileHost(root) {
  const configPath = path.join(root, "tsconfig.build.json");
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(configPath, ts.sys.readFile).config,
    ts.sys,
    root,
    undefined,
    configPath,
  );
  const program = ts.createProgram(config.fileNames, config.options);
  const diagnostics = [...config.errors, ...ts.getPreEmitDiagnostics(program)];
  if (diagnostics.length > 0) {
    return ts.formatDiagnostics(diagnostics, {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => "\n",
    });
  }
  /** @type {Set<string>} */
  const emitted = new Set();
  /** @type {Map<string, string>} */
  const code = new Map();
  program.emit(undefined, (name, text) => {
    const file = path.resolve(name);
    emitted.add(file);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, file.endsWith(".d.ts") ? withoutMachineWords(text) : text);
    if (file.endsWith(".js")) code.set(path.relative(root, file).replaceAll("\\", "/"), text);
  });
  const digest = path.join(root, "dist", "host-digest.txt");
  writeFileSync(digest, `${digestOfCode(code)}\n`);
  emitted.add(digest);
  removeOthers(path.join(root, "dist"), emitted);
  return "";
}

/**
 * Tells builds of the host apart: campaigns' results say by which they were made.
 * @param {ReadonlyMap<string, string>} code text of each module, by its path from the repository's folder
 * @returns {string} SHA-256 over names and contents, in the order of the names, hexadecimal
 */
export function digestOfCode(code) {
  const hash = createHash("sha256");
  for (const name of [...code.keys()].toSorted()) hash.update(`${name}\0${code.get(name)}\0`);
  return hash.digest("hex");
}

/**
 * AssemblyScript's `u32`, the type of the shared constants, is declared for this repository only; whoever
 * installs the package sees a number.
 * @param {string} declarations
 */
function withoutMachineWords(declarations) {
  return declarations.replaceAll(/: u32\b/g, ": number");
}

/**
 * Output of sources that are gone would still be packed.
 * @param {string} folder
 * @param {ReadonlySet<string>} keep absolute paths
 */
function removeOthers(folder, keep) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !keep.has(file)) rmSync(file, { force: true });
  }
}
