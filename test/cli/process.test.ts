import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/repository.mjs";

const MAIN = path.join(ROOT, "dist/host/cli/main.js");

interface ProcessRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line as a process without a terminal; `interruptAfterMs` presses Ctrl-C. */
async function spawned(args: readonly string[], interruptAfterMs?: number): Promise<ProcessRun> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
    if (interruptAfterMs !== undefined) setTimeout(() => child.kill("SIGINT"), interruptAfterMs);
  });
}

describe("the process", () => {
  it("is built", () => {
    expect(existsSync(MAIN)).toBe(true);
  });

  it("prints results on stdout, without progress or colours when there is no terminal", async () => {
    const args = ["torture", "--policy", "never", "--workload", "mail", "--scale", "0.05"];
    const { code, out, err } = await spawned(args);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^never .* safe$/m);
    expect(out).not.toContain("\u001b");
  });

  it("ends with 2 and one sentence on stderr for wrong usage", async () => {
    const { code, out, err } = await spawned(["torture", "--policy", "hope"]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^error: there is no policy "hope": choose one of [^\n]*\n$/);
  });

  it("reports what it has after Ctrl-C, and ends with 130", async () => {
    const { code, out } = await spawned(["torture", "--workload", "mail", "--scale", "500"], 2500);
    expect(code).toBe(130);
    expect(out).toContain("Interrupted: ");
  });
});
