import { describe, expect, it } from "vitest";
import { wrongDirections } from "./import-directions.js";
import { parseSource, sourcesBelow } from "./source-files.js";

describe("import directions", () => {
  it("are kept by every source", () => {
    expect(wrongDirections(sourcesBelow("host", "assembly"))).toEqual([]);
  });

  it.each([
    [
      "host/campaign/model.ts",
      `import { x } from "../../assembly/driver/write.js";`,
      "assembly/driver/write.ts",
    ],
    ["host/page-cache/sync.ts", `export { y } from "../campaign/run.js";`, "host/campaign/run.ts"],
    [
      "host/sdcard-emulator/card.ts",
      `import type { P } from "../page-cache/page.js";`,
      "host/page-cache/page.ts",
    ],
    ["host/campaign/run.ts", `await import("../cli/output.js");`, "host/cli/output.ts"],
    ["host/mirror/load.ts", `new URL("../cli/worker.js", import.meta.url);`, "host/cli/worker.ts"],
    ["assembly/index.ts", `export { z } from "../host/index";`, "host/index.ts"],
  ])("%s may not say %s", (file, text, target) => {
    expect(wrongDirections([parseSource(file, text)])).toEqual([
      expect.stringContaining(`${file} imports ${target}: `),
    ]);
  });

  it("leave layout.ts to everyone, and an import in a comment is none", () => {
    const text = `import * as layout from "../../assembly/layout.js"; // import "../cli/main.js"`;
    expect(wrongDirections([parseSource("host/campaign/model.ts", text)])).toEqual([]);
  });
});
