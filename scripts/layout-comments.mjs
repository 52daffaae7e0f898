// Constants of assembly/layout.ts with the sentences that stand above them: SPEC.md's tables are made of these.
import { readFile } from "node:fs/promises";
import { ROOT } from "./repository.mjs";

const HEADING = /\n\/\/ ── (.*?) ─+\n/g;
const CONSTANT = /(?:\/\*\*\s*((?:[^*]|\*(?!\/))*?)\s*\*\/\n)?export const (\w+): u32 = (\w+);/g;

/**
 * @typedef {object} LayoutConstant
 * @property {string} name
 * @property {string} literal as it is written in the source
 * @property {number} value
 * @property {string} meaning its doc comment on one line, "" without one
 * @property {string} section the heading that it stands below, "" without one
 */

/**
 * @param {string} [file] below the repository's folder
 * @returns {Promise<LayoutConstant[]>} in order of the source
 */
export async function layoutConstants(file = "assembly/layout.ts") {
  const source = await readFile(`${ROOT}/${file}`, "utf8");
  const headings = [...source.matchAll(HEADING)];
  return [...source.matchAll(CONSTANT)].map(({ 1: comment = "", 2: name = "", 3: literal = "", index }) => ({
    name,
    literal,
    value: Number(literal),
    meaning: comment.replaceAll(/\s*\n\s*\*\s*/g, " "),
    section: headings.findLast((heading) => heading.index < index)?.[1] ?? "",
  }));
}

/**
 * @param {readonly LayoutConstant[]} constants
 * @param {string} prefix of their names
 * @returns {LayoutConstant[]} those with the prefix, without their totals (REGION_STATES and the like)
 */
export function family(constants, prefix) {
  return constants.filter(({ name }) => name.startsWith(prefix));
}

/**
 * @param {readonly LayoutConstant[]} constants
 * @param {string} name
 * @returns {number} value of one constant
 * @throws {Error} when there is none of that name
 */
export function valueOf(constants, name) {
  const found = constants.find((constant) => constant.name === name);
  if (found === undefined) throw new Error(`assembly/layout.ts has no constant ${name}`);
  return found.value;
}
