// docs/report.schema.json: the schema of what `--report json` prints, made from host/cli/report/report-schema.ts.
//   node scripts/generate-report-schema.mjs           rewrites it (npm run spec)
//   node scripts/generate-report-schema.mjs --check   fails if it has drifted from the code (npm run spec:check)
// Needs what `npm run build` makes.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import prettier from "prettier";
import { ROOT } from "./repository.mjs";

const FILE = path.join(ROOT, "docs/report.schema.json");

/** @returns {Promise<string>} the file as the code wants it */
export async function wantedSchema() {
  const { reportJsonSchema } = await import(path.join(ROOT, "dist/host/cli/report/report-schema.js"));
  const options = await prettier.resolveConfig(FILE);
  return prettier.format(JSON.stringify(reportJsonSchema()), { ...options, parser: "json" });
}

if (process.argv[1] === import.meta.filename) {
  const wanted = await wantedSchema();
  if (!process.argv.includes("--check")) await writeFile(FILE, wanted);
  else if ((await readFile(FILE, "utf8").catch(() => "")) !== wanted) {
    console.error(
      "docs/report.schema.json is not what the code says: npm run spec, then look at the difference",
    );
    process.exitCode = 1;
  }
}
