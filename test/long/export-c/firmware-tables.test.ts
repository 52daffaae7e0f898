import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { compilerVersion, firmwareTexts } from "../../../scripts/firmware-size.mjs";
import { ROOT } from "../../../scripts/repository.mjs";
import { describeWithPrograms } from "../../debian-packages.js";

describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "docs/firmware.md", () => {
  it("says what this compiler makes of the sources, if it is the one named there: npm run firmware-size", async () => {
    const measured = /^(arm-none-eabi-gcc .*), Cortex-M0\+/m.exec(
      readFileSync(path.join(ROOT, "docs/firmware.md"), "utf8"),
    );
    expect(measured).not.toBeNull();
    const { present, wanted } = await firmwareTexts();
    // Another version makes other code; its memory is the same.
    const compared = (text: string): string =>
      measured![1] === compilerVersion()
        ? text
        : text.slice(text.indexOf("<!-- generated: firmwareMemory -->"));
    expect(compared(present)).toBe(compared(wanted));
  });
});
