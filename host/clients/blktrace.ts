/**
 * Block traces as text: what blkparse prints of a trace of blktrace in its default format (blkparse(1), "Default format"):
 *
 *     8,0    3        1     0.000000000   697  Q  WS 223490 + 8 [kjournald]
 *
 * The header is "%D %2c %8s %5T.%9t %5p %2a %3d": device, CPU, sequence number, time, process, action, RWBS; behind it sector
 * and number of sectors of 512 bytes, and the process.
 */
import { REQUEST_SECTORS_MAX } from "../../assembly/layout.js";
import { inOrder, type BlockRequest } from "./block-request.js";
import { TraceError } from "./trace.js";

/** A pause that is longer ends nothing sooner: by then every region is clean, us. */
const PAUSE_US_MAX = 200_000;
const HEADER =
  /^\s*(\d+,\d+)\s+\d+\s+\d+\s+(\d{1,9})\.(\d{9})\s+\d+\s+([A-Za-z]{1,2})\s+([A-Z]+)(?:\s+(.*))?$/;
/** The statistics behind the events, which blkparse leaves out only with -q. */
const STATISTICS = /^(CPU\s*\d+ \(|Total \()/;
/** What stands for one request. A trace has several of them for each; see ACTIONS. */
type Action = "Q" | "D" | "C";
/**
 * Of these the first one that the trace has is read: queued by the layer above, issued to the driver, completed. Every other
 * action is a stage of the same requests (A, B, F, G, I, M, R, S, X), or none (P, T, U, UT, m).
 */
const ACTIONS: readonly Action[] = ["Q", "D", "C"];
/** "223490 + 8 [kjournald]"; with -t the elapsed time stands between; a completion ends with its error. */
const SECTORS = /^(\d{1,15}) \+ (\d{1,10})(?: \(\s*\d+\))? \[([^\]]*)\]/;
/** A flush has no sectors; a command of another kind has its bytes. */
const NO_SECTORS = /^(\d+ )?[[(]|^$/;

/** A traced request. */
interface Traced {
  readonly timeNs: number;
  readonly rwbs: string;
  readonly sector: number;
  /** 0 for a flush. */
  readonly sectors: number;
}

/**
 * Reads what blkparse printed, of one device. Times count from the first request, and pauses are cut to 200 ms.
 * @param file  its name, for messages
 * @param most  sectors of the array: a trace that reaches further has what it leaves untouched cut out, see `packed`
 * @throws TraceError that names file, line and remedy
 */
export function parseBlktrace(text: string, file: string, most: number): BlockRequest[] {
  const byAction = new Map<Action, Traced[]>(ACTIONS.map((action) => [action, []]));
  let device: string | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    if (STATISTICS.test(line)) break;
    const place = `${file}, line ${index + 1}`;
    const [, of, seconds, nanoseconds, action, rwbs, rest = ""] = HEADER.exec(line.trimEnd()) ?? [];
    if (of === undefined) {
      throw new TraceError(
        `${place}: "${line.trim().slice(0, 40)}" is no event of blkparse: print the trace in its default format`,
      );
    }
    const taken = byAction.get(action as Action);
    if (taken === undefined) continue;
    device ??= of;
    if (of !== device)
      throw new TraceError(
        `${place}: its device is ${of}, and the first one was ${device}: print one device's trace`,
      );
    const range = rangeOf(rest, place);
    // A completion with an error has changed nothing.
    if (range === null || (action === "C" && range.tail !== "0")) continue;
    if (range.sectors > most && !rwbs!.includes("D"))
      throw new TraceError(`${place}: ${range.sectors} sectors are more than an array's ${most}: cut it`);
    const timeNs = Number(seconds) * 1e9 + Number(nanoseconds);
    taken.push({ timeNs, rwbs: rwbs!, sector: range.sector, sectors: range.sectors });
  }
  const traced = ACTIONS.map((action) => byAction.get(action)!).find((some) => some.length > 0) ?? [];
  const requests = timed(traced.toSorted((one, other) => one.timeNs - other.timeNs)).flatMap(requestsOf);
  if (requests.length === 0)
    throw new TraceError(`${file} has no request: trace the actions queue, issue or complete (blktrace -a)`);
  return packed(inOrder(requests), file, most);
}

/** @returns null for a request of no sectors that is no flush either */
function rangeOf(rest: string, place: string): { sector: number; sectors: number; tail: string } | null {
  const [, sector, sectors, tail] = SECTORS.exec(rest) ?? [];
  if (sector !== undefined) return { sector: Number(sector), sectors: Number(sectors), tail: tail! };
  if (!NO_SECTORS.test(rest))
    throw new TraceError(
      `${place}: "${rest.slice(0, 40)}" is no sector + number of sectors: is the line whole?`,
    );
  return rest.startsWith("[") ? { sector: 0, sectors: 0, tail: "0" } : null;
}

function timed(traced: readonly Traced[]): (Traced & { readonly atUs: number })[] {
  let atUs = 0;
  let lastNs = traced[0]?.timeNs ?? 0;
  return traced.map((one) => {
    atUs += Math.min(PAUSE_US_MAX, Math.floor(one.timeNs / 1000) - Math.floor(lastNs / 1000));
    lastNs = one.timeNs;
    return { ...one, atUs };
  });
}

/**
 * RWBS as the kernel fills it (blk_fill_rwbs in kernel/trace/blktrace.c): F first for a flush before the request; then W, R,
 * D (discard) or N; then F for force unit access, and A, S, M, which are advice.
 */
function requestsOf({ atUs, rwbs, sector, sectors }: Traced & { readonly atUs: number }): BlockRequest[] {
  const [, before, operation, after] = /^(F?)([WRDN]?)(.*)$/.exec(rwbs)!;
  const flush: BlockRequest[] = before === "F" ? [{ atUs, kind: "sync", sector: 0, sectors: 0 }] : [];
  if (sectors === 0) return flush;
  if (operation === "R") return [...flush, { atUs, kind: "read", sector, sectors }];
  if (operation === "D") return [...flush, { atUs, kind: "trim", sector, sectors }];
  if (operation !== "W") return flush;
  if (!after!.includes("F")) return [...flush, { atUs, kind: "write", sector, sectors }];
  const pieces = Array.from(
    { length: Math.ceil(sectors / REQUEST_SECTORS_MAX) },
    (_, i) => i * REQUEST_SECTORS_MAX,
  );
  return [
    ...flush,
    ...pieces.map((from): BlockRequest => {
      return {
        atUs,
        kind: "fua",
        sector: sector + from,
        sectors: Math.min(REQUEST_SECTORS_MAX, sectors - from),
      };
    }),
  ];
}

/** 64 KiB: what lies together on the device within it, or in neighbours of it that are used, stays together. */
const CHUNK_SECTORS = 128;

/**
 * A disk is larger than an array that can be cut a thousand times. So of a trace that reaches beyond it the chunks that
 * are read or written are moved together, in their order; of discards what lies in such chunks is kept.
 */
function packed(requests: readonly BlockRequest[], file: string, most: number): BlockRequest[] {
  const end = requests.reduce((far, { sector, sectors }) => Math.max(far, sector + sectors), 0);
  if (end <= most) return [...requests];
  const used = new Set<number>();
  for (const { kind, sector, sectors } of requests) {
    if (kind === "trim" || sectors === 0) continue;
    for (let chunk = chunkOf(sector); chunk <= chunkOf(sector + sectors - 1); chunk++) used.add(chunk);
    if ((used.size - 1) * CHUNK_SECTORS >= most)
      throw new TraceError(
        `${file} reads and writes more chunks of 64 KiB than an array of ${most} sectors has: cut it`,
      );
  }
  if (used.size === 0)
    throw new TraceError(`${file} has discards only, beyond an array of ${most} sectors: trace writes too`);
  const places = new Map([...used].toSorted((a, b) => a - b).map((chunk, at) => [chunk, at]));
  const moved = (sector: number): number =>
    places.get(chunkOf(sector))! * CHUNK_SECTORS + (sector % CHUNK_SECTORS);
  return requests.flatMap((request) => {
    const { kind, sector, sectors } = request;
    if (sectors === 0) return [request];
    if (kind !== "trim") return [{ ...request, sector: moved(sector) }];
    const chunks = [...places.keys()].filter(
      (chunk) => chunk >= chunkOf(sector) && chunk <= chunkOf(sector + sectors - 1),
    );
    return chunks.map((chunk) => {
      const from = Math.max(sector, chunk * CHUNK_SECTORS);
      const to = Math.min(sector + sectors, (chunk + 1) * CHUNK_SECTORS);
      return { ...request, sector: moved(from), sectors: to - from };
    });
  });
}

function chunkOf(sector: number): number {
  return Math.floor(sector / CHUNK_SECTORS);
}
