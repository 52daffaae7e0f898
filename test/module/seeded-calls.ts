import ts from "typescript";
import { sourcesBelow, visit } from "../structure/source-files.js";

/** A switch, with the guard that lets asc drop what is behind it before anything there is compiled. */
const CALL = /\b(?:RIG\s*&&\s*)?seeded\((BUG_[A-Z0-9_]+)\)/g;
/** Where the switch is defined. */
const DEFINITION = "assembly/seeded-bug.ts";

/**
 * The source with each switch, its guard included, replaced by what `answer` says for its bug; undefined
 * leaves it. Lines and columns are kept, as the place of an assertion is part of the binary.
 */
export function replaceSeeded(text: string, answer: (bug: string) => boolean | undefined): string {
  return text.replaceAll(CALL, (call: string, bug: string) => {
    const value = answer(bug);
    return value === undefined ? call : value + call.slice(String(value).length).replaceAll(/[^\n]/g, " ");
  });
}

/** Names of the bugs that some source of the driver has a switch for, in order of the sources. */
export function seededBugs(): string[] {
  const names = driverSources().flatMap((source) =>
    [...source.text.matchAll(CALL)].map((match) => match[1]!),
  );
  return [...new Set(names)];
}

/**
 * Uses of the switch in the driver that `replaceSeeded` would leave standing, as `file: text`. The import of
 * its name is none, nor is a comment.
 */
export function otherUses(): string[] {
  const found: string[] = [];
  for (const source of driverSources()) {
    const text = replaceSeeded(source.text, () => false);
    visit(ts.createSourceFile(source.path, text, ts.ScriptTarget.ES2022, true), (node) => {
      if (ts.isIdentifier(node) && node.text === "seeded" && !ts.isImportSpecifier(node.parent)) {
        found.push(`${source.path}: ${node.parent.getText()}`);
      }
    });
  }
  return found;
}

function driverSources() {
  return sourcesBelow("assembly").filter((source) => source.path !== DEFINITION);
}
