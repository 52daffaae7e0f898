// The tables of docs/firmware.md: what the exported C takes on a Cortex-M0+, and its memory by the cards.
//   node scripts/firmware-size.mjs           rewrites them
//   node scripts/firmware-size.mjs --check   fails if they are not what this compiler makes of the sources
// Needs what `npm run build` makes, and arm-none-eabi-gcc (Debian: gcc-arm-none-eabi).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import prettier from "prettier";
import { compileFirmware, PROGRAMS, REGIONS } from "./build-firmware.mjs";
import { fillSections } from "./generate-spec.mjs";
import { ROOT } from "./repository.mjs";

const DOCUMENT = path.join(ROOT, "docs/firmware.md");
const CORE = "cortex-m0plus";
const MODULES = [
  { name: "mirror", spi: false },
  { name: "mirror and SPI driver", spi: true },
];
/** Cards, GB as they are sold, and sizes of regions, MiB. */
const CARDS_GB = [2, 8, 32, 128];
const REGIONS_MIB = [1, 4, 16];

/** @typedef {typeof import("../host/export-c/export-c.js")} ExportC */
/** @typedef {typeof import("../host/export-c/compiled-size.js")} CompiledSize */

/** @returns {Promise<ExportC & CompiledSize>} */
async function built() {
  const folder = path.join(ROOT, "dist/host/export-c");
  return { ...(await import(`${folder}/export-c.js`)), ...(await import(`${folder}/compiled-size.js`)) };
}

/** @returns {string} the compiler's own name and version, "" without one */
export function compilerVersion() {
  try {
    return execFileSync("arm-none-eabi-gcc", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
  } catch {
    return "";
  }
}

/**
 * The deepest stack below any exported function, its own frame included; what callbacks take is not known here. Functions
 * that call each other in a circle count once each: `turn` is what every further time round takes.
 * @param {string} callGraph of GCC's -fcallgraph-info=su
 * @returns {{ deepest: number, turn: number }} bytes; no turn is 0
 */
export function stackOf(callGraph) {
  /** @type {Map<string, number>} */
  const frames = new Map();
  for (const [, name = "", bytes] of callGraph.matchAll(
    /^node: \{ title: "([^"]+)" label: "[^"]*?\\n(\d+) bytes/gm,
  ))
    frames.set(name, Number(bytes));
  /** @type {Map<string, Set<string>>} */
  const calls = new Map([...frames.keys()].map((name) => [name, new Set()]));
  for (const [, from = "", to = ""] of callGraph.matchAll(
    /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/gm,
  ))
    if (frames.has(to)) calls.get(from)?.add(to);
  const below = new Map([...frames.keys()].map((name) => [name, reachedFrom(name, calls)]));
  const circleOf = (/** @type {string} */ name) =>
    [...frames.keys()].filter(
      (other) =>
        other === name || (below.get(name)?.has(other) === true && below.get(other)?.has(name) === true),
    );
  const sum = (/** @type {readonly string[]} */ names) =>
    names.reduce((bytes, name) => bytes + (frames.get(name) ?? 0), 0);
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @param {string} name @returns {number} */
  const depth = (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const circle = circleOf(name);
    const outside = circle
      .flatMap((each) => [...(calls.get(each) ?? [])])
      .filter((each) => !circle.includes(each));
    const bytes = sum(circle) + Math.max(0, ...outside.map(depth));
    for (const each of circle) known.set(each, bytes);
    return bytes;
  };
  const turns = [...frames.keys()]
    .filter((name) => below.get(name)?.has(name))
    .map((name) => sum(circleOf(name)));
  return { deepest: Math.max(0, ...[...frames.keys()].map(depth)), turn: Math.max(0, ...turns) };
}

/**
 * @param {string} name
 * @param {ReadonlyMap<string, ReadonlySet<string>>} calls
 * @returns {Set<string>} functions that a call of this one may come to; itself only by a circle
 */
function reachedFrom(name, calls) {
  /** @type {Set<string>} */
  const reached = new Set();
  const queue = [...(calls.get(name) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    queue.push(...(calls.get(next) ?? []));
  }
  return reached;
}

/** @param {readonly (string | number)[]} cells */
const row = (cells) => `| ${cells.join(" | ")} |`;

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly (string | number)[])[]} rows
 */
const table = (titles, rows) => [titles, titles.map(() => "---"), ...rows].map(row).join("\n");

/** Code and stack of both modules, in every way of compiling them that firmware chooses from. */
async function codeTable() {
  const { armOptions, compiledSize, exportC } = await built();
  const rows = [];
  for (const { name, spi } of MODULES) {
    for (const optimisation of /** @type {const} */ (["-Os", "-O2"])) {
      for (const boundsChecks of [true, false]) {
        const folder = mkdtempSync(path.join(tmpdir(), "syncgate-firmware-"));
        try {
          const { source, header } = exportC({ spi });
          writeFileSync(path.join(folder, "syncgate.c"), source);
          writeFileSync(path.join(folder, "syncgate.h"), header);
          const compilation = { core: CORE, optimisation, boundsChecks };
          const { text, data } = compiledSize(folder, compilation);
          const options = [...armOptions(compilation), "-fcallgraph-info=su", "-c", "syncgate.c"];
          execFileSync("arm-none-eabi-gcc", options, { cwd: folder });
          const { deepest, turn } = stackOf(readFileSync(path.join(folder, "syncgate.ci"), "utf8"));
          rows.push([name, `\`${optimisation}\``, boundsChecks ? "on" : "off", text, data, deepest, turn]);
        } finally {
          rmSync(folder, { recursive: true });
        }
      }
    }
  }
  const titles = [
    "Exported",
    "Compiled",
    "Bounds checks",
    "Code and constants",
    "Data",
    "Stack",
    "and a turn",
  ];
  return `${compilerVersion()}, Cortex-M0+, bytes:\n\n${table(titles, rows)}`;
}

/** The mirror's cycles beside its size, in every way of compiling it, and the longest call of each export. */
async function cycleTables() {
  const { benchCycles, DEPTHS } = await import(path.join(ROOT, "dist/host/bench/cycle-bench.js"));
  const results = /** @type {const} */ (["-Os", "-O2"]).flatMap((optimisation) =>
    [true, false].map((boundsChecks) => benchCycles({ core: CORE, optimisation, boundsChecks }, false)),
  );
  const ways = results.map(({ compilation: { optimisation, boundsChecks } }) => [
    `\`${optimisation}\``,
    boundsChecks ? "on" : "off",
  ]);
  const writes = results.map(({ size, stack, writes: byDepth }, i) => [
    ...(ways[i] ?? []),
    size.text,
    stack,
    ...DEPTHS.map((/** @type {number} */ depth) => {
      const { median, p99 } = byDepth.get(depth).write;
      return `${median} (${p99})`;
    }),
    ...["submit", "first completion", "last completion"].map((part) => byDepth.get(DEPTHS[0])[part].median),
  ]);
  const writeTitles = ["Compiled", "Bounds checks", "Code and constants", "Stack"];
  writeTitles.push("Write, depth 1", "Write, depth 8", "its submit", "first completion", "last completion");
  const longest = results[0].longest.map((/** @type {readonly [string, number]} */ [name]) => [
    `\`${name}\``,
    ...results.map(({ longest: of }) => new Map(of).get(name)),
  ]);
  return [
    table(writeTitles, writes),
    table(["Export", ...ways.map(([optimisation, checks]) => `${optimisation} ${checks}`)], longest),
  ];
}

/** Memory by the cards and the regions. */
async function memoryTable() {
  const { exportC, regionsOf } = await built();
  const rows = CARDS_GB.flatMap((gigabytes) =>
    REGIONS_MIB.map((mebibytes) => {
      const regions = regionsOf(gigabytes * 1e9, mebibytes * 2 ** 20);
      const bytes = MODULES.map(({ spi }) => exportC({ spi, regions }).memoryBytes);
      return [`${gigabytes} GB`, `${mebibytes} MiB`, regions, ...bytes];
    }),
  );
  return table(
    ["Cards", "Regions of", "Regions at most", ...MODULES.map(({ name }) => `${name}, bytes`)],
    rows,
  );
}

/** The programs of firmware/, linked. */
async function programTable() {
  const { exportC } = await built();
  const exported = exportC({ spi: true, regions: REGIONS });
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-firmware-"));
  try {
    const names = /** @type {(keyof typeof PROGRAMS)[]} */ (Object.keys(PROGRAMS));
    const rows = names.map((name) => {
      const elf = compileFirmware(name, folder, exported);
      const [, sizes = ""] = execFileSync("arm-none-eabi-size", [elf], { encoding: "utf8" }).split("\n");
      const [text = 0, data = 0, zeroed = 0] = sizes.trim().split(/\s+/).map(Number);
      return [`\`${name}\``, PROGRAMS[name].mirror ? "yes" : "no", text, data, zeroed];
    });
    return table(["Program", "With the mirror", "Code and constants", "Data", "Zeroed memory"], rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {Promise<{ present: string, wanted: string }>} docs/firmware.md as it is, and as it should be */
export async function firmwareTexts() {
  const present = readFileSync(DOCUMENT, "utf8");
  const [cycles = "", longest = ""] = await cycleTables();
  const tables = new Map([
    ["firmwareCode", await codeTable()],
    ["firmwareCycles", cycles],
    ["firmwareLongest", longest],
    ["firmwareMemory", await memoryTable()],
    ["firmwarePrograms", await programTable()],
  ]);
  const options = await prettier.resolveConfig(DOCUMENT);
  const filled = fillSections(present, tables, "docs/firmware.md");
  return { present, wanted: await prettier.format(filled, { ...options, parser: "markdown" }) };
}

if (process.argv[1] === import.meta.filename) {
  if (compilerVersion() === "") {
    console.error("arm-none-eabi-gcc is missing: bash scripts/install-debian-packages.sh gcc-arm-none-eabi");
    process.exit(1);
  }
  const { present, wanted } = await firmwareTexts();
  if (!process.argv.includes("--check")) writeFileSync(DOCUMENT, wanted);
  else if (present !== wanted) {
    console.error(
      "docs/firmware.md is not what the sources say: npm run firmware-size, then look at the difference",
    );
    process.exitCode = 1;
  }
}
