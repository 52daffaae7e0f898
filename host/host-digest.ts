import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.js";

/**
 * Of the host's code as it was built: SHA-256 over its modules, hexadecimal. The same sources give the same anywhere.
 * @throws PackageFileMissing when the host was not built
 */
export function hostDigest(): string {
  return readFileSync(packageFile("dist/host-digest.txt", 'run "npm run build"'), "utf8").trim();
}
