import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "./input-error.js";

/** A file of the package is not where it belongs; the message says what to do. */
export class PackageFileMissing extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "PackageFileMissing";
  }
}

/**
 * Path of a file that belongs to the package: its folder lies in the package root, above this file wherever it runs
 * from (sources or dist).
 * @param name relative to the package root
 * @param remedy what to do when it is missing, for the error
 * @throws PackageFileMissing when there is no such file
 */
export function packageFile(name: string, remedy: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) throw new PackageFileMissing(`${name} is missing: ${remedy}`);
    folder = parent;
  }
}
