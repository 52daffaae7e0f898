import { UsageError } from "../usage-error.js";
import type { CampaignFile } from "./campaign-file.js";
import type { CampaignRun } from "./campaign-plan.js";

/**
 * Joins the files of a campaign's shards.
 * @throws UsageError of one sentence for files that do not make up one campaign
 */
export function mergedRun<Result>(files: readonly CampaignFile<Result>[]): CampaignRun<Result> {
  const [first, ...others] = files;
  if (first === undefined) throw new UsageError("merge needs the files of all shards: name at least one");
  for (const file of others) {
    if (file.syncgate !== first.syncgate) {
      throw new UsageError(
        `${file.path} was made by syncgate ${file.syncgate} and ${first.path} by ${first.syncgate}: run all shards with one version`,
      );
    }
    if (file.host !== first.host) {
      throw new UsageError(
        `${file.path} and ${first.path} were made by rigs of different code: run all shards with one build, and merge with it`,
      );
    }
    if (file.fingerprint !== first.fingerprint) {
      throw new UsageError(
        `${file.path} and ${first.path} hold different campaigns: give every shard the same options and the same driver`,
      );
    }
    if (file.shard.of !== first.shard.of) {
      throw new UsageError(
        `${file.path} is one of ${file.shard.of} shards and ${first.path} one of ${first.shard.of}: merge shards of one division`,
      );
    }
  }
  const byShard = new Map<number, CampaignFile<Result>>();
  for (const file of files) {
    const twin = byShard.get(file.shard.index);
    if (twin !== undefined) {
      throw new UsageError(
        `${file.path} and ${twin.path} are both shard ${file.shard.index}/${file.shard.of}: give each shard once`,
      );
    }
    byShard.set(file.shard.index, file);
  }
  const missing = Array.from({ length: first.shard.of }, (_, at) => at + 1).filter((at) => !byShard.has(at));
  if (missing.length > 0) {
    throw new UsageError(`shard ${missing.join(", ")} of ${first.shard.of} is missing: add its file`);
  }
  const unfinished = files.find(({ ended }) => ended === "running" || ended === "interrupted");
  if (unfinished !== undefined) {
    const { path, shard } = unfinished;
    throw new UsageError(
      `${path}, shard ${shard.index}/${shard.of}, is unfinished: go on with syncgate torture --resume ${path}`,
    );
  }
  const results: (Result | null)[] = Array.from({ length: first.units }, () => null);
  for (const file of files) for (const [index, result] of file.results) results[index] = result;
  const ended = files.some((file) => file.ended === "budget") ? "budget" : "complete";
  return { results, ended, isOver: () => false };
}
