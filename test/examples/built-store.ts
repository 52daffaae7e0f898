import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../../scripts/repository.mjs";

const SOURCES = ["store.c", "nbd-client.c"].map((file) =>
  path.join(ROOT, "examples/foreign-log-store", file),
);

/** The example's store as it is, fixed, and with a mistake in its repair only, in a folder of their own. */
export interface BuiltStore {
  readonly folder: string;
  readonly store: string;
  readonly fixed: string;
  readonly hasty: string;
  remove(): void;
}

/** Builds them with the host's gcc. */
export function buildStore(gcc: string): BuiltStore {
  const folder = mkdtempSync(path.join(tmpdir(), "store-"));
  const build = (name: string, ...flags: readonly string[]): string => {
    const program = path.join(folder, name);
    const warnings = ["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-pedantic", "-Wall", "-Wextra", "-Werror"];
    execFileSync(gcc, [...warnings, "-O1", ...flags, "-o", program, ...SOURCES]);
    return program;
  };
  const store = build("store");
  const fixed = build("store-fixed", "-DFIXED");
  const hasty = build("store-hasty", "-DFIXED", "-DHASTY_REPAIR");
  return { folder, store, fixed, hasty, remove: () => rmSync(folder, { recursive: true }) };
}
