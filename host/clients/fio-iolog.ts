import { SECTOR_BYTES } from "../../assembly/layout.js";
import { inOrder, type BlockRequest, type BlockRequestKind } from "./block-request.js";
import { FIO_INTERVAL_US } from "./fio-requests.js";
import { TraceError } from "./trace.js";

/** A pause in a log that is longer ends nothing sooner: by then every region is clean, us. */
const PAUSE_US_MAX = 200_000;
const FILE_ACTIONS: readonly string[] = ["add", "open", "close"];
const IO_KINDS: ReadonlyMap<string, BlockRequestKind> = new Map([
  ["read", "read"],
  ["write", "write"],
  ["trim", "trim"],
  ["sync", "sync"],
  ["datasync", "sync"],
]);
const WAIT = "wait";

/**
 * Reads a log that fio wrote with write_iolog, of version 2 or 3. Its files are one device here. Version 3 has the time
 * of each action, in us as fio 3.33 writes it; in version 2 requests come FIO_INTERVAL_US apart, and `wait` adds to that. Pauses are cut to 200 ms.
 * @param file its name, for messages
 * @throws TraceError that names file, line and remedy
 */
export function parseIolog(text: string, file: string): BlockRequest[] {
  const lines = text.split("\n");
  const version = /^fio version ([23]) iolog\s*$/.exec(lines[0] ?? "")?.[1];
  if (version === undefined) {
    throw new TraceError(
      `${file}, line 1: "${(lines[0] ?? "").slice(0, 40)}" begins no log: write "fio version 2 iolog" or 3 there`,
    );
  }
  const requests: BlockRequest[] = [];
  let atUs = 0;
  let lastUs: number | null = null;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const place = `${file}, line ${index + 1}`;
    const words = line.trim().split(/\s+/);
    if (version === "3") {
      const stampUs = numberOf(words.shift()!, place, "time");
      if (lastUs !== null && stampUs < lastUs) {
        throw new TraceError(`${place}: its time is before that of the line above: sort the log by time`);
      }
      atUs += Math.min(PAUSE_US_MAX, stampUs - (lastUs ?? stampUs));
      lastUs = stampUs;
    }
    const [, action = "", offset, length] = words;
    if (FILE_ACTIONS.includes(action)) continue;
    if (action === WAIT && version === "2") {
      atUs += Math.min(PAUSE_US_MAX, numberOf(offset ?? "", place, "pause"));
      continue;
    }
    const kind = IO_KINDS.get(action);
    if (kind === undefined) {
      const known = [...FILE_ACTIONS, ...IO_KINDS.keys(), ...(version === "2" ? [WAIT] : [])].join(", ");
      throw new TraceError(`${place}: there is no action "${action.slice(0, 40)}": write one of ${known}`);
    }
    requests.push(kind === "sync" ? { atUs, kind, sector: 0, sectors: 0 } : requestOf(kind, offset, length));
    if (version === "2") atUs += FIO_INTERVAL_US;

    function requestOf(ioKind: BlockRequestKind, from = "", size = ""): BlockRequest {
      const sector = sectorsOf(from, place, "offset");
      const sectors = sectorsOf(size, place, "length");
      if (sectors === 0) throw new TraceError(`${place}: its length is 0: remove the line`);
      return { atUs, kind: ioKind, sector, sectors };
    }
  }
  if (requests.length === 0) throw new TraceError(`${file} has no request: record one that reads or writes`);
  return inOrder(requests);
}

function numberOf(text: string, place: string, what: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TraceError(`${place}: its ${what} is "${text.slice(0, 40)}": write a whole number`);
}

function sectorsOf(text: string, place: string, what: string): number {
  const bytes = numberOf(text, place, what);
  if (bytes % SECTOR_BYTES === 0) return bytes / SECTOR_BYTES;
  throw new TraceError(
    `${place}: its ${what} of ${bytes} bytes is no multiple of ${SECTOR_BYTES}: record with such a bs`,
  );
}
