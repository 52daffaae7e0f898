import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The builds of the driver that the package ships. */
export type DriverBuild = "production" | "rig";

const FILES: Readonly<Record<DriverBuild, string>> = {
  production: "syncgate.wasm",
  rig: "syncgate-rig.wasm",
};

/**
 * Path of a built module: `build/` lies in the package root, above this file wherever it runs from.
 * @throws Error when the module was not built
 */
export function driverPath(build: DriverBuild): string {
  const file = FILES[build];
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, "build", file);
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`build/${file} is missing: run "npm run build"`);
    folder = parent;
  }
}

export function readDriver(build: DriverBuild): Uint8Array {
  return readFileSync(driverPath(build));
}
