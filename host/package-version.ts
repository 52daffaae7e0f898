import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.js";

/** Version of this package, as its package.json says. @throws PackageFileMissing */
export function packageVersion(): string {
  const manifest = readFileSync(packageFile("package.json", "install the package again"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
