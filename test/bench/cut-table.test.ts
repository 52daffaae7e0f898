import { describe, expect, it } from "vitest";
import {
  classSubject,
  cutTable,
  profileSubject,
  type CutRow,
  type CutSubject,
} from "../../host/bench/cut-table.js";
import { cutsExitCode } from "../../host/cli/bench-cuts-command.js";
import { FAULT_PROFILES, PROFILES } from "../../host/sdcard-emulator/characteristics.js";
import { cardProfileNames, loadCardProfile } from "../../host/sdcard-emulator/profile/load-profile.js";
import { run } from "../cli/captured-terminal.js";

const ROWS = cutTable([...Object.values(PROFILES), ...Object.values(FAULT_PROFILES)].map(classSubject));
const PROFILE_ROWS = cutTable(cardProfileNames().map((name) => profileSubject(loadCardProfile(name))));

/** What each class may leave, by the fault model's table; m: both mixes, a: new first, u: unreadable, n: neighbour, l: after a flush. */
const ATOMIC = { CMD24: "", CMD25: "", CMD38: "", flush: "durable" };
const TEARS = { CMD24: "m u", CMD25: "m u", CMD38: "m u", flush: "durable" };
const CACHED = { CMD24: "a u", CMD25: "a u", CMD38: "", flush: "" };
const COLLATERAL = { CMD24: "m u n", CMD25: "m u n", CMD38: "m u n", flush: "durable" };
const EXPECTED: Record<string, Record<CutRow["operation"], string>> = {
  slc: ATOMIC,
  mlc: TEARS,
  "tlc-cached": CACHED,
  "ordered-cache": CACHED,
  "slow-settle": CACHED,
  collateral: COLLATERAL,
  "open-block": COLLATERAL,
  "lying-flush": { ...CACHED, flush: "l" },
  "endless-flush": { ...CACHED, flush: "l" },
  rollback: { ...TEARS, flush: "l" },
  misdirect: TEARS,
};

/** The same for the profiles: a cached card with collateral damage has it at a flush too. */
const CACHED_ROW = { CMD24: "a u n", CMD25: "a u n", CMD38: "n", flush: "n" };
const EXPECTED_PROFILES: Record<string, Record<CutRow["operation"], string>> = {
  "industrial-slc": ATOMIC,
  "consumer-mlc": COLLATERAL,
  "consumer-tlc": CACHED_ROW,
  "a1-cached": CACHED,
  "lying-flush": { ...CACHED_ROW, flush: "n l" },
  "late-settle": CACHED_ROW,
};

function met({ states }: CutRow): string[] {
  return Object.entries(states).flatMap(([state, cuts]) => (cuts > 0 ? [state] : []));
}

function statesOf(code: string): string[] {
  if (code === "durable") return ["new"];
  const letters = code.split(" ");
  return [
    "old",
    "new",
    ...(letters.includes("m") || letters.includes("a") ? ["new, old"] : []),
    ...(letters.includes("m") ? ["old, new"] : []),
    ...(letters.includes("u") ? ["unreadable"] : []),
    ...(letters.includes("n") ? ["neighbour unreadable"] : []),
    ...(letters.includes("l") ? ["old after flush"] : []),
  ];
}

describe("cuts at every byte", () => {
  it("are made on every profile", () => {
    expect(new Set(ROWS.map(({ card }) => card))).toEqual(new Set(Object.keys(EXPECTED)));
    expect(ROWS).toHaveLength(4 * Object.keys(EXPECTED).length);
  });

  it.each(ROWS)(
    "of $operation on $card leave what the class may leave, all of it and nothing else",
    (row) => {
      expect(met(row)).toEqual(statesOf(EXPECTED[row.card]![row.operation]));
      expect(row.forbidden).toEqual([]);
      expect(row.missing).toEqual([]);
    },
  );

  it("come before every byte: a block is 512, three are three times as many", () => {
    for (const { operation, cuts } of ROWS) {
      const least = { CMD24: 520, CMD25: 3 * 515, CMD38: 20, flush: 520 }[operation];
      expect(cuts).toBeGreaterThan(least);
    }
  });

  it("of a flush keep everything at the end, on cards that are honest", () => {
    const row = ROWS.find(({ card, operation }) => card === "tlc-cached" && operation === "flush")!;
    expect(row.states.old).toBeLessThan(row.cuts);
    for (const card of ["lying-flush", "endless-flush"]) {
      const dishonest = ROWS.find((one) => one.card === card && one.operation === "flush")!;
      expect(dishonest.states.old).toBe(dishonest.cuts);
    }
  });

  it("judge a class by what it says of itself", () => {
    const rows = cutTable([classSubject({ ...PROFILES.slc, collateral: true })]);
    expect(rows[0]!.states["neighbour unreadable"]).toBeGreaterThan(0);
    expect(rows[0]!.forbidden).toEqual([]);
  });
});

describe("cuts at every byte, on the profiles", () => {
  it("are made on every one", () => {
    expect(new Set(PROFILE_ROWS.map(({ card }) => card))).toEqual(new Set(Object.keys(EXPECTED_PROFILES)));
  });

  it.each(PROFILE_ROWS)(
    "of $operation on $card leave what the profile allows, all of it and nothing else",
    (row) => {
      expect(met(row)).toEqual(statesOf(EXPECTED_PROFILES[row.card]![row.operation]));
      expect(row.forbidden).toEqual([]);
      expect(row.missing).toEqual([]);
    },
  );
});

const subject = (name: string): CutSubject => profileSubject(loadCardProfile(name));

describe("a card that is not what its profile states", () => {
  it("is caught when it tears where it must not", () => {
    const slc = subject("industrial-slc");
    const rows = cutTable([{ ...slc, built: { ...slc.stated, atomicSector: false } }]);
    expect(rows[0]!.forbidden).toEqual(["new, old", "old, new", "unreadable"]);
    expect(cutsExitCode(rows)).toBe(1);
  });

  it("is caught when it destroys a neighbour or loses its cache where it must not", () => {
    const tlc = subject("consumer-tlc");
    const mild = { ...tlc, stated: { ...tlc.stated, collateral: false }, built: tlc.stated };
    expect(cutTable([mild])[1]!.forbidden).toEqual(["neighbour unreadable"]);
    const mlc = subject("consumer-mlc");
    const rows = cutTable([{ ...mlc, built: { ...mlc.stated, cache: "unordered" } }]);
    expect(rows.find(({ operation }) => operation === "flush")!.forbidden).toContain("old");
  });

  it.each(["lying-flush", "endless-flush"] as const)("is caught when its flush keeps nothing: %s", (name) => {
    const built = classSubject(FAULT_PROFILES[name]).stated;
    const rows = cutTable([{ ...classSubject(PROFILES["tlc-cached"]), built }]);
    expect(rows.find(({ operation }) => operation === "flush")!.forbidden).toEqual(["old after flush"]);
  });

  it("is caught when it settles later than it says", () => {
    const rows = cutTable([{ ...subject("consumer-tlc"), built: subject("late-settle").stated }]);
    expect(rows.find(({ operation }) => operation === "flush")!.forbidden).toEqual(["old after flush"]);
  });

  it("is caught when it never does what it may", () => {
    const mlc = subject("consumer-mlc");
    const rows = cutTable([{ ...mlc, built: { ...mlc.stated, atomicSector: true } }]);
    expect(rows[0]!.missing).toEqual(["new, old", "unreadable", "old, new"]);
    expect(cutsExitCode(rows)).toBe(5);
  });
});

describe("bench cuts", () => {
  it("prints a line a card and operation, and the verdict", async () => {
    const { code, out } = await run(["bench", "cuts"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^mlc +CMD25 +1 572 .*as allowed$/m);
    expect(out).toContain("all that is allowed, and nothing else");
  });

  it("prints JSON", async () => {
    const { out } = await run(["bench", "cuts", "--json"]);
    const { rows, profileRows } = JSON.parse(out) as Record<string, CutRow[]>;
    expect(rows).toEqual(ROWS);
    expect(profileRows).toEqual(PROFILE_ROWS);
  });
});
