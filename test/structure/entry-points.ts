import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../scripts/repository.mjs";

/** Files that someone starts or imports from outside, so that nothing here need name them. */
export function entryPoints(): string[] {
  const manifest = readJson("package.json") as {
    bin: Record<string, string>;
    exports: Record<string, string | { default: string }>;
  };
  const driver = readJson("asconfig.json") as {
    entries: string[];
    targets: Record<string, { runtime?: string; use: string[] }>;
  };
  const published = [
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports).map((entry) => (typeof entry === "string" ? entry : entry.default)),
  ];
  const runtimes = Object.values(driver.targets).flatMap((target) => target.runtime ?? []);
  // Some of what a target uses are functions, `abort=trap/abort`, from assembly/ on, the others integers.
  const functions = Object.values(driver.targets).flatMap((target) =>
    target.use.filter((alias) => alias.includes("/")),
  );
  const aliased = functions.map((alias) => path.posix.dirname(alias.slice(alias.indexOf("=") + 1)));
  return [
    ...published.filter((file) => file.endsWith(".js")).map(sourceOf),
    ...driver.entries,
    ...[...runtimes, ...aliased].map((file) => `assembly/${file}.ts`),
    "assembly/sdcard/index.ts", // the same for the target spi
    "assembly/sdcard/card.ts", // which the target spi reads in place of assembly/card.ts
    "assembly/wasi/index.ts", // what the build's target wasi reads in place of assembly/index.ts
    "host/cli/report/report-schema.ts", // which scripts/generate-report-schema.mjs publishes
    "host/cli/campaign/worker.ts", // which every thread of a pool is started with
    "host/mirror/layout-digest.ts", // also read by the build, before anything is compiled
  ];
}

/** `./dist/host/x.js` is compiled from host/x.ts. */
function sourceOf(output: string): string {
  return path.posix
    .normalize(output)
    .replace(/^dist\//, "")
    .replace(/\.js$/, ".ts");
}

/** Those of the entry points that do not exist. */
export function missing(files: readonly string[]): string[] {
  return files.filter((file) => !existsSync(path.join(ROOT, file)));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));
}
