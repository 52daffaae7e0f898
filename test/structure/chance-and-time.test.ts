import { describe, expect, it } from "vitest";
import { chanceAndTime } from "./chance-and-time.js";
import { parseSource, sourcesBelow } from "./source-files.js";

describe("chance and real time", () => {
  it("are used nowhere below the command line and the benchmark", () => {
    expect(chanceAndTime(sourcesBelow("host", "assembly"))).toEqual([]);
  });

  it.each([
    "Math.random()",
    "Date.now()",
    "performance.now()",
    "process.hrtime()",
    "new Date()",
    "randomBytes(4)",
    "crypto.getRandomValues(a)",
  ])("%s is found", (call) => {
    const at = (file: string) => chanceAndTime([parseSource(file, `\nconst x = ${call};`)]);
    expect(at("host/campaign/x.ts")).toEqual([expect.stringContaining("host/campaign/x.ts:2: ")]);
    expect(at("host/cli/x.ts")).toEqual([]);
  });

  it("may be spoken of, and a date may be made from a number", () => {
    expect(
      chanceAndTime([parseSource("host/x.ts", "// never Math.random()\nconst d = new Date(0);")]),
    ).toEqual([]);
  });
});
