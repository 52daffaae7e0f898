import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_USAGE } from "../../../host/cli/exit-codes.js";
import { githubReport } from "../../../host/cli/report/github-report.js";
import { junitReport } from "../../../host/cli/report/junit-report.js";
import { run } from "../captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-reports-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HELD = { group: "policies", name: "never", passed: true, message: "safe", failing: null };
const BROKEN = {
  group: "policies",
  name: 'a<b> & "c", 50 %:\u0001',
  passed: false,
  message: "UNSAFE\n100 %",
  failing: {
    id: "sg1:never:slc:0",
    story: "1. <x> & ]]>\nnext",
    replay: "npx syncgate replay sg1:never:slc:0",
  },
};

/** Whether tags are closed in order and nothing but the five entities is escaped: what XML 1.0 calls well-formed. */
function complaintOf(xml: string): string {
  const open: string[] = [];
  const text = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, "");
  for (const [token] of text.matchAll(/<[^>]*>|[^<]+/g)) {
    if (!token.startsWith("<")) {
      if (/&(?!(amp|lt|gt|quot|apos);)|>/.test(token)) return `text ${token}`;
      continue;
    }
    const parts = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)\s*(\/?)>$/.exec(token);
    if (parts === null) return `tag ${token}`;
    const [, closes, name, attributes, empty] = parts;
    if (/&(?!(amp|lt|gt|quot|apos);)/.test(attributes!)) return `attributes ${attributes}`;
    if (closes === "/") {
      if (open.pop() !== name) return `end of ${name}`;
    } else if (empty !== "/") open.push(name!);
  }
  return open.join();
}

describe("the JUnit report", () => {
  const xml = junitReport([HELD, BROKEN, { ...HELD, group: "holes" }]);

  it("is well-formed and escaped", () => {
    expect(complaintOf(xml)).toBe("");
    expect(xml).toContain('name="a&lt;b&gt; &amp; &quot;c&quot;, 50 %:\uFFFD"');
    expect(complaintOf(xml.replace("&lt;", "<"))).not.toBe("");
  });

  it("counts, and has id, story and replay command in a failure", () => {
    expect(xml).toContain('<testsuites name="syncgate" tests="3" failures="1">');
    expect(xml).toContain('<testsuite name="holes" tests="1" failures="0"');
    const [failure = ""] = /<failure [\s\S]*<\/failure>/.exec(xml) ?? [];
    expect(failure).toContain("1. &lt;x&gt; &amp; ]]&gt;\nnext");
    expect(failure).toContain("case    sg1:never:slc:0\nreplay  npx syncgate replay sg1:never:slc:0");
  });
});

describe("GitHub annotations", () => {
  it("are one line each, escaped as the runner unescapes them", () => {
    const lines = githubReport([HELD, BROKEN]).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(
      '::error title=syncgate policies%3A a<b> & "c"%2C 50 %25%3A\u0001::UNSAFE%0A100 %25%0A1. <x> & ]]>%0Anext' +
        "%0Acase    sg1:never:slc:0%0Areplay  npx syncgate replay sg1:never:slc:0",
    );
    expect(lines[1]).toBe("::notice title=syncgate::1 of 2 checks passed");
  });
});

describe("torture", () => {
  const args = ["torture", "--policy", "immediate,never", "--workload", "mail", "--scale", "0.1"];

  it("writes a report to a file beside the lines for a person", async () => {
    const file = path.join(folder, "torture.xml");
    const { code, out } = await run([...args, "--report", "junit", "--report-file", file]);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toMatch(/^immediate .* UNSAFE$/m);
    const xml = readFileSync(file, "utf8");
    expect(complaintOf(xml)).toBe("");
    const id = /^case {4}(sg1:\S+)$/m.exec(xml)![1]!;
    expect(xml).toContain(`npx syncgate replay ${id}\n</failure>`);
    expect((await run(["replay", id])).code).toBe(EXIT_BROKEN);
  });

  it("prints one error for each policy that failed", async () => {
    const { out } = await run([...args, "--report", "github"]);
    const errors = out.split("\n").filter((line) => line.startsWith("::error "));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^::error title=syncgate policies%3A immediate::UNSAFE, broken: P1 .*replay {2}npx/,
    );
  });

  it("refuses a reporter that there is not", async () => {
    const { code, err } = await run([...args, "--report", "html"]);
    expect(err).toContain('there is no reporter "html": choose one of line, json, junit, github');
    expect(code).toBe(EXIT_USAGE);
  });
});
