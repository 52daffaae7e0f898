import { readFileSync } from "node:fs";
import path from "node:path";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
import { ROOT } from "../../scripts/repository.mjs";

/** The production module, as it is packed. */
export const RELEASE = "build/syncgate.wasm";
/** The module with the unsafe policies and the seeded bugs. */
export const RIG = "build/syncgate-rig.wasm";
/** The production driver with the SPI driver beneath it. */
export const SPI = "build/syncgate-spi.wasm";
type BuiltModule = typeof RELEASE | typeof RIG | typeof SPI;

/**
 * Bytes of a built module.
 * @throws Error when it has not been built
 */
export function builtModule(file: BuiltModule): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path.join(ROOT, file)));
  } catch (cause) {
    throw new Error(`${file} is missing: npm run build`, { cause });
  }
}

/**
 * Bytes of the production module compiled from changed sources.
 * @param editSource as for compileDriver
 * @param furtherArguments asc options that win over asconfig.json
 * @throws Error with asc's diagnostics when it refuses them
 */
export async function compileRelease(
  editSource: (file: string, text: string) => string,
  furtherArguments: string[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const build = await compileDriver("release", { editSource, arguments: furtherArguments });
  const binary = build.files.get(RELEASE);
  if (!build.ok || binary === undefined)
    throw new Error(`asc refused the changed sources:\n${build.diagnostics}`);
  return new Uint8Array(binary);
}

/**
 * Functions of a new instance of a built module.
 * @param onImport told the name of every function that the module calls, `card.submit` for one
 */
export function exportsOf(
  file: BuiltModule,
  onImport: (name: string) => void = (name) => {
    throw new Error(`${name} was called`);
  },
): Record<string, (...values: number[]) => number> {
  const module = new WebAssembly.Module(builtModule(file));
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => onImport(`${from}.${name}`);
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  return exports as Record<string, (...values: number[]) => number>;
}
