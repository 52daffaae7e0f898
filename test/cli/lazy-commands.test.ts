import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, Help } from "commander";
import { describe, expect, it } from "vitest";
import { BENCHMARKS } from "../../host/cli/bench-command.js";
import { COMMANDS } from "../../host/cli/commands.js";
import { FIRMWARE_COMMANDS } from "../../host/cli/firmware-command.js";
import type { Terminal } from "../../host/cli/terminal.js";
import { ROOT } from "../../scripts/repository.mjs";
import { run } from "./captured-terminal.js";

const TERMINAL: Terminal = {
  print: () => undefined,
  complain: () => undefined,
  progress: () => undefined,
  colour: false,
  interrupted: new AbortController().signal,
};

/** What is loaded with a module: the files of its imports and theirs, and packages by name. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(path.join(ROOT, file), "utf8");
  for (const [, imported] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";$/gm)) {
    if (!imported!.startsWith(".")) loaded.add(imported!);
    else loadedWith(path.posix.join(path.posix.dirname(file), imported!.replace(/js$/, "ts")), loaded);
  }
  return loaded;
}

describe("commands that are loaded when they are asked for", () => {
  it.each([...COMMANDS, ...BENCHMARKS, ...FIRMWARE_COMMANDS].map((lazy) => [lazy.term, lazy] as const))(
    "%s is listed as what it turns out to be",
    async (term, lazy) => {
      const command = new Command(term.split(" ", 1)[0]);
      (await lazy.load())(command, TERMINAL, () => undefined);
      expect(new Help().subcommandTerm(command)).toBe(term);
      expect(command.description()).toMatch(/^[A-Z].*\.$/s);
    },
  );

  it("start without what they run with", () => {
    const loaded = [...loadedWith("host/cli/main.ts")];
    expect(loaded).toContain("host/cli/commands.ts");
    // The command line itself, and three small files: the root of the errors, the version, where the package lies.
    const foreign = loaded.filter((file) => !/^(node:|commander$|host\/(cli\/)?[a-z-]+\.ts$)/.test(file));
    expect(foreign).toEqual([]);
    expect(loaded.length).toBeLessThan(20);
  });

  it.each([
    [
      ["help", "replay"],
      ["replay", "--help"],
    ],
    [
      ["bench", "help", "calls"],
      ["bench", "calls", "--help"],
    ],
    [["help"], ["--help"]],
  ])("%j is the whole help of %j", async (asked, same) => {
    const helped = await run(asked);
    expect(helped.out).toContain("Options:\n");
    expect(helped).toEqual(await run(same));
    expect(helped.code).toBe(0);
  });

  it("know the names that help may be asked for", async () => {
    const { code, err } = await run(["help", "wat"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: unknown command 'wat': choose one of demo, torture, .*\n$/);
  });
});

describe("the version", () => {
  it.each(["--version", "-V"])("%s is the package's", async (option) => {
    const manifest = readFileSync(path.join(ROOT, "package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await run([option])).toEqual({ code: 0, out: `${version}\n`, err: "", progress: [""] });
  });
});
