import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../host/campaign/campaign-report.js";
import type { BrokenPromise } from "../../host/campaign/oracle/violation.js";
import { grouped, large, share, volume } from "../../host/cli/number-text.js";
import { mayColour } from "../../host/cli/terminal.js";
import { textTable } from "../../host/cli/text-table.js";
import { exitCodeAgainstTheory, exitCodeOf, gravest } from "../../host/cli/verdict.js";

describe("numbers", () => {
  it("are grouped, and never claim more than was done", () => {
    expect([grouped(0), grouped(999), grouped(12480), grouped(1234567)]).toEqual([
      "0",
      "999",
      "12 480",
      "1 234 567",
    ]);
    expect([large(9_999_999), large(3.1e9), large(1e40)]).toEqual(["9 999 999", "3.1e9", "1.0e40"]);
    expect([volume(0), volume(2), volume(3), volume(50_560)]).toEqual([
      "0 B",
      "1 KiB",
      "1.5 KiB",
      "24.7 MiB",
    ]);
    expect([share(0, 0), share(1, 1), share(12, 100)]).toEqual(["100 %", "100 %", "12 %"]);
    expect([share(99_999, 100_000), share(1, 1e9), share(0, 5)]).toEqual(["> 99.99 %", "< 0.01 %", "0 %"]);
  });
});

describe("tables", () => {
  it("are aligned by what is seen, colours not counted", () => {
    const columns = [{ title: "A" }, { title: "COUNT", right: true }, { title: "B" }];
    const rows = [
      ["first", "1", "x"],
      ["2nd", "12 480", { text: "y", styled: "\u001b[1my\u001b[0m" }],
    ];
    expect(textTable(columns, rows)).toBe(
      "A       COUNT  B\nfirst       1  x\n2nd    12 480  \u001b[1my\u001b[0m\n",
    );
  });
});

describe("colours", () => {
  it("are for terminals that take them, and NO_COLOR turns them off", () => {
    expect(mayColour(true, {})).toBe(true);
    expect(mayColour(false, {})).toBe(false);
    expect(mayColour(true, { NO_COLOR: "1" })).toBe(false);
    expect(mayColour(true, { NO_COLOR: "" })).toBe(true);
    expect(mayColour(true, { TERM: "dumb" })).toBe(false);
  });
});

/** A report that is not vacuous, with these promises broken. */
function reportWith(broken: Partial<Record<BrokenPromise, number>>, writes = 1): CampaignReport {
  const report = new CampaignReport();
  Object.assign(report, { cuts: 1, writes, clears: 1, recoveredResyncs: 1, outcomesWithMarks: 1 });
  Object.assign(report.broken, broken);
  return report;
}

describe("exit codes", () => {
  it("say what a policy did, judged as it is", () => {
    expect(exitCodeOf(reportWith({}), true)).toBe(0);
    expect(exitCodeOf(reportWith({ P1: 1, P3: 1 }), true)).toBe(1);
    expect(exitCodeOf(reportWith({ P1: 1, trap: 1 }), true)).toBe(3);
    expect(exitCodeOf(reportWith({ P5: 2 }), true)).toBe(4);
    expect(exitCodeOf(reportWith({}, 0), true)).toBe(5);
  });

  it("say whether an unsafe policy was caught at what it is expected to break, and at nothing else", () => {
    expect(exitCodeAgainstTheory(reportWith({ P1: 1, P3: 1 }), true, false)).toBe(0);
    expect(exitCodeAgainstTheory(reportWith({}), true, false)).toBe(5);
    expect(exitCodeAgainstTheory(reportWith({ P1: 1 }), true, false)).toBe(5);
    expect(exitCodeAgainstTheory(reportWith({ P1: 1, P3: 1, P6: 1 }), true, false)).toBe(1);
    expect(exitCodeAgainstTheory(reportWith({ P1: 1, P3: 1 }), true, true)).toBe(1);
    expect(gravest([0, 5, 1, 0])).toBe(1);
    expect(gravest([0, 5])).toBe(5);
    expect(gravest([])).toBe(0);
  });
});
