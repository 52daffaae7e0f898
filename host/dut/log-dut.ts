import { readFileSync } from "node:fs";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { applyCheck, type Check } from "./check-command.js";
import { DutError, type DeviceUnderTest } from "./device-under-test.js";
import { LogFileError, readDmLog } from "./dm-log-writes.js";
import { readImageFile } from "./image-file.js";
import { DEADLINE_MS, recoveryBy } from "./card-process.js";
import type { WriteLog } from "./write-log.js";

/** A log that was recorded elsewhere, or before. */
export interface LogOptions {
  readonly log: WriteLog;
  readonly check: Check;
  readonly name?: string;
  /** A shell command that recovers from what a cut has left, on a card at {socket}: with it recoveries can be cut. */
  readonly recover?: string;
  /** What the first card holds at first: the path of an image. Default: it is blank. */
  readonly image?: string;
  /** Real time that each check may take. Default 10 s. */
  readonly deadlineMs?: number;
}

/** A recorded write log under test. */
export function logUnderTest(options: LogOptions): DeviceUnderTest {
  const { log, check, recover, name = "a write log", image, deadlineMs = DEADLINE_MS } = options;
  return {
    name,
    workload: null,
    base: ({ sectors }, contents) =>
      sectors.map((count, card) =>
        image === undefined || card > 0 ? new CardImage(count) : readImageFile(image, count, contents),
      ),
    record: async () => Promise.resolve(log),
    judge: async (state) => applyCheck(check, state, deadlineMs),
    ...(recover === undefined ? {} : { recover: recoveryBy(recover, deadlineMs) }),
  };
}

/**
 * Reads a log of dm-log-writes.
 * @param sectors of the device, if the log does not say
 * @throws LogFileError; DutError for a file that cannot be read
 */
export function readLogFile(file: string, sectors?: number): WriteLog {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new DutError(`${file} cannot be read (${(error as Error).message}): give the path of a log`);
  }
  return readDmLog(bytes, file, sectors);
}

export { LogFileError };
