import { beforeAll, describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "../../host/cli/exit-codes.js";
import { FINGERPRINT_ROWS, POLICY_ROWS } from "../../host/cli/policy-rows.js";
import { REPORT_SCHEMA } from "../../host/cli/report/report-schema.js";
import { driverPath } from "../../host/mirror/driver-binary.js";
import { run, type CliRun } from "./captured-terminal.js";

const SMALL = ["--workload", "mail,tiny", "--scale", "0.1"];

interface TortureJson {
  exitCode: number;
  policies: {
    policy: string;
    title: string;
    result: string;
    expected: string;
    case?: { id: string; story: string };
  }[];
  holes: { policy: string; result: string }[];
}

describe("torture of one policy", () => {
  it("exits with 1 for a policy that breaks a promise, and names a case that replays", async () => {
    const { code, out } = await run(["torture", "--policy", "immediate", ...SMALL]);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toMatch(/^POLICY +CUTS +OUTCOMES +PAIRS +BROKEN +RESYNC p99 +META\/1k +STALLS +RESULT\n/);
    expect(out).toMatch(/^immediate .* P1 \d+ P3 \d+ .* UNSAFE$/m);
    expect(out).toContain("8. A later read of the same sector returns ");
    const id = /^replay {2}npx syncgate replay (sg1:\S+)$/m.exec(out)![1]!;
    const replayed = await run(["replay", id]);
    expect(replayed.code).toBe(EXIT_BROKEN);
    expect(replayed.out).toContain("The violation shows again: P1 and P3 broken.");
  });

  it("exits with 0 for one that holds, and tells no story", async () => {
    const { code, out } = await run(["torture", "--policy", "sync-gated", ...SMALL]);
    expect(code).toBe(EXIT_HELD);
    expect(out).toMatch(/^sync-gated .* - .* safe$/m);
    expect(out).not.toContain("npx syncgate replay sg1");
  });

  it("opens the mail's holes where it is told to", async () => {
    const args = ["torture", "--policy", "sync-gated", "--workload", "mail", "--hole", "late-flag,forgotten"];
    const { code, out } = await run(args);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toMatch(/^sync-gated, late-flag and forgotten .* UNSAFE$/m);
  });

  it("looks at the promises that it is told to, and at no other", async () => {
    const args = ["torture", "--policy", "immediate", "--no-cases", ...SMALL];
    const p3 = await run([...args, "--promises", "P3"]);
    expect(p3.out).toMatch(/^immediate .* {2}P3 \d+ .* UNSAFE$/m);
    expect(p3.out).not.toMatch(/P1 \d/);
    const others = await run([...args, "--promises", "P2,P4,P6,P7"]);
    expect(others.code).toBe(EXIT_HELD);
    expect(others.out).toMatch(/^immediate .* - .* safe$/m);
    expect(others.out).toContain("Looked at: P2, P4, P6, P7 only. What is called safe may break another");
    const told = await run([
      "torture",
      "--policy",
      "immediate",
      "--workload",
      "tiny",
      "--promises",
      "P3",
      "--json",
    ]);
    const json = JSON.parse(told.out);
    expect(json.promises).toEqual(["P3"]);
    expect(json.policies[0].case.headline).toMatch(/^immediate P3: /);
    expect(REPORT_SCHEMA.parse(json)).toMatchObject({ promises: ["P3"] });
  });

  it("exits with 5 for a run that proves nothing", async () => {
    // One scenario a run: some are so short that no region becomes clean.
    for (let seed = 1; seed <= 60; seed++) {
      const size = ["--workload", "tiny", "--scale", "0.001", "--seed", String(seed)];
      const { code, out } = await run(["torture", "--policy", "sync-gated", ...size]);
      if (code === EXIT_HELD) continue;
      expect(code).toBe(EXIT_VACUOUS);
      expect(out).toMatch(/^sync-gated proves nothing: no /m);
      return;
    }
    expect.unreachable("none of 60 short runs proves nothing");
  });

  it("takes the profiles that it is given", async () => {
    const args = ["torture", "--policy", "locked", "--workload", "mail", "--scale", "0.2", "--profile"];
    expect((await run([...args, "slc"])).code).toBe(EXIT_HELD);
    expect((await run([...args, "slc,tlc-cached"])).code).toBe(EXIT_BROKEN);
  });
});

describe("torture of the scheme single", () => {
  const args = ["torture", "--policy", "sync-gated", "--scheme", "single", "--workload", "tiny", "--scale"];

  it("holds on cards that keep their records", async () => {
    const { code, out } = await run([...args, "0.1"]);
    expect(code).toBe(EXIT_HELD);
    expect(out).toMatch(/^sync-gated, single .* safe$/m);
  });

  it("is caught on cards that do not, and names a case that replays", async () => {
    // By its path: the command that replays has to name a driver that was named.
    const driver = driverPath("rig");
    const { code, out } = await run([...args, "0.03", "--profile", "open-block", "--driver", driver]);
    expect(code).toBe(EXIT_BROKEN);
    expect(out).toMatch(/^sync-gated, single .* P1 \d+ P3 \d+ .* UNSAFE$/m);
    const [, id, named] = /^replay {2}npx syncgate replay (sg1:\S+) --driver (\S+)$/m.exec(out)!;
    expect(named).toBe(driver);
    expect((await run(["replay", id!])).code).toBe(EXIT_BROKEN);
  });

  it("is judged in histories of members too", async () => {
    const members = ["torture", "--members", "--scheme", "single", "--profile", "slc", "--scale", "0.2"];
    const { code, out } = await run(members);
    expect(code).toBe(EXIT_HELD);
    expect(out).toContain("Left out: discards in histories in which a member may be rebuilt");
  });
});

/** What was printed, but for the one time in it. */
function withoutTime({ out }: CliRun): string {
  return out.replace(/\d+\.\d s\)/, "TIME)");
}

/** What was printed, but for the case of each policy. */
function withoutCases(text: string): string {
  const [before, after, ...more] = text.split(/^One case of each policy [^]*\n\n(?=Every policy did)/m);
  expect([before, after, more]).toEqual([expect.any(String), expect.any(String), []]);
  return before! + after!;
}

const ALL_ROWS = [...POLICY_ROWS, ...FINGERPRINT_ROWS];

describe("the whole comparison", () => {
  let text: CliRun;

  beforeAll(async () => {
    text = await run(["torture", ...SMALL]);
  }, 60_000);

  // That cases are the same too is in campaign/shards.test.ts: shrinking all of them again takes seconds.
  it("prints the same twice, but for cases and the time it took", async () => {
    const first = withoutCases(withoutTime(text));
    expect(withoutTime(await run(["torture", ...SMALL, "--no-cases"]))).toBe(first);
    expect(first).toContain("seed 1, scale 0.1, TIME)");
  });

  it("has every policy, both holes, both coverages, vacuity, and what is not covered", () => {
    for (const { title } of ALL_ROWS) expect(text.out).toContain(`\n${title} `);
    expect(text.out).toContain("The two holes that the mail leaves");
    expect(text.out).toMatch(/^sync-gated, flag set late, crc16 .* safe$/m);
    expect(text.out).toMatch(/^sync-gated, buffer forgotten, crc16 .* safe$/m);
    expect(text.out).toMatch(/^sync-gated, forgotten, colliding, crc16 .* UNSAFE$/m);
    expect(text.out).toMatch(/^sync-gated, forgotten, colliding, crc32c .* safe$/m);
    expect(text.out).toMatch(/^sync-gated, flag set late .* UNSAFE$/m);
    expect(text.out).toMatch(/^sync-gated, buffer forgotten .* UNSAFE$/m);
    expect(text.out).toMatch(/^tiny .* \d+ % of [\d ]+( \(bounded\))? +100 % of [\d ]+$/m);
    expect(text.out).toContain("Vacuity (");
    expect(text.out).toContain("Not covered: F3");
  });

  it("tells in JSON what the table tells", async () => {
    const json = await run(["torture", ...SMALL, "--json", "--no-cases"]);
    const result = JSON.parse(json.out) as TortureJson;
    expect(result.exitCode).toBe(json.code);
    expect(json.code).toBe(text.code);
    expect(result.policies.map(({ policy }) => policy)).toEqual(ALL_ROWS.map(({ name }) => name));
    expect(result.holes.map((hole) => hole.result)).toEqual([
      "UNSAFE",
      "UNSAFE",
      "safe",
      "safe",
      "UNSAFE",
      "safe",
    ]);
    for (const { expected, result: found, title } of result.policies) {
      if (expected === "safe") expect(found).toBe("safe");
      expect(text.out).toContain(`${title} `);
      expect(text.out).toMatch(new RegExp(`^${title.replaceAll("+", "\\+")} .* ${found}$`, "m"));
    }
  });

  it("tells cases of unsafe policies, in JSON too", async () => {
    const args = ["torture", "--policy", "immediate,never", "--workload", "mail", "--scale", "0.3", "--json"];
    const { policies } = JSON.parse((await run(args)).out) as TortureJson;
    expect(policies[0]!.case!.id).toMatch(/^sg1:immediate:/);
    expect(policies[0]!.case!.story).toContain("1. [");
    expect(policies[1]!.case).toBeUndefined();
  });

  it("has no colours unless the terminal takes them", async () => {
    expect(text.out).not.toContain("\u001b");
    const args = ["torture", "--policy", "never", "--workload", "mail", "--scale", "0.05"];
    expect((await run(args, { colour: true })).out).toContain("\u001b[32msafe\u001b[0m");
  });

  it("reports what it has when it is interrupted, with exit code 130", async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 0);
    const args = ["torture", "--workload", "mail", "--scale", "3"];
    const { code, out } = await run(args, { interrupted: interruption.signal });
    expect(code).toBe(EXIT_INTERRUPTED);
    expect(out).toContain("Interrupted: what had begun was finished, the rest is missing.");
    expect(out).not.toMatch(/^never/m);
  });
});
