import { describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_HELD, EXIT_USAGE, EXIT_VACUOUS } from "../../host/cli/exit-codes.js";
import { driverPath } from "../../host/mirror/driver-binary.js";
import { run } from "./captured-terminal.js";

interface DishonestJson {
  exitCode: number;
  rows: {
    profiles: [string, string];
    honest: boolean;
    worlds: number;
    lies: number;
    broken: Record<string, number>;
    case: string | null;
  }[];
}

describe("torture of dishonest cards", () => {
  it("counts what one class breaks, names cases that replay, and exits with 0", async () => {
    // By its path: the commands that replay have to name a driver that was named.
    const driver = driverPath("rig");
    const args = ["torture", "--dishonest", "--profile", "rollback", "--scale", "0.05", "--driver", driver];
    const { code, out } = await run(args);
    expect(code).toBe(EXIT_HELD);
    expect(out).toMatch(/^CLASS +OTHER CARD +WORLDS +CUTS +OUTCOMES +LIES +WORLDS BROKEN +BROKEN\n/);
    expect(out).toMatch(/^mlc +the same +2 .* 0 +0 +-$/m);
    expect(out).toMatch(/^rollback +the same +2 .* P1 \d+ P3 \d+$/m);
    expect(out).toMatch(/^rollback +mlc +2 .* P\d \d+/m);
    expect(out).toContain("No driver can win on a card that lies");
    const ids = [...out.matchAll(/^ {2}npx syncgate replay (sg1:\S+) --driver (\S+)$/gm)].map(
      ([, id, named]) => {
        expect(named).toBe(driver);
        return id!;
      },
    );
    expect(ids).toHaveLength(2);
    for (const id of ids) expect((await run(["replay", id])).code).toBe(EXIT_BROKEN);
  });

  it("tells the same in JSON, of every class", async () => {
    const { code, out } = await run(["torture", "--dishonest", "--scale", "0.05", "--no-cases", "--json"]);
    const { exitCode, rows } = JSON.parse(out) as DishonestJson;
    expect(exitCode).toBe(code);
    expect(rows.map(({ profiles }) => profiles.join())).toEqual([
      "tlc-cached,tlc-cached",
      "mlc,mlc",
      "lying-flush,lying-flush",
      "lying-flush,tlc-cached",
      "endless-flush,endless-flush",
      "endless-flush,tlc-cached",
      "rollback,rollback",
      "rollback,mlc",
      "misdirect,misdirect",
      "misdirect,mlc",
    ]);
    for (const { honest, lies, broken } of rows) {
      expect(lies > 0).toBe(!honest);
      if (honest) expect(Object.values(broken).every((count) => count === 0)).toBe(true);
    }
    expect(rows.every((row) => row.worlds === 2 && row.case === null)).toBe(true);
    expect(code).toBe(EXIT_HELD);
  });

  it("exits with 5 where nothing lied", async () => {
    // So few writes that none of them was misdirected.
    const few = ["--scale", "0.05", "--seed", "2"];
    const { code, out } = await run(["torture", "--dishonest", "--profile", "misdirect", ...few]);
    expect(code).toBe(EXIT_VACUOUS);
    expect(out).toContain("misdirect, mlc proves nothing: no card lied");
  });

  it("is a campaign of its own, of the classes that lie", async () => {
    const refusals = await Promise.all([
      run(["torture", "--dishonest", "--members"]),
      run(["torture", "--dishonest", "--policy", "never"]),
      run(["torture", "--dishonest", "--profile", "mlc"]),
    ]);
    expect(refusals.map(({ code }) => code)).toEqual([EXIT_USAGE, EXIT_USAGE, EXIT_USAGE]);
    expect(refusals[2]!.err).toContain("choose one of lying-flush, endless-flush, rollback, misdirect");
  });
});
