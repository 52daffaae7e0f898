import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CardExport } from "../nbd/card-export.js";
import { NbdServer } from "../nbd/nbd-server.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { applyCheck, type Check } from "./check-command.js";
import type { CrashState } from "./crash-state.js";
import { DutError, type DeviceUnderTest, type RecordSetting } from "./device-under-test.js";
import { readImageFile } from "./image-file.js";
import { LogRecorder } from "./log-recorder.js";
import { endText, filledIn, runCommand } from "./shell-command.js";
import type { WriteLog } from "./write-log.js";

/** A process that is a NBD client of the emulated card. */
export interface ProcessOptions {
  /** A shell command; {socket} is the path of the card's unix socket, {ops} the size of the workload. */
  readonly run: string;
  readonly check: Check;
  /** Of the card, in sectors of 512 bytes. */
  readonly sectors: number;
  /** What the card holds at first: the path of an image. Default: it is blank. */
  readonly image?: string;
  /** What {ops} is; a failing case is then looked for with less. */
  readonly workload?: number;
  /** Real time that the process, and each check, may take. Default 10 s. */
  readonly deadlineMs?: number;
}

export const DEADLINE_MS = 10_000;

/**
 * A process under test. What it prints, a line each, is a mark of the log, in order with its writes: whatever it
 * printed (and flushed) before it sent a request stands before that request. It must end by itself with exit code 0.
 * Its timing is its own, so two runs may give two logs; from the log on everything is deterministic.
 */
export function processUnderTest(options: ProcessOptions): DeviceUnderTest {
  const { run, check, sectors, image, workload = null, deadlineMs = DEADLINE_MS } = options;
  if (!run.includes("{socket}"))
    throw new DutError(`the command "${run}" has no {socket}: say where it is to be given the card's socket`);
  if (workload !== null && !run.includes("{ops}"))
    throw new DutError(
      `the command "${run}" has no {ops}: say where it is to be given the size of its workload`,
    );
  const base = (contents: SectorContents): CardImage =>
    image === undefined ? new CardImage(sectors) : readImageFile(image, sectors, contents);
  return {
    name: run,
    workload,
    base: (_log, contents) => [base(contents)],
    record: async (setting) => {
      const ops = workload === null ? {} : { ops: String(setting.workload) };
      return recordProcess(run, ops, base(setting.contents), setting, deadlineMs);
    },
    judge: async (state: CrashState) => applyCheck(check, state, deadlineMs),
  };
}

async function recordProcess(
  run: string,
  ops: Readonly<Record<string, string>>,
  media: CardImage,
  { characteristics, seed, contents }: RecordSetting,
  deadlineMs: number,
): Promise<WriteLog> {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-"));
  const socket = path.join(folder, "card.sock");
  const recorder = new LogRecorder(media.sectors);
  const server = new NbdServer(new CardExport({ characteristics, seed, contents, media }, recorder));
  try {
    await server.listen({ unix: socket });
    const command = filledIn(run, { socket, ...ops });
    const end = await runCommand(command, deadlineMs, (line) => recorder.mark(line));
    if (server.failure !== null) throw server.failure;
    if (end.code !== 0)
      throw new DutError(`"${run}" fails without any cut of the power (${endText(end)}): correct that first`);
    return recorder.log();
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
