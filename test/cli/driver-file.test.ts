/** Any module with the driver's ABI is tortured; what is none is refused in one sentence. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { EXIT_BROKEN, EXIT_DIVERGED, EXIT_HELD, EXIT_USAGE } from "../../host/cli/exit-codes.js";
import { layoutDigest } from "../../host/mirror/layout-digest.js";
import { driverPath } from "../../host/mirror/driver-binary.js";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
import { run } from "./captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "driver-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

/** Compiles the rig build from sources that were changed in one place. */
async function compileEdited(name: string, source: string, from: string, to: string): Promise<void> {
  let isEdited = false;
  const editSource = (at: string, text: string): string => {
    if (at !== source) return text;
    isEdited ||= text.includes(from);
    return text.replace(from, to);
  };
  const fast = ["--optimizeLevel", "1", "--shrinkLevel", "0"];
  const { ok, diagnostics, files } = await compileDriver("rig", { editSource, arguments: fast });
  expect([ok, isEdited], diagnostics).toEqual([true, true]);
  writeFileSync(file(name), [...files.values()].at(-1)!);
}

/** The module with a bit of its layout's digest changed: it answers the digest by `i32.const`, a signed LEB128. */
function withOtherLayout(module: Buffer): Buffer {
  const constant: number[] = [];
  for (let left = layoutDigest(layout) | 0; ; left >>= 7) {
    const isLast = (left >= 0 && left < 0x40) || (left < 0 && left >= -0x40);
    constant.push((left & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) break;
  }
  const at = module.indexOf(Buffer.from([0x41, ...constant]));
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(module);
  changed[at + 1]! ^= 1;
  return changed;
}

beforeAll(async () => {
  await compileEdited(
    "bug.wasm",
    "assembly/seeded-bug.ts",
    "option(OPTION_SEEDED_BUG) == bug",
    `bug == ${layout.BUG_MARK_AFTER_DATA}`,
  );
  const whole = readFileSync(driverPath("rig"));
  writeFileSync(file("layout.wasm"), withOtherLayout(whole));
  writeFileSync(file("truncated.wasm"), whole.subarray(0, whole.length / 2));
  // A module with nothing in it: the magic number and version 1 (WebAssembly Core Specification, 5.5.16).
  writeFileSync(file("empty.wasm"), Buffer.from("0061736d01000000", "hex"));
}, 120_000);

const TINY = ["--policy", "sync-gated", "--workload", "tiny", "--scale", "0.1", "--workers", "1"];

/** Whether a cell of the table is what every write does: DIRTY/WRITES_ENDED and MAYBE_DIRTY/TOUCH (SPEC.md, region states). */
function isOfWrites({ table, state, event }: { table: string; state: number; event: number }): boolean {
  const isEnd = state === layout.REGION_DIRTY && event === layout.EVENT_WRITES_ENDED;
  const isBegin = state === layout.REGION_MAYBE_DIRTY && event === layout.EVENT_TOUCH;
  return table === "region" && (isEnd || isBegin);
}

/** A report without the hits of those. */
function withoutWrites(report: string): unknown {
  const result = JSON.parse(report) as { transitions: { table: string; state: number; event: number }[] };
  return { ...result, transitions: result.transitions.filter((cell) => !isOfWrites(cell)) };
}

describe("another module with this ABI", () => {
  it("that has a mistake is caught, and its case replayed with it, and not with the package's own", async () => {
    const driver = ["--driver", file("bug.wasm")];
    const { code, out, err } = await run(["torture", ...driver, ...TINY]);
    expect([code, err]).toEqual([EXIT_BROKEN, ""]);
    const enumerated = await run(["torture", ...driver, ...TINY, "--workload", "short:1", "--no-cases"]);
    expect(enumerated.code).toBe(EXIT_BROKEN);
    const commands = enumerated.out.match(/syncgate replay .*/g) ?? [];
    expect(commands).not.toEqual([]);
    for (const command of commands) expect(command).toContain(` --driver ${file("bug.wasm")}`);
    const id = /sg1:[a-z0-9:.]+/.exec(enumerated.out + out)![0];
    const own = await run(["replay", id]);
    expect([own.code, own.out]).toEqual([EXIT_DIVERGED, expect.not.stringContaining("broken")]);
    const again = await run(["replay", id, ...driver]);
    expect(again.code).toBe(EXIT_BROKEN);
    expect(again.out).toContain(`syncgate replay ${id} --driver ${file("bug.wasm")}`);
  });

  it("gives the table of the package's own if it is the same, also on threads", async () => {
    const own = await run(["torture", ...TINY, "--json"]);
    const same = await run(["torture", "--driver", driverPath("rig"), ...TINY, "--json"]);
    expect([same.code, same.out]).toEqual([EXIT_HELD, own.out]);
  });

  it("that is a production build is tortured under the policies that it has", async () => {
    const driver = ["--driver", driverPath("production")];
    const { code, out } = await run(["torture", ...driver, ...TINY, "--json"]);
    const own = await run(["torture", ...TINY, "--json"]);
    expect([code, out]).toEqual([EXIT_HELD, own.out]);
    const members = [
      "torture",
      "--members",
      "--scale",
      "0.02",
      "--profile",
      "mlc",
      "--workers",
      "1",
      "--json",
    ];
    const production = await run([...members, ...driver]);
    // A production build does not note in its event ring what every write does to its region: that is counted 0 times.
    expect([production.err, withoutWrites(production.out)]).toEqual([
      "",
      withoutWrites((await run(members)).out),
    ]);
    for (const more of [[], ["--policy", "never,immediate"]]) {
      const refused = await run(["torture", ...driver, ...more]);
      expect([refused.code, refused.err]).toEqual([
        EXIT_USAGE,
        expect.stringMatching(
          /is a production build, which has not (all policies|immediate): add --policy with one of .*sync-gated/,
        ),
      ]);
    }
  });

  it.each([
    ["truncated.wasm", "is no WebAssembly module, or not the whole of one"],
    ["empty.wasm", "is no driver with this ABI: it does not export function "],
    ["layout.wasm", "was built with another layout (digest "],
    ["none.wasm", "cannot be read"],
  ])("%s is refused in one sentence", async (name, sentence) => {
    for (const args of [
      ["torture", ...TINY],
      ["replay", "sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b"],
    ]) {
      const { code, out, err } = await run([...args, "--driver", file(name)]);
      expect(err).toContain(sentence);
      expect(err.trimEnd().split("\n")).toHaveLength(1);
      expect([code, out]).toEqual([EXIT_USAGE, ""]);
    }
  });

  it("that is a production build replays no case of a policy that it has not", async () => {
    const id = "sg1:immediate:slc.mlc:t14pv:s0:ydw:s1xg:c1d:a1:b";
    const { code, err } = await run(["replay", id, "--driver", driverPath("production")]);
    expect([code, err]).toEqual([
      EXIT_USAGE,
      expect.stringContaining(
        "is a production build, which has not this case's policy immediate: give a rig",
      ),
    ]);
  });

  it("that speaks to cards by itself is refused by what it imports or lacks", async () => {
    const { code, err } = await run(["torture", ...TINY, "--driver", driverPath("spi")]);
    expect([code, err]).toEqual([EXIT_USAGE, expect.stringContaining("does not export function complete")]);
  });

  it("has no place beside --dut and --emit-test", async () => {
    const beside = await run(["torture", "--dut", "./x.mjs", "--driver", driverPath("rig")]);
    expect(beside.err).toContain("--driver is for the driver: leave it out beside --dut");
    const emitted = await run([
      "replay",
      "sg1:x",
      "--driver",
      driverPath("rig"),
      "--emit-test",
      file("x.test.ts"),
    ]);
    expect(emitted.err).toContain("leave out --driver or --emit-test");
  });
});
