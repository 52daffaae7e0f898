// Describes the functions between the modules and their surroundings, for whoever makes an interface in another language
// of them: names of parameters and the sentences that stand above each function in the sources of the driver.
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { layoutConstants } from "./layout-comments.mjs";
import { ROOT } from "./repository.mjs";

/**
 * @typedef {object} DescribedFunction
 * @property {string} name as the module has it
 * @property {string[]} parameters
 * @property {string} comment the text of its doc comment, lines separated by newlines
 */

/** @typedef {ts.FunctionDeclaration & {name: ts.Identifier}} Declaration */

/** @param {string} file from the repository's folder */
function parse(file) {
  return ts.createSourceFile(file, readFileSync(path.join(ROOT, file), "utf8"), ts.ScriptTarget.ES2022, true);
}

/**
 * @param {ts.SourceFile} source
 * @returns {Map<string, Declaration>} functions by name
 */
function functionsOf(source) {
  return new Map(
    source.statements.filter(isNamedFunction).map((declaration) => [declaration.name.text, declaration]),
  );
}

/** @param {ts.Statement} statement @returns {statement is Declaration} */
function isNamedFunction(statement) {
  return ts.isFunctionDeclaration(statement) && statement.name !== undefined;
}

/** @param {Declaration} declaration */
function commentOf(declaration) {
  const text = declaration.getSourceFile().text;
  const last = ts.getLeadingCommentRanges(text, declaration.pos)?.at(-1);
  const comment = last === undefined ? "" : text.slice(last.pos, last.end);
  if (!comment.startsWith("/**")) return "";
  const lines = comment.slice(3, -2).split("\n");
  return lines
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join("\n")
    .trim();
}

/**
 * @param {string} name
 * @param {Declaration} declaration
 * @param {string} [comment]
 * @returns {DescribedFunction}
 */
function described(name, declaration, comment = commentOf(declaration)) {
  const parameters = declaration.parameters.map((parameter) => parameter.name.getText().replace(/_$/, ""));
  return { name, parameters, comment };
}

/** @param {string} module its name among the imports @param {string} file */
function importsOf(module, file) {
  return [...functionsOf(parse(file))].map(([name, declaration]) => ({
    module,
    ...described(name, declaration),
  }));
}

/**
 * The functions that an entry exports, its own and those of others.
 * @param {string} entry
 */
function exportsOf(entry) {
  const source = parse(entry);
  const behind = functionsOf(parse("assembly/driver/interface.ts"));
  /** @type {DescribedFunction[]} */
  const found = [];
  for (const statement of source.statements) {
    if (isNamedFunction(statement)) {
      if (statement.modifiers?.some((each) => each.kind === ts.SyntaxKind.ExportKeyword) !== true) continue;
      const name = statement.name.text;
      // What only hands on to the mirror is described there.
      const handedOn = behind.get(name);
      found.push(
        described(name, statement, handedOn === undefined ? commentOf(statement) : commentOf(handedOn)),
      );
    } else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
      const from = path.posix.join(
        path.posix.dirname(entry),
        `${/** @type {ts.StringLiteral} */ (statement.moduleSpecifier).text}.ts`,
      );
      const functions = functionsOf(parse(from));
      const names = /** @type {ts.NamedExports} */ (statement.exportClause).elements;
      for (const { name, propertyName } of names) {
        const declaration = functions.get((propertyName ?? name).text);
        if (declaration === undefined) throw new Error(`${entry}: ${from} has no function ${name.text}`);
        found.push(described(name.text, declaration));
      }
    }
  }
  return found;
}

/** The constants and the functions of the modules for microcontrollers. */
export async function abiDescription() {
  const upper = importsOf("upper", "assembly/upper.ts");
  return {
    constants: await layoutConstants(),
    modules: {
      production: {
        imports: [...importsOf("card", "assembly/card.ts"), ...upper],
        exports: exportsOf("assembly/index.ts"),
      },
      spi: {
        imports: [...importsOf("bus", "assembly/sdcard/bus.ts"), ...upper],
        exports: exportsOf("assembly/sdcard/index.ts"),
      },
    },
  };
}
