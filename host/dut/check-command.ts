import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CrashState } from "./crash-state.js";
import { DutHang } from "./device-under-test.js";
import { writeImageFile } from "./image-file.js";
import { endText, filledIn, runCommand } from "./shell-command.js";

/** What the user's check is: a function, or a command. */
export type Check =
  /** Returns null or nothing when the state is well, else what is wrong; what it throws is wrong too. */
  | ((state: CrashState) => string | null | void | Promise<string | null | void>)
  /**
   * A shell command, exit code 0 when the state is well. {image} (and {image2} of a second card) is the path of the
   * card's image, a file of its own that the command may change; {marks} that of a file with a line for each thing
   * the firmware had said; {unreadable} that of a file with the number of each sector that reads as an error, where
   * the image holds bytes of 0xDB.
   */
  | string;

/** @returns null when the state is well, else what is wrong. @throws DutError for a command that cannot be started */
export async function applyCheck(
  check: Check,
  state: CrashState,
  deadlineMs: number,
): Promise<string | null> {
  if (typeof check === "string") return runCheck(check, state, deadlineMs);
  try {
    return (await check(state)) ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runCheck(
  command: string,
  { images, marks }: CrashState,
  deadlineMs: number,
): Promise<string | null> {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-"));
  try {
    const values: Record<string, string> = {};
    const unreadable: string[] = [];
    for (const [i, { image, contents }] of images.entries()) {
      const name = i === 0 ? "image" : `image${i + 1}`;
      values[name] = path.join(folder, name);
      const bad = writeImageFile(values[name], image, contents);
      unreadable.push(...bad.map((sector) => (images.length === 1 ? `${sector}` : `${sector} ${name}`)));
    }
    for (const [name, lines] of Object.entries({ marks, unreadable })) {
      values[name] = path.join(folder, name);
      writeFileSync(values[name], lines.map((line) => `${line}\n`).join(""));
    }
    const end = await runCommand(filledIn(command, values), deadlineMs);
    return end.code === 0 ? null : endText(end).replaceAll(folder, "");
  } catch (error) {
    // Recovery that does not end after a cut is what the check is there to find.
    if (error instanceof DutHang) return `the check did not end within ${deadlineMs / 1000} s`;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
