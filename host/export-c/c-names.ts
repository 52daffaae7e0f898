/** Prefix of every name that other sources see. */
const PREFIX = "syncgate_";
/** The same of macros. */
export const MACRO_PREFIX = "SYNCGATE_";

const KEYWORDS = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
  ).split(" "),
);

/** `requestSync` as C programmers write it: `request_sync`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}

/** What an exported function is called. */
export function exportName(name: string): string {
  return PREFIX + snakeCase(name);
}

/** The member of the callbacks that answers an import. */
export function callbackName(module: string, name: string): string {
  return snakeCase(`${module}_${name}`);
}

/** A parameter's name, which must be no word of C. */
export function parameterName(name: string): string {
  const snake = snakeCase(name);
  return KEYWORDS.has(snake) ? `${snake}_` : snake;
}

/** An internal function: its own name where the module tells one. */
export function internalName(index: number, told: string | undefined): string {
  if (told === undefined) return `fn${index}`;
  const plain = told.replaceAll(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return `${snakeCase(plain)}_${index}`;
}
