import { describe, expect, it } from "vitest";
import { cutTable, type CutRow } from "../../host/bench/cut-table.js";
import { FAULT_PROFILES, PROFILES } from "../../host/sdcard-emulator/characteristics.js";
import { cardProfileNames, loadCardProfile } from "../../host/sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../../host/sdcard-emulator/profile/profiled-card.js";
import { run } from "../cli/captured-terminal.js";

const REAL = cardProfileNames().map((name) => characteristicsOf(loadCardProfile(name)));
const ROWS = cutTable([...Object.values(PROFILES), ...Object.values(FAULT_PROFILES), ...REAL]);

/** What each class may leave, by the fault model's table; m: both mixes, a: new first, u: unreadable, n: neighbour. */
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
  "lying-flush": CACHED,
  "endless-flush": CACHED,
  rollback: { ...TEARS, flush: "" },
  misdirect: TEARS,
};
/** The real cards, by what their files say of faults. */
const CACHED_COLLATERAL = { CMD24: "a u n", CMD25: "a u n", CMD38: "n", flush: "n" };
const EXPECTED_REAL: typeof EXPECTED = {
  "industrial-slc": ATOMIC,
  "consumer-mlc": COLLATERAL,
  "consumer-tlc": CACHED_COLLATERAL,
  "a1-cached": CACHED,
  "late-settle": CACHED_COLLATERAL,
  "lying-flush": CACHED_COLLATERAL,
};
const CLASSES = Object.keys(EXPECTED).length;
const expectedOf = ({ card, operation }: CutRow, index: number): string =>
  (index < 4 * CLASSES ? EXPECTED : EXPECTED_REAL)[card]![operation];

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
  ];
}

describe("cuts at every byte", () => {
  it("are made on every class of the fault model, and on every profile of a real card", () => {
    const cards = ROWS.filter(({ operation }) => operation === "CMD24").map(({ card }) => card);
    expect(cards.slice(0, CLASSES)).toEqual(Object.keys(EXPECTED));
    expect(new Set(cards.slice(CLASSES))).toEqual(new Set(Object.keys(EXPECTED_REAL)));
    expect(ROWS).toHaveLength(4 * cards.length);
  });

  it.each(ROWS.map((row, index) => ({ ...row, row, index })))(
    "of $operation on $card leave what the class may leave, all of it and nothing else",
    ({ row, index }) => {
      expect(met(row)).toEqual(statesOf(expectedOf(row, index)));
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
    const rows = cutTable([{ ...PROFILES.slc, collateral: true }]);
    expect(rows[0]!.states["neighbour unreadable"]).toBeGreaterThan(0);
    expect(rows[0]!.forbidden).toEqual([]);
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
    expect((JSON.parse(out) as { rows: CutRow[] }).rows).toEqual(ROWS);
  });
});
