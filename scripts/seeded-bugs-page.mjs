// @ts-check
// The table of docs/seeded-bugs.md: which check catches which seeded bug alone, as recorded in
// host/campaign/bugs/known-worlds.ts.
//   node scripts/seeded-bugs-page.mjs           rewrites it (npm run spec)
//   node scripts/seeded-bugs-page.mjs --check   fails if it has drifted from the code (npm run spec:check)
// Needs what `npm run build` makes.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import prettier from "prettier";
import { fillSections } from "./generate-spec.mjs";
import { ROOT } from "./repository.mjs";

const DOCUMENT = path.join(ROOT, "docs/seeded-bugs.md");

/** @returns {Promise<{ present: string, wanted: string }>} the page as it is and as the code wants it */
export async function seededBugsTexts() {
  const present = await readFile(DOCUMENT, "utf8");
  const options = await prettier.resolveConfig(DOCUMENT);
  const filled = fillSections(present, new Map([["alone", await aloneTable()]]), "docs/seeded-bugs.md");
  return { present, wanted: await prettier.format(filled, { ...options, parser: "markdown" }) };
}

/** @param {string} file */
function built(file) {
  return import(path.join(ROOT, "dist/host/campaign/bugs", file));
}

async function aloneTable() {
  const { SEEDED_BUGS } = await built("seeded-bugs.js");
  const { KNOWN_WORLDS } = await built("known-worlds.js");
  const { CHECKED_ALONE } = await built("alone-table.js");
  /** @type {readonly string[]} */
  const promises = CHECKED_ALONE;
  /** @type {readonly {name: string, check: string, mistake: string}[]} */
  const bugs = SEEDED_BUGS;
  const isCaught = (/** @type {string} */ name, /** @type {string} */ promise) =>
    KNOWN_WORLDS[name]?.[promise] !== undefined;
  const rows = bugs.map(({ name, check, mistake }) => [
    `\`${name}\``,
    ...promises.map((promise) => (isCaught(name, promise) ? (promise === check ? "**x**" : "x") : "")),
    mistake,
  ]);
  const counts = promises.map((promise) => bugs.filter(({ name }) => isCaught(name, promise)).length);
  const head = ["Bug", ...promises, "Mistake"];
  return [head, head.map(() => "---"), ...rows, ["caught", ...counts, ""]]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const { present, wanted } = await seededBugsTexts();
  if (!process.argv.includes("--check")) await writeFile(DOCUMENT, wanted);
  else if (present !== wanted) {
    console.error("docs/seeded-bugs.md is not what the code says: npm run spec, then look at the difference");
    process.exitCode = 1;
  }
}
