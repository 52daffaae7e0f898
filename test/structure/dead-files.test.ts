import { describe, expect, it } from "vitest";
import { entryPoints, missing } from "./entry-points.js";
import { parseSource, sourcesBelow, type SourceFile } from "./source-files.js";

describe("dead files", () => {
  it("do not exist: every source of the host and the driver is reached from an entry point", () => {
    expect(unreached(sourcesBelow("host", "assembly"), entryPoints())).toEqual([]);
  });

  it("do not hide behind an entry point that is gone", () => {
    expect(missing(entryPoints())).toEqual([]);
  });

  it("are found, also when they only import each other", () => {
    const sources = [
      parseSource("host/index.ts", `export * from "./a.js";`),
      parseSource("host/a.ts", ""),
      parseSource("host/b.ts", `import "./c.js";`),
      parseSource("host/c.ts", `import "./b.js";`),
      parseSource("host/types.d.ts", ""),
    ];
    expect(unreached(sources, ["host/index.ts"])).toEqual(["host/b.ts", "host/c.ts"]);
  });
});

/** Sources that no entry point leads to. Ambient declarations are named by a tsconfig, not by an import. */
function unreached(sources: readonly SourceFile[], entries: readonly string[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...(byPath.get(file)?.imports ?? []));
  }
  return sources.map((source) => source.path).filter((file) => !reached.has(file) && !file.endsWith(".d.ts"));
}
