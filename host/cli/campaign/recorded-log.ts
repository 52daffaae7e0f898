import { gunzipSync, gzipSync } from "node:zlib";
import { readDmLog, writeDmLog } from "../../dut/dm-log-writes.js";
import type { WriteLog } from "../../dut/write-log.js";
import { UsageError } from "../usage-error.js";

/** A log as a text for a file of results. @throws LogFileError for a mark that is too long for the format */
export function logText(log: WriteLog): string {
  return gzipSync(writeDmLog(log)).toString("base64");
}

/** The reverse. @param file its name, for errors. @throws UsageError, LogFileError */
export function logOfText(text: string, file: string): WriteLog {
  let bytes: Uint8Array;
  try {
    bytes = gunzipSync(Buffer.from(text, "base64"));
  } catch {
    throw new UsageError(`${file} holds a log that cannot be read: is the file damaged?`);
  }
  return readDmLog(bytes, file);
}
