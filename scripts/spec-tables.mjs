// The tables of SPEC.md, each made from what the code says.
import { readFileSync } from "node:fs";
import path from "node:path";
import { family, layoutConstants, valueOf } from "./layout-comments.mjs";
import { ROOT } from "./repository.mjs";

/** @typedef {import("./layout-comments.mjs").LayoutConstant} LayoutConstant */

/** @param {readonly (string | number)[]} cells */
const tableRow = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly (string | number)[])[]} rows
 * @returns {string} a Markdown table
 */
function table(titles, rows) {
  return [tableRow(titles), tableRow(titles.map(() => "---")), ...rows.map(tableRow)].join("\n");
}

const code = (/** @type {string} */ text) => `\`${text}\``;
const meaningOf = (/** @type {LayoutConstant} */ constant) =>
  constant.meaning === "" ? "the next word of it" : constant.meaning;

/** @param {readonly LayoutConstant[]} constants */
function numbered(constants) {
  return table(
    ["Value", "Name", "Meaning"],
    constants.map((each) => [each.literal, code(each.name), meaningOf(each)]),
  );
}

const TYPED = /^(u32|(\d+) bytes): (.*)$/;

/**
 * The fields of a sector on the card; what no field covers is shown as zeros.
 * @param {readonly LayoutConstant[]} layout whose meaning begins with a type
 * @param {number} bytes of the whole structure
 */
function fieldsOf(layout, bytes) {
  const rows = [];
  let end = 0;
  for (const { name, value, meaning } of layout) {
    const typed = TYPED.exec(meaning);
    if (typed === null) throw new Error(`assembly/layout.ts: the comment of ${name} begins with no type`);
    if (value < end) throw new Error(`assembly/layout.ts: ${name} overlaps the field before it`);
    if (value > end) rows.push([end, value - end, "", "zeros"]);
    const size = typed[1] === "u32" ? 4 : Number(typed[2]);
    rows.push([value, size, code(name), typed[3] ?? ""]);
    end = value + size;
  }
  if (end !== bytes) throw new Error(`assembly/layout.ts: the fields end at byte ${end}, not ${bytes}`);
  return table(["Byte", "Bytes", "Name", "Contents"], rows);
}

/** @param {string} name of a built module */
function instantiate(name) {
  const module = new WebAssembly.Module(readFileSync(path.join(ROOT, "build", name)));
  /** @type {Record<string, Record<string, () => void>>} */
  const imports = {};
  for (const each of WebAssembly.Module.imports(module)) (imports[each.module] ??= {})[each.name] = () => {};
  const { exports } = new WebAssembly.Instance(module, imports);
  return /** @type {Record<string, (...values: number[]) => number>} */ (exports);
}

const short = (/** @type {string} */ name) => name.replace(/^(REGION|EVENT|MEMBER_EVENT|MEMBER)_/, "");

/**
 * A table of transitions, as the module answers them.
 * @param {readonly LayoutConstant[]} constants
 * @param {string} name of the export
 * @param {readonly LayoutConstant[]} states
 * @param {readonly LayoutConstant[]} events
 */
function transitionTable(constants, name, states, events) {
  const next = instantiate("syncgate.wasm")[name];
  if (next === undefined) throw new Error(`the module has no export ${name}`);
  const cell = (/** @type {number} */ state, /** @type {number} */ event) => {
    const value = next(state, event);
    if (value === valueOf(constants, "TRANSITION_IMPOSSIBLE")) return "never";
    if (value === state) return "·";
    return short(states.find((each) => each.value === value)?.name ?? `state ${value}`);
  };
  return table(
    ["State", ...events.map((event) => short(event.name))],
    states.map((state) => [short(state.name), ...events.map((event) => cell(state.value, event.value))]),
  );
}

const plain = (/** @type {LayoutConstant | undefined} */ each) =>
  each?.name.replace(/^SPI_(STATE|KIND|EVENT)_/, "") ?? "";

/**
 * The table of an SPI card's states, as the SPI module answers it. Events of a state that chooses are its choices.
 * @param {readonly LayoutConstant[]} constants
 */
function spiTransitions(constants) {
  const { cardTransition, cardStateKind } = instantiate("syncgate-spi.wasm");
  if (cardTransition === undefined || cardStateKind === undefined)
    throw new Error("the SPI module lacks an export");
  const states = family(constants, "SPI_STATE_");
  const kinds = family(constants, "SPI_KIND_");
  const events = family(constants, "SPI_EVENT_");
  const cell = (/** @type {number} */ state, /** @type {number} */ event) => {
    const next = cardTransition(state, event);
    if (next === valueOf(constants, "TRANSITION_IMPOSSIBLE")) return "";
    return plain(states.find(({ value }) => value === next));
  };
  return table(
    ["State", "Kind", ...events.map(plain), "What is done"],
    states.map((state) => [
      plain(state),
      plain(kinds.find(({ value }) => value === cardStateKind(state.value))),
      ...events.map(({ value }) => cell(state.value, value)),
      state.meaning,
    ]),
  );
}

/** Sizes of the SPI module beside those of the production module. */
function spiSizes() {
  const rows = ["syncgate.wasm", "syncgate-spi.wasm"].map((name) => [
    code(name),
    readFileSync(path.join(ROOT, "build", name)).length,
    instantiate(name)["staticBytes"]?.() ?? 0,
  ]);
  return table(["Module", "Bytes", "Static data, bytes"], rows);
}

const REGION_STATE = /^REGION_(UNWRITTEN|CLEAN|DIRTY|MAYBE_DIRTY|CLEAN_CANDIDATE|NEEDS_SYNC|SYNCING)$/;
const CHOICE = /^(FINGERPRINT_|FORMAT_(EMPTY|KEEP)$|BITMAP_(SERIAL|SINGLE)$)/;
const MEMBER_STATE = /^MEMBER_(MISSING|IN_SYNC|FAULTY|REBUILDING)$/;
const MEMBER_COMMAND = /^MEMBER_(FAIL|REMOVE|ADD|REPLACE|REINITIALISED)$/;

const SPI_TRANSFER = /^SPI_(BURST_BYTES|UNTIL_READY|UNTIL_TOKEN|LIMIT|BLOCK_GOOD|BLOCK_CORRUPT)$/;

/** What the constants of assembly/driver/assembly-table.ts are called in the table. */
const CLASS_NAMES = ["no card", "normal", "alone", "rebuilding"];

/** The decision for every pair of cards, as the module answers it; pairs that are others mirrored are left out. */
async function assemblyDecisions() {
  const { assemblyDecision } = instantiate("syncgate.wasm");
  if (assemblyDecision === undefined) throw new Error("the module has no export assemblyDecision");
  const constants = await layoutConstants("assembly/driver/assembly-table.ts");
  const relations = family(constants, "LINEAGES_");
  const decisions = family(constants, "DECIDE_");
  const named = (/** @type {number} */ value) =>
    (decisions.find((each) => each.value === value)?.name ?? `decision ${value}`).replace("DECIDE_", "");
  if (CLASS_NAMES.length !== valueOf(constants, "CARD_CLASSES")) throw new Error("CLASS_NAMES has drifted");
  const rows = CLASS_NAMES.flatMap((a, classA) =>
    CLASS_NAMES.map((b, classB) => [
      a,
      b,
      ...relations.map(({ value }) => named(assemblyDecision(classA, classB, value))),
    ]),
  );
  return table(
    ["A says", "B says", ...relations.map(({ name }) => name.replace("LINEAGES_", "").replaceAll("_", " "))],
    rows,
  );
}

/** Sizes of cards in the table of footprints, GB, and sizes of regions, log2 of sectors. */
const CARDS_GB = [8, 32, 128];
const REGION_SHIFTS = [11, 13, 15];
const STRIDE_SECTORS = 8192;

/**
 * Memory of arrays of usual cards, as the module reports it after format.
 * @param {readonly LayoutConstant[]} constants
 */
function footprints(constants) {
  const key = (/** @type {string} */ name) => valueOf(constants, name);
  const rows = CARDS_GB.flatMap((gigabytes) =>
    REGION_SHIFTS.map((shift) => {
      const { configure, format, geometry } = instantiate("syncgate.wasm");
      if (configure === undefined || format === undefined || geometry === undefined)
        throw new Error("the module lacks an export");
      const sectors = Math.floor((gigabytes * 1e9) / key("SECTOR_BYTES"));
      configure(key("OPTION_CARD_SECTORS"), sectors);
      configure(key("OPTION_METADATA_STRIDE"), STRIDE_SECTORS);
      if (format(shift, 1, 1) !== key("STATUS_OK")) throw new Error(`no format for ${gigabytes} GB`);
      const regions = geometry(key("GEOMETRY_REGIONS"));
      const covered = regions * 2 ** shift + (key("AREA_DATA") + 1) * STRIDE_SECTORS > sectors - 2 ** shift;
      return [
        `${gigabytes} GB`,
        `${2 ** (shift - 11)} MiB`,
        regions,
        geometry(key("GEOMETRY_BITMAP_SECTORS")),
        geometry(key("GEOMETRY_STATE_BYTES")),
        covered ? "all" : `${Math.floor((regions * 2 ** shift) / 2 ** 21)} GiB`,
      ];
    }),
  );
  return table(["Cards", "Regions of", "Regions", "Bitmap sectors", "Bytes of memory", "Covered"], rows);
}

/** The fault table of the emulator's head comment. */
function faults() {
  const source = readFileSync(path.join(ROOT, "host/sdcard-emulator/card.ts"), "utf8");
  const lines = source
    .split("\n")
    .filter((line) => line.startsWith(" * |"))
    .map((line) => line.slice(3));
  /** @type {string[][]} */
  const rows = [];
  for (const line of lines.filter((_, i) => i !== 1)) {
    const cells = line.split("|").slice(1, -1);
    const trimmed = cells.map((cell) => cell.trim());
    const last = rows.at(-1);
    // A line without a level goes on with the one above it.
    if (trimmed[0] === "" && last !== undefined) last[1] += ` ${trimmed[1]}`;
    else rows.push(trimmed);
  }
  return table(rows[0] ?? [], rows.slice(1));
}

/** @param {string} file below dist/host @returns {Promise<any>} */
const built = (file) => import(path.join(ROOT, "dist/host", file));

const yesNo = (/** @type {boolean} */ value) => (value ? "yes" : "no");
const byNumber = (/** @type {{bug: number}} */ a, /** @type {{bug: number}} */ b) => a.bug - b.bug;

async function profiles() {
  const { PROFILES } = await built("sdcard-emulator/characteristics.js");
  return table(
    [
      "Profile",
      "Atomic sectors",
      "Cache",
      "Settle, µs",
      "Piece, µs",
      "Read, µs",
      "Program, µs",
      "Flush, µs",
      "Stalls",
    ],
    Object.entries(PROFILES).map(([name, card]) => [
      code(name),
      yesNo(card.atomicSector),
      card.cache,
      card.settleUs,
      card.pieceUs,
      card.readSectorUs,
      card.programUs,
      card.flushUs,
      `${card.stallPercent} % up to ${card.stallUs} µs`,
    ]),
  );
}

async function seededBugs() {
  const { SEEDED_BUGS } = await built("campaign/bugs/seeded-bugs.js");
  const { HIDDEN_BUGS } = await built("campaign/bugs/hidden-bugs.js");
  const killed = table(
    ["Number", "Name", "Mistake", "Killed by", "On"],
    SEEDED_BUGS.toSorted(byNumber).map(
      (/** @type {{bug: number, name: string, mistake: string, check: string, profile: string}} */ each) => [
        each.bug,
        code(each.name),
        each.mistake,
        each.check,
        code(each.profile),
      ],
    ),
  );
  const hidden = table(
    ["Number", "Name", "Shown", "Why no campaign shows it"],
    HIDDEN_BUGS.toSorted(byNumber).map(
      (/** @type {{bug: number, name: string, verdict: string, reason: string}} */ each) => [
        each.bug,
        code(each.name),
        each.verdict,
        each.reason,
      ],
    ),
  );
  return `${killed}\n\n${hidden}`;
}

async function statuses(/** @type {readonly LayoutConstant[]} */ constants) {
  const { statusText } = await built("mirror/status-text.js");
  return table(
    ["Value", "Name", "Meaning", "What a person is told"],
    family(constants, "STATUS_").map((each) => [
      each.literal,
      code(each.name),
      each.meaning,
      statusText(each.value),
    ]),
  );
}

/** @param {readonly LayoutConstant[]} constants */
function footprint(constants) {
  const { staticBytes } = instantiate("syncgate.wasm");
  const fixed = staticBytes?.() ?? 0;
  const perSector =
    valueOf(constants, "REGIONS_PER_BITMAP_SECTOR") / 2 + valueOf(constants, "BITMAP_PLANE_BYTES");
  const sectors = valueOf(constants, "BITMAP_SECTORS_MAX");
  return table(
    ["Memory", "Bytes"],
    [
      ["Static data (export `staticBytes`), whatever the array", fixed],
      [
        "Tables behind it, for each bitmap sector of 1920 regions: states of four bits, durable marks of one",
        perSector,
      ],
      ["The largest array", Math.ceil(fixed / 16) * 16 + sectors * perSector],
    ],
  );
}

/**
 * All generated sections of SPEC.md.
 * @returns {Promise<Map<string, string>>} Markdown by the name in the section's markers
 * @throws {Error} when the code contradicts itself, or nothing is built
 */
export async function specTables() {
  const all = await layoutConstants();
  const of = (/** @type {string} */ prefix) => family(all, prefix);
  const sizes = all.slice(
    0,
    all.findIndex(({ name }) => name === "CARD_READ"),
  );
  const at = (/** @type {string} */ prefix) => of(prefix).filter(({ name }) => name.endsWith("_AT"));
  const sectorBytes = valueOf(all, "SECTOR_BYTES");
  const regionStates = of("REGION_").filter(({ name }) => REGION_STATE.test(name));
  const memberStates = of("MEMBER_").filter(({ name }) => MEMBER_STATE.test(name));
  const withoutTotal = (/** @type {string} */ prefix, /** @type {string} */ total) =>
    of(prefix).filter(({ name }) => name !== total);
  return new Map([
    ["sizes", numbered(sizes)],
    ["commands", numbered(of("CARD_"))],
    ["requests", numbered(of("REQUEST_").filter(({ name }) => !/_(MAX|OPERATIONS)$/.test(name)))],
    ["statuses", await statuses(all)],
    ["policies", numbered(of("POLICY_"))],
    ["options", numbered(withoutTotal("OPTION_", "OPTIONS"))],
    ["choices", numbered(all.filter(({ name }) => CHOICE.test(name)))],
    ["states", numbered(regionStates)],
    ["events", numbered(of("EVENT_"))],
    ["transitions", transitionTable(all, "transition", regionStates, of("EVENT_"))],
    ["members", numbered(memberStates)],
    ["memberEvents", numbered(of("MEMBER_EVENT_"))],
    ["memberTransitions", transitionTable(all, "memberTransition", memberStates, of("MEMBER_EVENT_"))],
    ["memberCommands", numbered(of("MEMBER_").filter(({ name }) => MEMBER_COMMAND.test(name)))],
    ["decisions", await assemblyDecisions()],
    ["scrub", numbered(of("SCRUB_"))],
    ["ring", numbered(of("RING_").filter(({ name }) => !/_(ENTRIES|BYTES|KINDS)$/.test(name)))],
    ["causes", numbered(of("CAUSE_"))],
    ["superblock", fieldsOf(at("SUPERBLOCK_"), sectorBytes)],
    ["record", fieldsOf(at("BITMAP_"), sectorBytes)],
    ["areas", numbered(of("AREA_"))],
    ["geometry", numbered(of("GEOMETRY_").filter(({ name }) => name !== "GEOMETRY_KEYS"))],
    ["counters", numbered(withoutTotal("COUNTER_", "COUNTERS"))],
    ["footprint", footprint(all)],
    ["footprints", footprints(all)],
    ["faults", faults()],
    ["profiles", await profiles()],
    ["bugs", await seededBugs()],
    ["spiSizes", spiSizes()],
    ["spiTransfers", numbered(all.filter(({ name }) => SPI_TRANSFER.test(name)))],
    ["spiCard", numbered(of("SPI_CARD_").filter(({ name }) => name !== "SPI_CARD_KEYS"))],
    ["spiFeatures", numbered(of("SPI_FEATURE_"))],
    ["spiEvents", numbered(of("SPI_EVENT_"))],
    ["spiKinds", numbered(of("SPI_KIND_"))],
    ["spiStates", spiTransitions(all)],
  ]);
}
