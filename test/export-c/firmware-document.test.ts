/** The C in docs/ is compiled as it stands there. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportC } from "../../host/export-c/index.js";
import { ROOT } from "../../scripts/repository.mjs";
import { describeWithPrograms } from "../debian-packages.js";
import { STRICT } from "./compiled.js";

const text = readFileSync(path.join(ROOT, "docs/firmware.md"), "utf8");
const blocks = [...text.matchAll(/```c\n(\/\* (\w+\.c): [\s\S]*?)```/g)].map(([, code, file]) => ({
  code: code!,
  file: file!,
  spi: code!.includes("bus_send_block"),
}));

describe("docs/firmware.md", () => {
  it("shows both ways to use the driver, and no C that is not compiled here", () => {
    expect(blocks.map(({ file, spi }) => `${file} ${spi}`)).toEqual(["mirror.c false", "bus.c true"]);
    expect(text.match(/```c\n/g)).toHaveLength(blocks.length);
  });
});

describe.each(blocks)("$file", ({ code, file, spi }) => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "export-c-document-"));
    writeFileSync(path.join(folder, "syncgate.h"), exportC({ spi }).header);
    writeFileSync(path.join(folder, file), code);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const compile = (compiler: string, ...options: string[]): string =>
    spawnSync(compiler, [...STRICT, ...options, "-c", file], { cwd: folder, encoding: "utf8" }).stderr;

  describeWithPrograms({ gcc: "gcc" }, "for this machine", () => {
    it("is compiled without a warning", () => expect(compile("gcc", "-O1")).toBe(""));
  });

  describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "for a Cortex-M0+", () => {
    it("is compiled without a warning", () => {
      expect(compile("arm-none-eabi-gcc", "-mthumb", "-mcpu=cortex-m0plus", "-Os")).toBe("");
    });
  });
});
