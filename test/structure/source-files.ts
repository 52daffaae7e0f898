import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { ROOT } from "../../scripts/repository.mjs";

/** A source with what the rules look at. */
export interface SourceFile {
  /** From the repository's folder, with forward slashes. */
  path: string;
  text: string;
  /** Files of this repository that it names in an import, export, import() or new URL(..., import.meta.url). */
  imports: string[];
}

/** Every TypeScript and JavaScript source below the given folders of the repository, sorted by path. */
export function sourcesBelow(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        path.posix.join(folder, name.replaceAll("\\", "/")),
      ),
    )
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .toSorted()
    .map((file) => parseSource(file, readFileSync(path.join(ROOT, file), "utf8")));
}

/** Reads one source; `text` need not be on disk. */
export function parseSource(file: string, text: string): SourceFile {
  // The scanner of imports is four times as fast as the parser, which only finds workers besides.
  const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const named = [...imported, ...(text.includes("new URL(") ? workersIn(file, text) : [])];
  const imports = named
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => resolve(file, specifier));
  return { path: file, text, imports };
}

/** Calls `look` for every node, parents first. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** Modules that a source names in new URL(..., import.meta.url): a worker's entry. */
function workersIn(file: string, text: string): string[] {
  const found: string[] = [];
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true), (node) => {
    if (
      ts.isNewExpression(node) &&
      node.expression.getText() === "URL" &&
      node.arguments?.[1]?.getText() === "import.meta.url"
    ) {
      const target = literal(node.arguments[0]);
      if (target !== undefined && /\.m?js$/.test(target)) found.push(target);
    }
  });
  return found;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** `./x.js` names x.ts in the host; AssemblyScript writes `./x`. */
function resolve(from: string, specifier: string): string {
  const target = path.posix.join(path.posix.dirname(from), specifier);
  if (target.endsWith(".js")) return target.replace(/\.js$/, ".ts");
  return /\.(ts|mjs|json)$/.test(target) ? target : `${target}.ts`;
}
