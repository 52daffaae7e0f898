// Tells whether an output was made from the inputs as they are now. By content, not by time: a fresh clone
// and a branch change give every file a new time.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {string} root the repository's folder
 * @param {readonly string[]} inputs files and folders below it; of folders every .ts and .mjs file counts
 * @returns {string} SHA-256 over names and contents, hexadecimal
 */
export function stampOf(root, inputs) {
  const hash = createHash("sha256");
  for (const file of inputs.flatMap((input) => filesBelow(root, input))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} input
 * @returns {string[]} paths from the root, sorted
 */
function filesBelow(root, input) {
  const absolute = path.join(root, input);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [input];
  return readdirSync(absolute, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => path.join(input, name))
    .toSorted();
}

/**
 * Runs `make` unless `outputs` exist and were made from the same stamp.
 * @param {string} stampFile where the stamp of the last success is kept
 * @param {string} stamp of the inputs now
 * @param {readonly string[]} outputs absolute paths
 * @param {() => Promise<void>} make
 * @returns {Promise<boolean>} whether anything was done
 */
export async function makeIfStale(stampFile, stamp, outputs, make) {
  const current = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
  if (current === stamp && outputs.every((output) => existsSync(output))) return false;
  await make();
  writeFileSync(stampFile, stamp);
  return true;
}
