import type { AbiDescription } from "./abi.js";
import { MACRO_PREFIX, callbackName, exportName, parameterName } from "./c-names.js";

/** Columns of a comment. */
const WIDTH = 100;
const WORD = /[A-Za-z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*(?:_(?=\.\.\.))?/g;

/** Rewrites the comments of the driver's sources with the names that a C programmer knows. */
export class CComments {
  private readonly names = new Map<string, string>();

  /** @param build whose functions are meant by names that both modules have */
  constructor(
    private readonly abi: AbiDescription,
    build: keyof AbiDescription["modules"],
  ) {
    const { imports, exports } = abi.modules[build];
    // A bare name of both kinds means the export.
    for (const { module, name } of imports) {
      this.names.set(`${module}.${name}`, callbackName(module, name));
      this.names.set(name, callbackName(module, name));
    }
    for (const { name } of exports) this.names.set(name, exportName(name));
    for (const { name } of abi.constants) this.names.set(name, MACRO_PREFIX + name);
  }

  /** @param parameters of the function that the text is about */
  text(comment: string, parameters: readonly string[] = []): string {
    const families = this.abi.constants;
    return comment.replaceAll(WORD, (word, at: number) => {
      if (parameters.includes(word)) return parameterName(word);
      if (word.endsWith("_") && families.some(({ name }) => name.startsWith(word)))
        return MACRO_PREFIX + word;
      const known = this.names.get(word);
      if (known === undefined) return word;
      // A word of English is a function only where it is called or quoted.
      const before = comment[at - 1];
      const after = comment[at + word.length];
      const isCode = /[A-Z_.]/.test(word) || before === "`" || after === "(" || after === "`";
      return isCode ? known : word;
    });
  }

  /** A whole comment: @param and @returns become sentences. */
  block(comment: string, parameters: readonly string[], indent: string): string {
    const paragraphs = this.text(comment, parameters)
      .replaceAll("*/", "* /")
      .replaceAll("`", "")
      .split(/\n(?=@)|(?<=\S) (?=@)|\n\n/)
      .map((part) => part.replaceAll(/\s+/g, " ").trim())
      .filter((part) => part !== "")
      .map((part) => part.replace(/^@param (\S+)/, "$1:").replace(/^@returns /, "Returns "));
    const lines = paragraphs.flatMap((part) => wrapped(part, WIDTH - indent.length));
    if (lines.length === 1 && lines[0]!.length < WIDTH - 6) return `${indent}/* ${lines[0]} */\n`;
    return `${indent}/*\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width - 3) {
      lines.push(line);
      line = "  ";
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
