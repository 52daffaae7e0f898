import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/repository.mjs";

const QUIET = "apt-get -qq -o DPkg::Lock::Timeout=120";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "syncgate-install-"));
  // `env` and `sudo` run what follows them, as the real ones do.
  program("env", 'export "$1"; shift; exec "$@"');
  program("apt-get", `echo "apt-get $* ($DEBIAN_FRONTEND)" >>"${folder}/calls"`);
  program("id", "echo 0");
  installed("mtools");
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, body: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
}

function installed(...names: string[]): void {
  program("dpkg-query", `case " ${names.join(" ")} " in *" $3 "*) printf installed;; *) exit 1;; esac`);
}

/** Runs the script where there are no programs but those above. */
function run(...packages: string[]): { code: number | null; said: string; calls: string[] } {
  writeFileSync(path.join(folder, "calls"), "");
  const script = path.join(ROOT, "scripts/install-debian-packages.sh");
  const { status, stdout, stderr } = spawnSync("/bin/bash", [script, ...packages], {
    encoding: "utf8",
    env: { PATH: folder },
  });
  const calls = readFileSync(path.join(folder, "calls"), "utf8").split("\n").slice(0, -1);
  return { code: status, said: stdout + stderr, calls };
}

describe("the installer of Debian packages", () => {
  it("asks for nothing when all is there", () => {
    expect(run("mtools")).toEqual({ code: 0, said: "", calls: [] });
  });

  it("installs what is missing of its list, without recommended packages and without questions", () => {
    const { code, calls } = run();
    expect(code).toBe(0);
    expect(calls[0]).toBe(`${QUIET} update (noninteractive)`);
    expect(calls[1]).toMatch(`${QUIET} install --yes --no-install-recommends dosfstools`);
    expect(calls[1]).not.toContain("mtools");
    expect(calls).toHaveLength(2);
  });

  it("installs through sudo for anybody but root", () => {
    program("id", "echo 1000");
    program("sudo", `echo "sudo $1" >>"${folder}/calls"; exec "$@"`);
    expect(run("dosfstools").calls).toEqual([
      "sudo env",
      `${QUIET} update (noninteractive)`,
      "sudo env",
      `${QUIET} install --yes --no-install-recommends dosfstools (noninteractive)`,
    ]);
  });

  it("says in one sentence what to do without apt, and without sudo", () => {
    program("id", "echo 1000");
    expect(run("dosfstools")).toEqual({
      code: 1,
      said: "Only root installs packages, and sudo is missing: run this as root.\n",
      calls: [],
    });
    rmSync(path.join(folder, "apt-get"));
    expect(run("dosfstools", "mtools")).toEqual({
      code: 1,
      said: "apt-get is missing: install by other means what Debian has in dosfstools, or do without the tests that need it.\n",
      calls: [],
    });
  });

  it("fails when apt fails", () => {
    program("apt-get", "exit 100");
    expect(run("dosfstools").code).toBe(100);
  });
});
