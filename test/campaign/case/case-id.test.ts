import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaseIdError } from "../../../host/campaign/case/case-id-text.js";
import { decodeCase, encodeCase } from "../../../host/campaign/case/case-id.js";
import type { FailingCase } from "../../../host/campaign/case/failing-case.js";
import { PLAIN_END, PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import { POLICY_NAMES } from "../../../host/campaign/world/policy-choice.js";
import { DIRECT_SECTORS_MAX } from "../../../host/campaign/world/scenario-generator.js";
import {
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_FORGET,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  END_RESET,
  type Action,
  type Boot,
} from "../../../host/campaign/world/scenario.js";
import { SYNC_DIRTY_ONLY, SYNC_FAILS, SYNC_WITHOUT_FLUSH } from "../../../host/page-cache/whole-sync.js";
import { PROFILES } from "../../../host/sdcard-emulator/characteristics.js";

const NOTHING = { page: 0, sector: 0, piece: 0, amount: 0 };

function action(kind: number, atUs: number, fields: Partial<Action> = {}): Action {
  return { ...NOTHING, ...fields, kind, atUs };
}

/** One of the mail, as short as ids get. */
const SHORT: FailingCase = {
  scenario: {
    ...PLAIN_SETTINGS,
    policy: { name: "immediate", flush: false, cooldownMs: 5 },
    profiles: ["slc", "slc"],
    timing: 9,
    boots: [{ actions: [action(ACTION_STORE, 0), action(ACTION_STORE, 7000)], end: PLAIN_END }],
  },
  step: 49,
  choices: [[1], []],
};

/** Everything that an id can hold, and nothing at its plain value. */
const LONG: FailingCase = {
  scenario: {
    policy: { name: "cooldown", flush: true, cooldownMs: 40 },
    profiles: ["tlc-cached", "ordered-cache"],
    geometry: { cardSectors: 100, regionShift: 3, metadataStride: 2, sectorsPerPage: 4 },
    timing: 65535,
    bug: 7,
    epochMs: 3,
    tickUs: 2000,
    writeBackUs: 150_000,
    dirtyAgeUs: 1,
    syncKinds: [SYNC_FAILS, SYNC_DIRTY_ONLY],
    syncDelayUs: 12,
    boots: [
      {
        actions: [
          action(ACTION_STORE, 36, { page: 2, sector: 3, piece: 1, amount: 500 }),
          action(ACTION_FORGET, 37, { page: 1, amount: 1 }),
          action(ACTION_SYNC, 38, { amount: SYNC_WITHOUT_FLUSH }),
        ],
        end: { topology: END_RESET, atUs: 1296, pick: 35 },
      },
      { actions: [], end: { topology: END_POWER, atUs: 70, pick: 0 } },
      {
        actions: [
          action(ACTION_READ, 0, { page: 5 }),
          action(ACTION_DIRECT_STORE, 1, { sector: 2, piece: 1, amount: 1 }),
          action(ACTION_DIRECT, 2, { page: 7, amount: 4 }),
        ],
        end: { topology: END_POWER, atUs: 9999, pick: 1 },
      },
    ],
  },
  step: 1000,
  choices: [
    [0, 1, 40],
    [2, 0],
  ],
};

const FAULT_OF_THE_RUNNING_SYSTEM: FailingCase = {
  scenario: {
    ...PLAIN_SETTINGS,
    policy: { name: "sync-gated", flush: false, cooldownMs: 5 },
    profiles: ["slc", "slc"],
    bug: 30,
    boots: [{ actions: [], end: PLAIN_END }],
  },
  step: 10,
  choices: null,
};

/** Ids that are out in the world: they must go on meaning what they mean. Never regenerate them; add a version. */
const GOLDEN: readonly (readonly [string, FailingCase])[] = [
  ["sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b", SHORT],
  [
    "sg1:cooldown.f.h14:tlccached.orderedcache:t1ekf.b7.e3.k1jk.w37qo.d1.lc.n2s.r3.m2.p4.s23" +
      ":s10.2.1.dw.3:f11.1.1:y12.1:z100.z:p1y:r0.5:x1.2.1.1:d2.7.4:p7pr.1:crs:a.0.1.14:b20",
    LONG,
  ],
  ["sg1:syncgated:slc:bu:p:ca", FAULT_OF_THE_RUNNING_SYSTEM],
];

describe("a case id", () => {
  it.each(GOLDEN)("%s is golden", (id, failing) => {
    expect(encodeCase(failing)).toBe(id);
    expect(decodeCase(id)).toEqual(failing);
  });

  it("holds any case, in its alphabet, and gives it back", () => {
    fc.assert(
      fc.property(cases(), (failing) => {
        const id = encodeCase(failing);
        expect(id).toMatch(/^[a-z0-9:.]+$/);
        expect(decodeCase(id)).toEqual(failing);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["sg2:immediate:slc:0:s0:c1", 'version: expected sg1, found "sg2"'],
    ["sg1:immediate:slc:0:s0:c1:A1:b", 'character 26: expected one of a-z, 0-9, colon and dot, found "A"'],
    ["sg1:instant:slc:0:s0:c1", "policy: expected one of immediate, cooldown, locked, never, syncgated"],
    ["sg1:immediate.x:slc:0:s0:c1", 'policy: expected .f for a flush or .h<ms>, found "x"'],
    ["sg1:immediate:qlc:0:s0:c1", "profiles: expected one of slc, mlc, tlccached"],
    ["sg1:immediate:slc.mlc.slc:0:s0:c1", "profiles: expected one profile for each card"],
    ["sg1:immediate:slc:t1.t2:s0:c1", 'settings: expected each setting once, found "t2"'],
    ["sg1:immediate:slc:q1:s0:c1", "settings: expected 0, or numbers each after one letter of"],
    ["sg1:immediate:slc::s0:c1", "settings: expected 0, or numbers"],
    ["sg1:immediate:slc:t:s0:c1", 'timing: expected a number in base 36, found ""'],
    ["sg1:immediate:slc:t01:s0:c1", 'timing: expected a number in base 36, found "01"'],
    ["sg1:immediate:slc:k0:s0:c1", "tickUs is 0: expected a whole number from 1"],
    ["sg1:immediate:slc:bzz:s0:c1", "bug is 1295: expected a whole number from 0 to"],
    ["sg1:immediate:slc:0:s0", "cut: expected a section c<step> after the boots"],
    ["sg1:immediate:slc:0:c1", "number of boots is 0: expected a whole number from 1"],
    ["sg1:immediate:slc:0:s0:n1:c1", "boot 0, action 1: expected a section that begins with one of s, f, y"],
    ["sg1:immediate:slc:0:s0.8:c1", "boot 0, action 0: page is 8: expected a whole number from 0 to 7"],
    ["sg1:immediate:slc:0:s0.1.2:c1", "boot 0, action 0: piece is 2: expected a whole number from 0 to 1"],
    ["sg1:immediate:slc:0:s0.1.0.0.0.0:c1", "boot 0, action 0: expected at most 4 numbers"],
    ["sg1:immediate:slc:0:d0.7.2:c1", "boot 0, action 0: first sector is 7: expected a whole number from 0"],
    ["sg1:immediate:slc:0:p1.2.3:c1", "end of a boot: expected its time and its pick"],
    ["sg1:immediate:slc:0:s0:c", 'step: expected a number in base 36, found ""'],
    ["sg1:immediate:slc:0:s0:c1:b1", 'outcome of card A: expected a section a<choices>, found "b1"'],
    ["sg1:immediate:slc:0:s0:c1:a1", 'outcome of card B: expected a section b<choices>, found ""'],
    ["sg1:immediate:slc:0:s0:c1:a1:b:c2", 'end: expected nothing after the outcome of card B, found "c2"'],
    ["sg1:immediate:slc:n4:s0:c1", "a card of 4 sectors has no room for a region"],
    ["", 'version: expected sg1, found ""'],
  ])("%s is refused, and says why", (id, message) => {
    expect(() => decodeCase(id)).toThrow(CaseIdError);
    expect(() => decodeCase(id)).toThrow(message);
  });

  it("of any text whatever is refused in one sentence or means something", () => {
    const text = fc.stringMatching(
      /^sg1:immediate:slc:[0a-z.]{0,4}:[sfyrdxpz0-9.:]{0,20}:c[0-9]{0,3}(:a[0-3.]*:b[0-3.]*)?$/,
    );
    fc.assert(
      fc.property(text, (id) => {
        try {
          const failing = decodeCase(id);
          expect(decodeCase(encodeCase(failing))).toEqual(failing);
        } catch (error) {
          expect(error).toBeInstanceOf(CaseIdError);
          expect((error as Error).message).toMatch(/^case id, .*expected|^case id, a card/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is not made of cards that no name stands for", () => {
    const card = { characteristics: { ...PROFILES.mlc, settleUs: 7 } };
    const scenario = { ...SHORT.scenario, classes: [card, card] as const };
    expect(() => encodeCase({ ...SHORT, scenario })).toThrow("a case id names the classes of its cards");
  });

  it("is refused when it is endless, or asked for numbers that are none", () => {
    expect(() => decodeCase(`sg1:immediate:slc:0${":s0".repeat(1 << 15)}:c1`)).toThrow("too long");
    expect(() => encodeCase({ ...SHORT, step: -1 })).toThrow("a case id cannot hold step -1");
    expect(() => encodeCase({ ...SHORT, scenario: { ...SHORT.scenario, boots: [] } })).toThrow(
      "without a boot",
    );
  });
});

function cases(): fc.Arbitrary<FailingCase> {
  const choices = fc.array(fc.nat(50), { maxLength: 6 });
  return fc.record({
    scenario: fc.record({
      policy: fc.record({
        name: fc.constantFrom(...POLICY_NAMES),
        flush: fc.boolean(),
        cooldownMs: fc.oneof(fc.constant(5), fc.nat(100_000)),
      }),
      profiles: fc.tuple(profileName(), profileName()),
      geometry: fc.oneof(
        fc.constant(PLAIN_SETTINGS.geometry),
        fc.record({
          cardSectors: fc.integer({ min: 40, max: 1 << 20 }),
          regionShift: fc.integer({ min: 0, max: 3 }),
          metadataStride: fc.integer({ min: 1, max: 6 }),
          sectorsPerPage: fc.integer({ min: 1, max: 2 }),
        }),
      ),
      timing: fc.oneof(fc.constant(0), fc.nat(1 << 16)),
      bug: fc.nat(30),
      epochMs: fc.nat(20),
      tickUs: fc.integer({ min: 1, max: 8000 }),
      writeBackUs: fc.oneof(fc.constant(5000), fc.nat(200_000)),
      dirtyAgeUs: fc.nat(6000),
      syncKinds: fc.array(fc.nat(SYNC_DIRTY_ONLY), { minLength: 1, maxLength: 6 }),
      syncDelayUs: fc.nat(15_000),
      boots: fc.array(boot(), { minLength: 1, maxLength: 4 }),
    }),
    step: fc.nat(100_000),
    choices: fc.oneof(fc.constant(null), fc.tuple(choices, choices)),
  });
}

function profileName(): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.keys(PROFILES));
}

function boot(): fc.Arbitrary<Boot> {
  const end = fc.record({
    topology: fc.constantFrom(END_POWER, END_RESET),
    atUs: fc.nat(2_000_000),
    pick: fc.nat(1 << 30),
  });
  return fc.record({
    actions: fc.array(anyAction(), { maxLength: 5 }),
    end: fc.oneof(fc.constant(PLAIN_END), end),
  });
}

/** Within the smallest geometry, so that the case is one that can be run. */
function anyAction(): fc.Arbitrary<Action> {
  const kind = fc.constantFrom(
    ACTION_STORE,
    ACTION_FORGET,
    ACTION_SYNC,
    ACTION_READ,
    ACTION_DIRECT,
    ACTION_DIRECT_STORE,
  );
  const numbers = fc.tuple(kind, fc.nat(100_000), fc.nat(3), fc.nat(1), fc.nat(100_000));
  return numbers.map(([chosen, atUs, page, piece, any]) => {
    const sector = chosen === ACTION_DIRECT_STORE ? page : 0;
    if (chosen === ACTION_DIRECT) {
      return action(chosen, atUs, { page, sector, piece, amount: 1 + (any % DIRECT_SECTORS_MAX) });
    }
    const amount = chosen === ACTION_SYNC ? any % (SYNC_DIRTY_ONLY + 1) : any;
    return action(chosen, atUs, { page, sector, piece, amount });
  });
}
