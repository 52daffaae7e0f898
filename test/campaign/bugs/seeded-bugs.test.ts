import { describe, expect, it } from "vitest";
import { BUG_NONE } from "../../../assembly/layout.js";
import { ownTrial, weakChecks } from "../../../host/campaign/bugs/alone-table.js";
import { BugHunt, huntSeeds } from "../../../host/campaign/bugs/bug-hunt.js";
import { runBugTrial } from "../../../host/campaign/bugs/bug-trial.js";
import { KNOWN_WORLDS } from "../../../host/campaign/bugs/known-worlds.js";
import { SEEDED_BUGS } from "../../../host/campaign/bugs/seeded-bugs.js";
import { decodeCase } from "../../../host/campaign/case/case-id.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import { Checks } from "../../../host/campaign/oracle/checks.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

/** One bug or more for each promise; the whole list is a long campaign. */
const QUICK = [
  "mark-after-data",
  "early-acknowledge",
  "answer-before-write-back",
  "source-changes",
  "mark-everything",
  "settle-ignored-for-marks",
  "record-from-live-bits",
  "hard-cap",
  "first-write-unzeroed",
  "slots-formatted-equal",
  "reinitialisation-unnoticed",
  "repair-without-mark",
  "rewrite-from-callers-buffer",
];
/** Of these the case is shrunk, too. */
const SHRUNK = [
  "mark-after-data",
  "resync-wrong-way",
  "first-write-unzeroed",
  "slots-formatted-equal",
  "no-write-at-recovery",
  "repair-without-mark",
  "solo-boot-unrecorded",
];
/** Worlds without the bug: more than any of these hunts needs with it. */
const WORLDS = 4;
const OPERATIONS_MAX = 5;
const CUTS_MAX = 2;

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const named = (names: readonly string[]) => SEEDED_BUGS.filter(({ name }) => names.includes(name));

describe("seeded bugs that die in a moment", () => {
  it.each(named(QUICK))("$name, by the check of $check alone", (entry) => {
    const { world, text, promise } = runBugTrial(ownTrial(entry, false), binary, arrays);
    expect(promise).toBe(entry.check);
    expect(world).not.toBeNull();
    expect(text).not.toBe("");
  });

  it.each(named(SHRUNK))("$name, whose case shrinks to one that can be followed", (entry) => {
    const { shrunk } = runBugTrial(ownTrial(entry, true), binary, arrays);
    expect(shrunk!.operations).toBeLessThanOrEqual(OPERATIONS_MAX);
    expect(shrunk!.cuts).toBeLessThanOrEqual(CUTS_MAX);
    const { ending, violation } = replayCase(binary, decodeCase(shrunk!.id), new Checks([entry.check]));
    expect(ending).toBe("broken");
    expect(violation!.promises).toEqual([entry.check]);
  });

  it.each(named(QUICK).filter(({ generate, settings }) => generate ?? settings))(
    "$name: the same worlds without it break nothing",
    (entry) => {
      const { violations } = new BugHunt(binary, arrays, entry).survey(BUG_NONE, WORLDS);
      expect(violations).toEqual([]);
    },
  );

  it("are on the list", () => {
    const names = SEEDED_BUGS.map(({ name }) => name);
    expect([...QUICK, ...SHRUNK].filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe("the worlds of a hunt", () => {
  it("begin with a known one, and leave none out", () => {
    expect(huntSeeds(3)).toEqual([1, 2, 3]);
    expect(huntSeeds(3, [2])).toEqual([2, 1, 3]);
    expect(huntSeeds(2, [undefined, 7, 7])).toEqual([7, 1, 2]);
    const { seeds } = ownTrial(
      SEEDED_BUGS.find(({ name }) => name === "copy-races-write")!,
      false,
    );
    expect(new Set(seeds).size).toBe(400);
    expect(seeds[0]).toBe(KNOWN_WORLDS["copy-races-write"]!.P1);
  });

  it("are recorded of every bug for the check that its entry names", () => {
    expect(Object.keys(KNOWN_WORLDS)).toEqual(SEEDED_BUGS.map(({ name }) => name));
    const missing = SEEDED_BUGS.filter(({ name, check }) => KNOWN_WORLDS[name]![check] === undefined);
    expect(missing).toEqual([]);
  });

  it("tell when a check catches too few", () => {
    const result = { text: null, worlds: 1, cuts: 0, pairs: 0, possible: 0, bounded: 0, distinct: 0 };
    const hunt = (bug: string, promise: "P1" | "P2", world: number | null) => {
      return { ...result, bug, promise, world, shrunk: null };
    };
    const results = [hunt("a", "P1", 1), hunt("b", "P1", 4), hunt("a", "P2", 1), hunt("b", "P2", null)];
    expect(weakChecks(results)).toEqual(["P2", "P3", "P4", "P5", "P6", "P7"]);
  });

  it("end where a check other than the one named notices nothing", () => {
    const trial = { bug: "mark-after-data", promise: "P6" as const, seeds: [1, 2], shrinks: true };
    expect(runBugTrial(trial, binary, arrays)).toMatchObject({ world: null, worlds: 2, shrunk: null });
    expect(() => runBugTrial({ ...trial, bug: "none" }, binary, arrays)).toThrow("no seeded bug none");
  });
});
