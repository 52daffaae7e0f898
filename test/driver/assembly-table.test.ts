import { describe, expect, it } from "vitest";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";

const CLASSES = ["none", "normal", "alone", "rebuilding"];
const RELATIONS = ["unrelated", "same", "A follows B", "B follows A"];
const DECISIONS = [
  "pair",
  "A wins",
  "B wins",
  "A alone",
  "B alone",
  "A degraded",
  "B degraded",
  "split",
  "person",
  "half",
  "nothing",
];

/** Every cell, written a second time: what A says, what B says, then one decision for all relations or one each. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  "none none": ["nothing"],
  "none normal": ["B degraded"],
  "none alone": ["B alone"],
  "none rebuilding": ["half"],
  "normal none": ["A degraded"],
  "normal normal": ["person", "pair", "person", "person"],
  "normal alone": ["person", "person", "person", "B wins"],
  "normal rebuilding": ["person", "person", "A wins", "person"],
  "alone none": ["A alone"],
  "alone normal": ["person", "person", "A wins", "person"],
  "alone alone": ["split"],
  "alone rebuilding": ["A wins"],
  "rebuilding none": ["half"],
  "rebuilding normal": ["person", "person", "person", "B wins"],
  "rebuilding alone": ["B wins"],
  "rebuilding rebuilding": ["person"],
};

const MIRRORED: Readonly<Record<string, string>> = {
  "A wins": "B wins",
  "B wins": "A wins",
  "A alone": "B alone",
  "B alone": "A alone",
  "A degraded": "B degraded",
  "B degraded": "A degraded",
};

describe("the decision of an assembly", () => {
  const { assemblyDecision } = new DriverModule(readDriver("production")).exports;
  const cells = CLASSES.flatMap((a, x) => CLASSES.map((b, y) => [`${a} ${b}`, x, y] as const));

  it.each(cells)("%s, for every relation of the histories", (name, x, y) => {
    const expected = TABLE[name]!;
    RELATIONS.forEach((_, relation) => {
      expect(DECISIONS[assemblyDecision(x, y, relation)]).toBe(expected[relation] ?? expected[0]);
    });
  });

  it("does not depend on the slots", () => {
    const swapped = [0, 1, 3, 2];
    for (const [, x, y] of cells) {
      RELATIONS.forEach((_, relation) => {
        const here = DECISIONS[assemblyDecision(x, y, relation)]!;
        const there = DECISIONS[assemblyDecision(y, x, swapped[relation]!)]!;
        expect(there).toBe(MIRRORED[here] ?? here);
      });
    }
  });
});
