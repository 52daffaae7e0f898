import { readFileSync } from "node:fs";
import path from "node:path";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
import { ROOT } from "../../scripts/repository.mjs";

/** The production module, as it is packed. */
export const RELEASE = "build/syncgate.wasm";
/** The module with the unsafe policies and the seeded bugs. */
export const RIG = "build/syncgate-rig.wasm";

/**
 * Bytes of a built module.
 * @throws Error when it has not been built
 */
export function builtModule(file: typeof RELEASE | typeof RIG): Uint8Array<ArrayBuffer> {
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
