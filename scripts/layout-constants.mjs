// The constants of assembly/layout.ts and their digest, before anything is built: both sources are plain
// enough to be imported after their types are taken away.
import { readFile } from "node:fs/promises";
import ts from "typescript";

/**
 * @param {string} path of a TypeScript file without imports
 * @returns {Promise<Record<string, any>>} its exports
 */
async function importSource(path) {
  const { outputText } = ts.transpileModule(await readFile(path, "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputText).toString("base64")}`);
}

/**
 * The digest that the build puts into the module as LAYOUT_DIGEST.
 * @param {string} root the repository's folder
 * @returns {Promise<number>} u32
 */
export async function digestOfLayout(root) {
  const [{ layoutDigest }, constants] = await Promise.all([
    importSource(`${root}/host/mirror/layout-digest.ts`),
    importSource(`${root}/assembly/layout.ts`),
  ]);
  return layoutDigest(constants);
}
