import { BUG_NONE } from "../../../assembly/layout.js";
import { FatClient } from "../../clients/fat-client.js";
import { FatDisk } from "../../clients/fat-disk.js";
import { FatReader } from "../../clients/fat-listing.js";
import { FatModel } from "../../clients/fat-model.js";
import { FileContents } from "../../clients/file-contents.js";
import { Prng } from "../../sdcard-emulator/prng.js";
import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import { CutSampler } from "../search/cut-sampler.js";
import { FatInspector } from "./fat-inspector.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { SampledRun, scheduledLength } from "./sampled-run.js";
import type { ScenarioGeometry, WorldSettings } from "../world/scenario.js";
import { EAGER_WRITE_BACK } from "./eager-write-back.js";
import type { Workload, WorkloadOptions } from "./workload.js";

/** A volume of 512 KiB in regions of 8 KiB. */
export const FAT_GEOMETRY: ScenarioGeometry = {
  cardSectors: 1056,
  regionShift: 4,
  metadataStride: 8,
  sectorsPerPage: 8,
};

const CUTS = 256;
/** Virtual time that the client works for, us. */
const LENGTH_US = 2_000_000;
/** Unless the options name others. */
const PROFILES: readonly [string, string] = ["tlc-cached", "tlc-cached"];
const PRODUCT_MAX = 96;
const MOUNTS_MAX = 1500;

/** A real FAT file system (FatFs) that makes, changes, renames and removes files, and syncs each change. */
export const fatWorkload: Workload = {
  name: "fat",
  title: "FAT file system (FatFs) with synced file changes",
  budget: CUTS,
  scheduled: false,
  deep: false,
  run: runFat,
};

async function runFat(policy: PolicyChoice, options: WorkloadOptions): Promise<CampaignReport> {
  const { binary, seed, budget = CUTS, bail = Number.MAX_SAFE_INTEGER } = options;
  const report = new CampaignReport();
  const campaign = new Campaign(binary, FAT_GEOMETRY, options.arrays, options.checks);
  const { contents, geometry } = campaign;
  const files = new FileContents();
  const model = new FatModel();
  const reader = await FatReader.open(contents, files, geometry.dataSectors);
  const world = campaign.world(fatSettings(policy, options), report, {
    readsAll: true,
    bail,
    productMax: PRODUCT_MAX,
    inspector: new FatInspector(reader, model, geometry, report, MOUNTS_MAX),
    schedule: options.schedule,
  });
  const onCut = (): void => options.onProgress?.(report);
  const { schedule } = options;
  const run =
    schedule === undefined
      ? new SampledRun(world, new CutSampler(budget, seed), LENGTH_US, onCut)
      : new SampledRun(world, null, scheduledLength(LENGTH_US, budget, CUTS), onCut);
  const prng = new Prng(Math.imul(seed, 0x9e3779b1) ^ 0xfa7);
  const disk = new FatDisk(world.clock, contents, world.cache, run, geometry.dataSectors, prng);
  const client = await FatClient.open(disk, model, files, prng);
  run.run(() => {
    client.format();
    while (!run.over) client.change();
  });
  return report;
}

function fatSettings(
  policy: PolicyChoice,
  { seed, bug = BUG_NONE, profiles = PROFILES, settings = {} }: WorkloadOptions,
): WorldSettings {
  return {
    ...settings,
    policy,
    profiles,
    geometry: FAT_GEOMETRY,
    timing: seed & 0xffff,
    bug,
    ...EAGER_WRITE_BACK,
  };
}
