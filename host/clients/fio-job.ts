import { FIO_ALIASES, FIO_KEYS, FIO_PLAIN, FIO_RW, FIO_WITHOUT_EFFECT, type FioNumbers } from "./fio-keys.js";
import { TraceError } from "./trace.js";

/** One job of a job file. */
export interface FioJob extends FioNumbers {
  readonly name: string;
  readonly rw: (typeof FIO_RW)[number];
  /** Line of its section, for messages. */
  readonly line: number;
}

type Given = Partial<{ -readonly [key in keyof FioNumbers]: number }> & { rw?: FioJob["rw"] };

/**
 * Reads a job file of fio: the keys of fio-keys.ts, in [global] and job sections. Every other key is refused by its name.
 * @param file its name, for messages
 * @throws TraceError that names file, line and remedy
 */
export function parseFioJobs(text: string, file: string): FioJob[] {
  const jobs: FioJob[] = [];
  let global: Given = {};
  let section: { name: string; line: number; given: Given } | null = null;
  const close = (): void => {
    if (section === null) return;
    if (section.name === "global") global = section.given;
    else jobs.push(jobOf(section, file));
  };
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const place = `${file}, line ${index + 1}`;
    if (line === "" || /^[#;]/.test(line)) continue;
    const heading = /^\[(.+)\]$/.exec(line);
    if (heading !== null) {
      close();
      const name = heading[1]!;
      // A job begins with what every [global] section before it has said; `stonewall` there would hold for each.
      section = { name, line: index + 1, given: { ...global } };
      continue;
    }
    if (section === null) {
      throw new TraceError(
        `${place}: "${shown(line)}" stands in no section: write [global] or [name] before it`,
      );
    }
    readKey(line, place, section.given);
  }
  close();
  if (jobs.length === 0) throw new TraceError(`${file} has no job: add a section [name] with rw= and size=`);
  return jobs;
}

function readKey(line: string, place: string, given: Given): void {
  const [rawKey = "", ...rest] = line.split("=");
  const written = rawKey.trim();
  const key = FIO_ALIASES[written] ?? written;
  const value = rest.length === 0 ? "1" : rest.join("=").trim();
  if (FIO_WITHOUT_EFFECT.includes(key)) return;
  if (key === "rw") {
    const rw = FIO_RW.find((known) => known === value);
    if (rw === undefined) {
      throw new TraceError(`${place}: rw is "${shown(value)}": give one of ${FIO_RW.join(", ")}`);
    }
    given.rw = rw;
    return;
  }
  if (!Object.hasOwn(FIO_KEYS, key)) {
    const known = ["rw", ...Object.keys(FIO_KEYS), ...FIO_WITHOUT_EFFECT].join(", ");
    throw new TraceError(
      `${place}: the key "${shown(written)}" is not understood: remove it, or use ${known}`,
    );
  }
  const { read, expects } = FIO_KEYS[key as keyof FioNumbers];
  const number = read(value);
  if (number === null) throw new TraceError(`${place}: ${key} is "${shown(value)}": give ${expects}`);
  given[key as keyof FioNumbers] = number;
}

function jobOf({ name, line, given }: { name: string; line: number; given: Given }, file: string): FioJob {
  const { rw, ...numbers } = given;
  const job = { ...FIO_PLAIN, ...numbers };
  const place = `${file}, line ${line}: job "${shown(name)}"`;
  if (rw === undefined) throw new TraceError(`${place} has no rw: add rw=write or another direction`);
  if (job.size === 0) throw new TraceError(`${place} has no size: add size=1m or another one`);
  if (job.bs === 0) throw new TraceError(`${place} has a bs of 0: give ${FIO_KEYS.bs.expects}`);
  if (job.io_size > 0 && job.loops > 1) {
    throw new TraceError(
      `${place} has io_size and loops: give one of them (a greater io_size says the same)`,
    );
  }
  if (job.size < job.bs) {
    throw new TraceError(`${place} has a size below its bs: give a size of ${job.bs} bytes or more`);
  }
  return { ...job, name, rw, line };
}

function shown(text: string): string {
  return text.slice(0, 40);
}
