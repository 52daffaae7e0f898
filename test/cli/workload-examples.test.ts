/** The examples of docs/workloads.md run, and end as they say. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FIO_ALIASES, FIO_KEYS, FIO_WITHOUT_EFFECT } from "../../host/clients/fio-keys.js";
import { FAMILY_TITLES } from "../../host/campaign/workload/workloads.js";
import { ROOT } from "../../scripts/repository.mjs";
import { run } from "./captured-terminal.js";

const TEXT = readFileSync(path.join(ROOT, "docs/workloads.md"), "utf8");
const FILE = /^```ini (\S+)\n(.*?)^```$/gms;
const COMMANDS = /^```sh\n(.*?)^```$/gms;
const COMMAND = /^npx syncgate (.*?) ?# exit code (\d+)(?:: (.*))?$/;

const folder = mkdtempSync(path.join(tmpdir(), "syncgate-docs-"));
const files = [...TEXT.matchAll(FILE)].map(([, name, content]) => {
  writeFileSync(path.join(folder, name!), content!);
  return name!;
});
const commands = [...TEXT.matchAll(COMMANDS)].flatMap(([, lines]) => lines!.trimEnd().split("\n"));

describe("docs/workloads.md", () => {
  it("has its examples", () => {
    expect(files).toEqual(["job.fio", "run.log", "sda.txt", "mine.blocks"]);
    expect(commands.length).toBeGreaterThanOrEqual(7);
  });

  it.each(commands)("%s", async (line) => {
    const [, text, code, said = ""] = COMMAND.exec(line)!;
    const args = files.reduce((all, name) => all.replace(`:${name}`, `:${path.join(folder, name)}`), text!);
    const { out, code: ended } = await run(args.split(" "));
    expect(ended).toBe(Number(code));
    expect(out).toContain(said);
  });

  it("names every family and every key of a job file", () => {
    for (const [form] of FAMILY_TITLES) expect(TEXT).toContain(`\`${form.split(/[[:]/)[0]}`);
    for (const key of [...Object.keys(FIO_KEYS), ...Object.keys(FIO_ALIASES), ...FIO_WITHOUT_EFFECT]) {
      expect(TEXT).toMatch(new RegExp(`\`${key}[\`=]`));
    }
  });
});

describe("a case of a workload", () => {
  it("is printed as it was found, and replays", async () => {
    const args = ["torture", "--policy", "immediate", "--workload", "mmap", "--profile", "mlc", "--no-cases"];
    const id = /^immediate, mmap: npx syncgate replay (sg1:\S+)$/m.exec((await run(args)).out)![1]!;
    const replayed = await run(["replay", id]);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain("The violation shows again: P1");
  });
});
