import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeIfStale, stampOf } from "../../scripts/input-stamp.mjs";

let root = "";
const at = (...parts: string[]) => path.join(root, ...parts);
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "syncgate-stamp-"));
  mkdirSync(at("host/deep"), { recursive: true });
  writeFileSync(at("host/a.ts"), "a");
  writeFileSync(at("host/deep/b.ts"), "b");
  writeFileSync(at("config.json"), "{}");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const stamp = () => stampOf(root, ["host", "config.json"]);

describe("stampOf", () => {
  it("does not see a new time, only new contents", () => {
    const before = stamp();
    utimesSync(at("host/a.ts"), 1, 1);
    expect(stamp()).toBe(before);
    writeFileSync(at("host/a.ts"), "A");
    expect(stamp()).not.toBe(before);
  });

  it("sees a file that came, went, moved or traded contents, and a named file", () => {
    const before = stamp();
    writeFileSync(at("host/deep/c.ts"), "");
    const withThird = stamp();
    rmSync(at("host/deep/c.ts"));
    expect(stamp()).toBe(before);
    writeFileSync(at("host/a.ts"), "b");
    writeFileSync(at("host/deep/b.ts"), "a");
    const traded = stamp();
    writeFileSync(at("config.json"), "{ }");
    expect(new Set([before, withThird, traded, stamp()]).size).toBe(4);
  });
});

describe("makeIfStale", () => {
  it("makes once, again for a new stamp or a lost output, and keeps no stamp of a failure", async () => {
    let made = 0;
    const make = async () => {
      made++;
      writeFileSync(at("output"), "");
    };
    const run = (inputs: string) => makeIfStale(at(".stamp"), inputs, [at("output")], make);
    expect([await run("1"), await run("1"), await run("2")]).toEqual([true, false, true]);
    rmSync(at("output"));
    expect(await run("2")).toBe(true);
    expect(made).toBe(3);
    const failing = makeIfStale(at(".stamp"), "3", [], () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await run("3")).toBe(true);
  });
});
