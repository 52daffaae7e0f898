import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "../package-file.js";

const describedFunction = z.object({
  name: z.string(),
  parameters: z.array(z.string()),
  comment: z.string(),
});
const describedModule = z.object({
  imports: z.array(describedFunction.extend({ module: z.string() })),
  exports: z.array(describedFunction),
});
const description = z.object({
  constants: z.array(
    z.object({
      name: z.string(),
      literal: z.string(),
      value: z.number(),
      meaning: z.string(),
      section: z.string(),
    }),
  ),
  modules: z.object({ production: describedModule, spi: describedModule }),
});

/** What the sources of the driver say of its functions and constants; made by the build. */
export type AbiDescription = z.infer<typeof description>;
/** One function between a module and its surroundings. */
export type DescribedFunction = z.infer<typeof describedFunction>;
/** A constant of assembly/layout.ts. */
export type DescribedConstant = AbiDescription["constants"][number];
/** A module that can be exported. */
export type ExportedBuild = keyof AbiDescription["modules"];

/** @throws PackageFileMissing when the package was not built */
export function readAbi(): AbiDescription {
  return description.parse(
    JSON.parse(readFileSync(packageFile("build/abi.json", 'run "npm run build"'), "utf8")),
  );
}
