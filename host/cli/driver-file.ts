import { readFileSync } from "node:fs";
import * as layout from "../../assembly/layout.js";
import { readDriver } from "../mirror/driver-binary.js";
import { DriverModule } from "../mirror/driver-module.js";
import { layoutDigest } from "../mirror/layout-digest.js";
import { UsageError } from "./usage-error.js";

/** For the help. */
export const DRIVER_HELP =
  "torture this WASM module instead of the package's own; it has to have the same ABI";

/**
 * The driver that is tortured: the package's rig build, or any module with its ABI.
 * @throws UsageError of one sentence for a file that is none
 */
export function readDriverFile(file: string | undefined): Uint8Array {
  const own = readDriver("rig");
  if (file === undefined) return own;
  let bytes: Uint8Array<ArrayBuffer>;
  let module: WebAssembly.Module;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as Error).message}): give the path of a module`);
  }
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    throw new UsageError(
      `${file} is no WebAssembly module, or not the whole of one (${(error as Error).message}): build it again`,
    );
  }
  checkInterface(file, module, new WebAssembly.Module(new Uint8Array(own)));
  checkLayout(file, module);
  return bytes;
}

/** The same exports, and no other imports, as the package's own. */
function checkInterface(file: string, module: WebAssembly.Module, own: WebAssembly.Module): void {
  const has = new Set(exportsOf(module));
  const lacks = exportsOf(own).filter((name) => !has.has(name));
  if (lacks.length > 0)
    throw new UsageError(
      `${file} is no driver with this ABI: it does not export ${lacks.join(", ")} (SPEC.md)`,
    );
  const given = new Set(importsOf(own));
  const wants = importsOf(module).filter((name) => !given.has(name));
  if (wants.length > 0)
    throw new UsageError(
      `${file} is no driver with this ABI: it imports ${wants.join(", ")}, which the rig does not give`,
    );
}

function exportsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
}

function importsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.imports(module).map(({ module: from, name, kind }) => `${kind} ${from}.${name}`);
}

function checkLayout(file: string, module: WebAssembly.Module): void {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    (imports[from] ??= {})[name] = () => 0;
  const { exports } = new WebAssembly.Instance(module, imports);
  const found = (exports["layoutDigest"] as () => number)() >>> 0;
  const expected = layoutDigest(layout);
  if (found !== expected)
    throw new UsageError(
      `${file} was built with another layout (digest ${found}, this release's is ${expected}): build it from this release's assembly/layout.ts`,
    );
}

/** Whether a driver takes the rig's options, and so has all policies; a production build has two of them. */
export function hasRigOptions(binary: Uint8Array): boolean {
  return new DriverModule(binary).exports.configure(layout.OPTION_SEEDED_BUG, 0) === layout.STATUS_OK;
}
