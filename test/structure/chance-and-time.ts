import ts from "typescript";
import { visit, type SourceFile } from "./source-files.js";

/** Calls that give another answer on another run. */
const CALLS = new Set([
  "Math.random",
  "Date.now",
  "performance.now",
  "process.hrtime",
  "process.hrtime.bigint",
]);
const FUNCTIONS = new Set(["randomBytes", "randomInt", "randomUUID", "getRandomValues"]);
/** A source without any of these words has none of the calls, and need not be parsed. */
const WORDS = new RegExp(["\\bDate\\b", "\\bnow\\b", "\\bhrtime\\b", "\\brandom\\b", ...FUNCTIONS].join("|"));
/** Only these may look at a clock: they talk to a person, or measure. */
const ALLOWED = /^host\/(cli|bench)\//;

/** One line for every use of chance or of a real clock where a case must replay. */
export function chanceAndTime(sources: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const source of sources) {
    if (ALLOWED.test(source.path) || !WORDS.test(source.text)) continue;
    const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
    visit(file, (node) => {
      const name = chanceIn(node);
      if (name === undefined) return;
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${source.path}:${line + 1}: ${name}; take the seed or the virtual clock instead`);
    });
  }
  return found;
}

function chanceIn(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && CALLS.has(node.getText())) return node.getText();
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length)
    return "new Date()";
  if (ts.isIdentifier(node) && FUNCTIONS.has(node.text)) return node.text;
  return undefined;
}
