import { describe, expect, it } from "vitest";
import { replaceSeeded, seededBugs } from "../../module/seeded-calls.js";
import { builtModule, compileRelease, RELEASE } from "../../module/shipped.js";

describe("the switch of a seeded bug", () => {
  // A switch in code that no export reaches, or that the optimiser finds without effect, tests nothing.
  it.each(seededBugs())("%s changes the compiled driver", async (name) => {
    const withBug = await compileRelease((_, text) =>
      replaceSeeded(text, (bug) => (bug === name ? true : undefined)),
    );
    expect(Buffer.compare(withBug, builtModule(RELEASE))).not.toBe(0);
  });
});
