/** Plays a recording into the exported C, compiled in a given way. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportC } from "../../host/export-c/export-c.js";
import { readModule } from "../../host/export-c/module.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import type { CallRecorder } from "./call-recorder.js";
import { replayProgram } from "./replay-program.js";

/** Regions of the largest array that a recording has. */
const REGIONS = 1920;

/**
 * @param name of the module that was recorded
 * @param ways options of the compiler, each a way
 * @returns what went wrong, a line for each way; empty when all answered as the module did
 */
export function replayed(
  name: "production" | "spi",
  recorder: CallRecorder,
  ways: readonly (readonly string[])[],
): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "export-c-replay-"));
  try {
    const { source, header } = exportC({ spi: name === "spi", regions: REGIONS });
    writeFileSync(path.join(folder, "syncgate.c"), source);
    writeFileSync(path.join(folder, "syncgate.h"), header);
    writeFileSync(path.join(folder, "replay.c"), replayProgram(readModule(readDriver(name)), recorder));
    const recording = recorder.recorded();
    const expected = Buffer.from(recorder.expected());
    return ways.flatMap((options) => {
      const failure = compiled(folder, options) ?? played(folder, recording, expected);
      return failure === null ? [] : [`${options.join(" ")}: ${failure}`];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compiled(folder: string, options: readonly string[]): string | null {
  const { status, stderr } = spawnSync(
    "gcc",
    ["-std=c99", "-Wall", "-Wextra", "-Werror", ...options, "replay.c", "syncgate.c", "-o", "replay"],
    { cwd: folder, encoding: "utf8" },
  );
  return status === 0 ? null : stderr;
}

function played(folder: string, recording: Uint8Array, expected: Buffer): string | null {
  const { status, stdout, stderr } = spawnSync(path.join(folder, "replay"), {
    input: recording,
    maxBuffer: 1 << 30,
  });
  if (status === 0 && stdout.equals(expected)) return null;
  let same = 0;
  while (same < stdout.length && stdout[same] === expected[same]) same++;
  return `exit code ${status} ${stderr.toString()}, equal up to byte ${same} of ${expected.length}`;
}
