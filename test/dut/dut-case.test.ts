import { describe, expect, it } from "vitest";
import { decodeDutCase, encodeDutCase, isDutCaseId, type DutCase } from "../../host/dut/dut-case.js";

const CASE: DutCase = {
  digest: "0123456789ab",
  profile: "tlc-cached",
  seed: 77,
  kept: [0, 1, 4, 5, 6, 40],
  event: 40,
  phase: 3,
  choice: [1, 0, 2],
  recoveries: [],
};
/** Golden: ids of this version mean the same in every release. */
const ID = "wl1:0123456789ab:tlccached:t25:k0.2.2.3.x.1:c15.3:o102";
/** The same, with two cuts during recovery. */
const DEEP: DutCase = {
  ...CASE,
  recoveries: [
    { digest: "ba9876543210", event: 0, phase: 1, choice: [0, 37] },
    { digest: "aaaaaaaaaaaa", event: -1, phase: 0, choice: [] },
  ],
};
const DEEP_ID =
  "wl2:0123456789ab:tlccached:t25:k0.2.2.3.x.1:c15.3:o102:rba9876543210:c1.1:o.0.11:raaaaaaaaaaaa:c0.0:o";

describe("the id of a case", () => {
  it("is this one for ever", () => {
    expect(encodeDutCase(CASE)).toBe(ID);
    expect(decodeDutCase(ID)).toEqual({ ...CASE, profile: "tlccached" });
    expect(encodeDutCase(DEEP)).toBe(DEEP_ID);
    expect(decodeDutCase(DEEP_ID)).toEqual({ ...DEEP, profile: "tlccached" });
    expect(DEEP_ID).toMatch(/^[a-z0-9:.]+$/);
    expect([ID, DEEP_ID, "wl3:x", "sg1:x"].map(isDutCaseId)).toEqual([true, true, false, false]);
  });

  it.each([
    { ...CASE, kept: [], choice: [], event: -1, phase: 0 },
    { ...CASE, kept: [2], event: 2, choice: [40, 1] },
    { ...CASE, kept: [0, 2, 4], event: 9 },
  ])("can be read again", (failing) => {
    expect(decodeDutCase(encodeDutCase(failing))).toEqual({ ...failing, profile: "tlccached" });
  });

  it.each([
    ["sg1:immediate:slc", "version: expected wl1 or wl2"],
    [ID.replace("wl1", "wl3"), "version: expected wl1 or wl2"],
    [ID.replace("wl1", "wl2"), "sections: expected 7 and 3 for each cut more"],
    [DEEP_ID.replace("wl2", "wl1"), "sections: expected 7 of them"],
    [`${DEEP_ID}:x`, "sections: expected 7 and 3"],
    [DEEP_ID.replace(":rba", ":ba"), "recovery: expected a section r..."],
    [DEEP_ID.replace("rba9876543210", "rba"), "recovery: expected 12 characters"],
    [`${ID}:x`, "sections: expected 7"],
    [ID.replace("tlccached", "TLC"), "character 17: expected one of a-z"],
    [ID.replace("0123456789ab", "12"), "log: expected 12 characters"],
    [ID.replace(":t25", ":25"), "seed: expected a section t..."],
    [ID.replace("k0.2.2.3.x.1", "k0.2.2"), "events: expected pairs"],
    [ID.replace("k0.2.2.3.x.1", "k0.zzzzzz"), "events: expected events up to the cut"],
    [ID.replace("c15.3", "c15"), "cut: expected c<event>.<phase>"],
    [ID.replace("o102", "102"), "options: expected a section o..."],
  ])("%s is refused", (id, message) => {
    expect(() => decodeDutCase(id)).toThrow(message);
  });
});
