/** Tests that need a program from a Debian package: skipped by name where it is missing, never passed in silence. */
import { accessSync, constants, readFileSync } from "node:fs";
import path from "node:path";
import { describe } from "vitest";
import { ROOT } from "../scripts/repository.mjs";

/** What each program comes in. */
export type Programs = Readonly<Record<string, string>>;

const INSTALLER = "scripts/install-debian-packages.sh";
/** fsck.fat and its like are often not on a user's PATH. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * `describe` for tests that run `programs`. Without one of them its tests are skipped, and their names tell which is
 * missing and the command that installs it.
 * @throws Error for a package that the installer does not list: CI would skip its tests for ever
 */
export function describeWithPrograms(programs: Programs, name: string, tests: () => void): void {
  const listed = packagesListed();
  const unlisted = Object.values(programs).find((packageName) => !listed.includes(packageName));
  if (unlisted !== undefined) throw new Error(`${INSTALLER} does not list ${unlisted}: add a line to it`);
  const missing = Object.keys(programs).filter((program) => pathOf(program) === null);
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`${name} (${whySkipped(missing, programs)})`, tests);
}

/** The full path of a program. @throws Error if it is missing */
export function programPath(program: string): string {
  const found = pathOf(program);
  if (found === null) throw new Error(`${program} is missing: its tests belong in describeWithPrograms()`);
  return found;
}

function whySkipped(missing: readonly string[], programs: Programs): string {
  const packages = new Set(missing.map((program) => programs[program]!));
  return `skipped without ${missing.join(", ")}; to enable: bash ${INSTALLER} ${[...packages].join(" ")}`;
}

/** On PATH, or where Debian keeps what only root runs. */
function pathOf(program: string): string | null {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  for (const folder of [...folders, ...SYSTEM_FOLDERS]) {
    const file = path.join(folder, program);
    if (isExecutable(file)) return file;
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first word of each line of the installer's list. */
function packagesListed(): string[] {
  const script = readFileSync(path.join(ROOT, INSTALLER), "utf8");
  const list = /^needed='\n([^']*)'/m.exec(script)![1]!;
  return list
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]!);
}
