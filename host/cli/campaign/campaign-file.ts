import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { UnitResult } from "../../campaign/units/work-unit.js";
import { hostDigest } from "../../host-digest.js";
import { packageVersion } from "../../package-version.js";
import { readDriverFile } from "../driver-file.js";
import { UsageError } from "../usage-error.js";
import { logText } from "./recorded-log.js";
import type { CampaignPlan } from "./campaign-plan.js";
import type { CampaignRequest } from "./campaign-request.js";

/** Of the format; a file of another one is refused. */
const FORMAT = "syncgate-campaign";
const FORMAT_VERSION = 2;

/** One of the equal parts that a campaign is spread over: number `index`, from 1, of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What a file of results says of itself. */
export interface CampaignFileHead {
  /** Version of the package that ran the units. */
  readonly syncgate: string;
  /** Of the host's code: worlds, search and oracle are in it, so results of two builds are not of one campaign. */
  readonly host: string;
  /** Of the units and the driver: two files with the same one hold parts of the same campaign. */
  readonly fingerprint: string;
  readonly request: CampaignRequest;
  readonly shard: Shard;
  /** Of the whole campaign. */
  readonly units: number;
  /** Of a device: the log of its run as a file of dm-log-writes, compressed by gzip, in base 64. */
  readonly log?: string | undefined;
}

/** Why no more units are in the file; "running" while it is written, and after a crash. */
export type CampaignFileEnd = "running" | "complete" | "budget" | "interrupted";

/** A file of results, read. */
export interface CampaignFile<Result = UnitResult> extends CampaignFileHead {
  readonly path: string;
  readonly ended: CampaignFileEnd;
  readonly results: ReadonlyMap<number, Result>;
}

const SCHEMA = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  syncgate: z.string(),
  host: z.string(),
  fingerprint: z.string(),
  request: z.record(z.string(), z.union([z.string(), z.boolean()])),
  shard: z.object({ index: z.int().min(1), of: z.int().min(1) }),
  units: z.int().min(1),
  log: z.base64().optional(),
  ended: z.enum(["running", "complete", "budget", "interrupted"]),
  results: z.array(z.tuple([z.int().min(0), z.looseObject({ report: z.looseObject({}) })])),
});

/** The units of a shard: every `of`-th, so that no machine gets all of the long ones. */
export function unitsOfShard(units: number, { index, of }: Shard): number[] {
  return Array.from({ length: units }, (_, unit) => unit).filter((unit) => unit % of === index - 1);
}

/** What a file of a campaign's results says of itself. */
export function fileHead<Result>(
  plan: CampaignPlan<Result>,
  request: CampaignRequest,
  shard: Shard,
): CampaignFileHead {
  const version = packageVersion();
  const hash = createHash("sha256");
  hash.update(readDriverFile(request.driver));
  hash.update(JSON.stringify([version, request.cases ?? true, plan.units]));
  const log = plan.device === undefined ? {} : { log: logText(plan.device.log) };
  return {
    syncgate: version,
    host: hostDigest(),
    fingerprint: hash.digest("hex"),
    request,
    shard,
    units: plan.units.length,
    ...log,
  };
}

/** Whether results of the two may be parts of one campaign. */
export function isSameBuild(a: CampaignFileHead, b: CampaignFileHead): boolean {
  return a.host === b.host && a.fingerprint === b.fingerprint;
}

/** Writes results unit by unit; at every moment the file on disk is a whole one. */
export class CampaignFileWriter<Result> {
  private readonly lines = new Map<number, string>();

  constructor(
    private readonly path: string,
    private readonly head: CampaignFileHead,
    known: ReadonlyMap<number, Result>,
  ) {
    for (const [index, result] of known) this.lines.set(index, JSON.stringify([index, result]));
  }

  add(index: number, result: Result): void {
    this.lines.set(index, JSON.stringify([index, result]));
    this.write("running");
  }

  /** @throws UsageError when the file cannot be written */
  write(ended: CampaignFileEnd): void {
    const head = JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, ...this.head, ended });
    const results = [...this.lines].toSorted(([a], [b]) => a - b).map(([, line]) => line);
    const text = `${head.slice(0, -1)},"results":[\n${results.join(",\n")}\n]}\n`;
    try {
      writeFileSync(`${this.path}.part`, text);
      renameSync(`${this.path}.part`, this.path);
    } catch (error) {
      throw new UsageError(`results cannot be written to ${this.path}: ${(error as Error).message}`);
    }
  }
}

/** @throws UsageError of one sentence that names the file */
export function readCampaignFile<Result = UnitResult>(path: string): CampaignFile<Result> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as a file of results: ${(error as Error).message}`);
  }
  const checked = SCHEMA.safeParse(parsed);
  if (!checked.success) {
    const { path: at, message } = checked.error.issues[0]!;
    throw new UsageError(
      `${path} is no file of results that this version reads: ${at.join(".") || "the whole"}: ${message}`,
    );
  }
  const { format: _format, version: _version, results, ...head } = checked.data;
  return { ...head, path, results: new Map(results as unknown as [number, Result][]) };
}
