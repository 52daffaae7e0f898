import { describe, expect, it } from "vitest";
import { caseSize, isSmall } from "../../../host/campaign/case/case-size.js";
import { action } from "../../../host/campaign/world/action.js";
import { PLAIN_END, PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import {
  ACTION_READ,
  ACTION_STORE,
  CARD_NONE,
  END_RESET,
  END_STOP,
  type Boot,
} from "../../../host/campaign/world/scenario.js";

const STORE = action(0, ACTION_STORE, 0);
const READ = action(1, ACTION_READ, 0);

function sizeOf(boots: readonly Boot[], isCut = true, depth: 1 | 2 = 1) {
  const policy = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
  const scenario = { ...PLAIN_SETTINGS, policy, profiles: ["slc", "slc"] as const, boots };
  return caseSize({ scenario, step: 1, choices: isCut ? [[], []] : null }, depth);
}

describe("the size of a case", () => {
  it("is what is done, and how often the power is cut", () => {
    expect(sizeOf([{ actions: [STORE, READ], end: PLAIN_END }])).toEqual({ operations: 2, cuts: 1 });
    const first = { actions: [STORE], end: PLAIN_END };
    expect(sizeOf([first, { actions: [READ], end: PLAIN_END }])).toEqual({ operations: 2, cuts: 2 });
  });

  it("has no cut where the running system breaks the promise, and one more where a recovery is cut", () => {
    expect(sizeOf([{ actions: [STORE], end: PLAIN_END }], false)).toEqual({ operations: 1, cuts: 0 });
    expect(sizeOf([{ actions: [STORE], end: PLAIN_END }], true, 2)).toEqual({ operations: 1, cuts: 2 });
  });

  it("counts a reset as a cut, and a stop in good order as an operation", () => {
    const reset = { actions: [], end: { ...PLAIN_END, topology: END_RESET } };
    const stopped = { actions: [], end: { ...PLAIN_END, topology: END_STOP } };
    const last = { actions: [], end: PLAIN_END };
    expect(sizeOf([reset, last])).toEqual({ operations: 0, cuts: 2 });
    expect(sizeOf([stopped, last])).toEqual({ operations: 1, cuts: 1 });
  });

  it("counts cards that are changed between boots, and a person's choice", () => {
    const boot = { actions: [], slots: [0, CARD_NONE] as const, choose: 1, end: PLAIN_END };
    expect(sizeOf([boot])).toEqual({ operations: 2, cuts: 1 });
  });

  it("is small up to five operations and two cuts", () => {
    expect(isSmall({ operations: 5, cuts: 2 })).toBe(true);
    expect(isSmall({ operations: 6, cuts: 1 })).toBe(false);
    expect(isSmall({ operations: 1, cuts: 3 })).toBe(false);
  });
});
