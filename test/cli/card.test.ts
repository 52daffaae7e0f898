import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "./captured-terminal.js";

const folder = mkdtempSync(path.join(tmpdir(), "card-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

const create = (name: string, ...more: string[]): ReturnType<typeof run> =>
  run(["card", "create", file(name), "--profile", "consumer-tlc", "--size", "64MiB", ...more]);

describe("card", () => {
  it("creates a card, and shows what its flash knows", async () => {
    const { code, out } = await create("a.img", "--filled", "--used", "50");
    expect(code).toBe(0);
    expect(out).toMatch(/^Profile +consumer-tlc$/m);
    expect(out).toMatch(/^Capacity +131 072 sectors, 64\.0 MiB$/m);
    expect(out).toMatch(/^Wear +500 \/ 500 \/ 500 erases a block .* 1 000 are its endurance$/m);
    expect(out).toMatch(/^Mapping +4 096 of 4 096 pages; open units: none$/m);
    const shown = await run(["card", "show", file("a.img")]);
    expect(shown).toMatchObject({ code: 0, out, err: "" });
  });

  it("prints JSON", async () => {
    await create("j.img");
    const { out } = await run(["card", "show", file("j.img"), "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      profile: "consumer-tlc",
      sectors: 131_072,
      written: 0,
      wear: { least: 0, median: 0, most: 0 },
      openUnits: [],
      password: null,
    });
  });

  it("works with a profile of one's own, whose file has to be given again", async () => {
    const profile = JSON.parse((await run(["profile", "show", "consumer-mlc", "--json"])).out) as object;
    writeFileSync(file("mine.json"), JSON.stringify({ ...profile, name: "mine" }));
    const made = await run([
      "card",
      "create",
      file("m.img"),
      "--profile",
      file("mine.json"),
      "--size",
      "16MiB",
    ]);
    expect(made.code).toBe(0);
    const { code, err } = await run(["card", "show", file("m.img")]);
    expect(code).toBe(2);
    expect(err).toContain(
      'is of profile "mine", which is none of the package\'s: give its file by --profile',
    );
    expect((await run(["card", "show", file("m.img"), "--profile", file("mine.json")])).code).toBe(0);
    const other = await run(["card", "show", file("m.img"), "--profile", "consumer-tlc"]);
    expect(other.code).toBe(2);
    expect(other.err).toContain('is profile "consumer-tlc", and');
  });

  it("never writes over a file", async () => {
    writeFileSync(file("mine.img"), "precious");
    const { code, err } = await create("mine.img");
    expect(code).toBe(2);
    expect(err).toContain("mine.img is there already: choose another name, or remove it first");
    expect(readFileSync(file("mine.img"), "utf8")).toBe("precious");
    expect(existsSync(file("mine.img.card.json"))).toBe(false);
  });

  it.each([
    ["100", '--size is "100": give whole sectors'],
    ["512", '--size is "512": an SDHC or SDXC card has a multiple of 1024 sectors'],
    ["65GiB", "at most 64GiB"],
    ["much", '--size is "much"'],
  ])("refuses the size %s", async (size, message) => {
    const { code, err } = await run([
      "card",
      "create",
      file("x.img"),
      "--profile",
      "consumer-tlc",
      "--size",
      size,
    ]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(file("x.img"))).toBe(false);
  });

  it("refuses a card that was cut off", async () => {
    await create("cut.img");
    truncateSync(file("cut.img"), 2 ** 20);
    const { code, err } = await run(["card", "show", file("cut.img")]);
    expect(code).toBe(2);
    expect(err).toBe(
      `error: ${file("cut.img")} was cut short: it has 1048576 bytes, and its card 67108864; copy it again\n`,
    );
  });
});
