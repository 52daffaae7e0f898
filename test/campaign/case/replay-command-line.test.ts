import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { replayCommandLine } from "../../../host/campaign/case/replay-command-line.js";
import { ROOT } from "../../../scripts/repository.mjs";

const HOST = path.join(ROOT, "host");

describe("the command that shows a case again", () => {
  it("is the id alone where nothing else is needed", () => {
    const flags = { driver: undefined, lenient: false };
    expect(replayCommandLine("sg1:never:slc:0", flags)).toBe("npx syncgate replay sg1:never:slc:0");
  });

  it("names what else is needed, in order", () => {
    const flags = { dut: "./my.uf2", size: 1024, "cs-a": undefined, lenient: true };
    expect(replayCommandLine("fw1:x", flags)).toBe(
      "npx syncgate replay fw1:x --dut ./my.uf2 --size 1024 --lenient",
    );
  });

  it.each([
    "./a b/rig.wasm",
    `./check "{image}" '{marks}'`,
    "a\\b",
    "$HOME/`x`",
    "",
    "two\nlines",
    "{image}",
  ])("gives a shell %j as it is", (value) => {
    const line = replayCommandLine("sg1:x", { driver: value });
    const printed = line.replace(/^npx syncgate/, "printf %s\\\\0");
    const words = execFileSync("/bin/sh", ["-c", printed], { encoding: "utf8" }).split("\0");
    expect(words.slice(0, -1)).toEqual(["replay", "sg1:x", "--driver", value]);
  });

  it("is made in one place", () => {
    const sources = readdirSync(HOST, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const makers = sources.filter((name) =>
      /syncgate replay \$\{/.test(readFileSync(path.join(HOST, name), "utf8")),
    );
    expect(makers).toEqual([path.join("campaign", "case", "replay-command-line.ts")]);
  });
});
