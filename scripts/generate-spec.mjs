// The generated sections of SPEC.md, between `<!-- generated: NAME -->` and `<!-- end -->`.
//   node scripts/generate-spec.mjs           rewrites them (npm run spec)
//   node scripts/generate-spec.mjs --check   fails if they have drifted from the code (npm run spec:check)
// Needs what `npm run build` makes.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import prettier from "prettier";
import { ROOT } from "./repository.mjs";
import { specTables } from "./spec-tables.mjs";

const SPEC = path.join(ROOT, "SPEC.md");
const SECTION = /<!-- generated: (\w+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * @param {string} text of a document
 * @param {ReadonlyMap<string, string>} tables by name
 * @param {string} [document] its name
 * @returns {string} the text with every generated section made anew
 * @throws {Error} for a section that no table is made for, and for a table that has no section
 */
export function fillSections(text, tables, document = "SPEC.md") {
  const unused = new Set(tables.keys());
  const filled = text.replaceAll(SECTION, (_section, /** @type {string} */ name) => {
    const made = tables.get(name);
    if (made === undefined) throw new Error(`${document}: no table is made for the section "${name}"`);
    unused.delete(name);
    return `<!-- generated: ${name} -->\n\n${made}\n\n<!-- end -->`;
  });
  if (unused.size > 0) throw new Error(`${document} has no section for: ${[...unused].join(", ")}`);
  return filled;
}

/** @returns {Promise<{ present: string, wanted: string }>} SPEC.md as it is and as the code wants it */
export async function specTexts() {
  const present = await readFile(SPEC, "utf8");
  const options = await prettier.resolveConfig(SPEC);
  const wanted = await prettier.format(fillSections(present, await specTables()), {
    ...options,
    parser: "markdown",
  });
  return { present, wanted };
}

if (process.argv[1] === import.meta.filename) {
  const { present, wanted } = await specTexts();
  if (!process.argv.includes("--check")) await writeFile(SPEC, wanted);
  else if (present !== wanted) {
    console.error("SPEC.md is not what the code says: npm run spec, then look at the difference");
    process.exitCode = 1;
  }
}
