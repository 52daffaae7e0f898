import { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { DEADLINE_MS, needsSocket, recoveryBy, runOnCard } from "./card-process.js";
import { applyCheck, type Check } from "./check-command.js";
import type { CrashState } from "./crash-state.js";
import { DutError, type DeviceUnderTest } from "./device-under-test.js";
import { readImageFile } from "./image-file.js";
import { endText } from "./shell-command.js";

/** A process that is a NBD client of the emulated card. */
export interface ProcessOptions {
  /** A shell command; {socket} is the path of the card's unix socket, {ops} the size of the workload. */
  readonly run: string;
  readonly check: Check;
  /**
   * A shell command that recovers from what a cut has left, on a card at {socket} again: with it recoveries can be cut.
   * What it prints is said, too.
   */
  readonly recover?: string;
  /** Of the card, in sectors of 512 bytes. */
  readonly sectors: number;
  /** What the card holds at first: the path of an image. Default: it is blank. */
  readonly image?: string;
  /** What {ops} is; a failing case is then looked for with less. */
  readonly workload?: number;
  /** Real time that the process, and each check, may take. Default 10 s. */
  readonly deadlineMs?: number;
}

/**
 * A process under test. What it prints, a line each, is a mark of the log, in order with its writes: whatever it
 * printed (and flushed) before it sent a request stands before that request. It must end by itself with exit code 0.
 * Its timing is its own, so two runs may give two logs; from the log on everything is deterministic.
 */
export function processUnderTest(options: ProcessOptions): DeviceUnderTest {
  const { run, check, recover, sectors, image, workload = null, deadlineMs = DEADLINE_MS } = options;
  needsSocket(run);
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
      const recorded = await runOnCard(run, ops, base(setting.contents), setting, deadlineMs);
      if (recorded.end.code === 0) return recorded.log;
      const end = endText(recorded.end);
      throw new DutError(`"${run}" fails without any cut of the power (${end}): correct that first`);
    },
    judge: async (state: CrashState) => applyCheck(check, state, deadlineMs),
    ...(recover === undefined ? {} : { recover: recoveryBy(recover, deadlineMs) }),
  };
}
