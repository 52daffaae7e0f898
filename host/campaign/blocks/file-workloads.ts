import { readFileSync } from "node:fs";
import type { BlockRequest } from "../../clients/block-request.js";
import { parseBlktrace } from "../../clients/blktrace.js";
import { parseIolog } from "../../clients/fio-iolog.js";
import { parseFioJobs } from "../../clients/fio-job.js";
import { fioRequests } from "../../clients/fio-requests.js";
import { parseTrace, TRACE_BLOCK_BYTES, TRACE_INTERVAL_US } from "../../clients/trace.js";
import { REQUEST_SECTORS_MAX, SECTOR_BYTES } from "../../../assembly/layout.js";
import { WorkloadError } from "../workload/workload-error.js";
import type { WorkloadFamily } from "../workload/workload-family.js";
import { blockGeometry } from "./block-geometry.js";
import { blockWorkload } from "./block-workload.js";

/** A page of 4 KiB, as hosts have it. */
const SECTORS_PER_PAGE = 8;
/** 64 MiB: a recovery of more takes too long to be cut a thousand times. */
const SECTORS_MAX = 131_072;
const REQUESTS_MAX = 20_000;
const BYTES_MAX = 64 * 2 ** 20;
/** As in the recorded traces: of 100 writes so many are followed by stores of a second thread. */
const MODIFIED_PERCENT = 30;

interface FileKind {
  readonly name: string;
  readonly title: string;
  requests(text: string, file: string): readonly BlockRequest[];
}

const FILE_KINDS: readonly FileKind[] = [
  {
    name: "fio",
    title: "a job file of fio: the documented keys, every other one is refused by name",
    requests: (text, file) => fioRequests(parseFioJobs(text, file)),
  },
  { name: "iolog", title: "a log that fio wrote with write_iolog, version 2 or 3", requests: parseIolog },
  {
    name: "blktrace",
    title: "a block trace: what blkparse prints of one device in its default format",
    requests: (text, file) => parseBlktrace(text, file, SECTORS_MAX),
  },
  {
    name: "trace",
    title: "a trace: the 4 KiB blocks that were written, one index a line",
    requests: (text, file) =>
      Array.from(parseTrace(text, file).blocks, (block, index): BlockRequest => {
        const sectors = TRACE_BLOCK_BYTES / SECTOR_BYTES;
        return { atUs: index * TRACE_INTERVAL_US, kind: "write", sector: block * sectors, sectors };
      }),
  },
];

/** `fio:FILE`, `iolog:FILE`, `blktrace:FILE` and `trace:FILE`. */
export const FILE_FAMILIES: readonly WorkloadFamily[] = FILE_KINDS.map((kind) => {
  const { name, title } = kind;
  return {
    name,
    form: `${name}:FILE`,
    title,
    make: (file) => {
      const requests = kind.requests(textOf(name, file), file);
      const sectors = checked(requests, file);
      return blockWorkload({
        name: `${name}:${file}`,
        title: `${title}: ${file}`,
        geometry: blockGeometry(sectors, SECTORS_PER_PAGE),
        modifiedPercent: MODIFIED_PERCENT,
        requests: () => requests,
      });
    },
  };
});

function textOf(name: string, file: string): string {
  if (file === "") throw new WorkloadError(`workload ${name} needs a file: write ${name}:FILE`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new WorkloadError(`workload ${name}: ${file} cannot be read (${code}): give a file that is there`);
  }
  if (bytes.length > BYTES_MAX) {
    throw new WorkloadError(
      `workload ${name}: ${file} has ${bytes.length} bytes: cut it to ${BYTES_MAX} at most`,
    );
  }
  return bytes.toString("utf8");
}

/** @returns sectors from the first one of the device on that the requests use */
function checked(requests: readonly BlockRequest[], file: string): number {
  if (requests.length > REQUESTS_MAX) {
    throw new WorkloadError(
      `${file} makes ${requests.length} requests: cut it to ${REQUESTS_MAX} (number_ios, io_size, or fewer lines)`,
    );
  }
  let end = 0;
  for (const { kind, sector, sectors } of requests) {
    end = Math.max(end, sector + sectors);
    if ((kind === "fua" || kind === "direct") && sectors > REQUEST_SECTORS_MAX) {
      throw new WorkloadError(
        `${file} has a ${kind} write of ${sectors * SECTOR_BYTES} bytes: make it ${REQUEST_SECTORS_MAX * SECTOR_BYTES} at most`,
      );
    }
  }
  if (end > SECTORS_MAX) {
    throw new WorkloadError(
      `${file} reaches ${end * SECTOR_BYTES} bytes into the device: keep it within ${SECTORS_MAX * SECTOR_BYTES}`,
    );
  }
  return end;
}
