import { DISHONEST_CLASSES } from "../campaign/dishonest-campaign.js";
import { PROMISES, type BrokenPromise } from "../campaign/oracle/violation.js";
import { workload, WORKLOADS } from "../campaign/workload/workloads.js";
import { DEPTH_MAX, type CutSchedule } from "../campaign/search/cut-schedule.js";
import type { Workload } from "../campaign/workload/workload.js";
import { FAULT_PROFILES, PROFILES } from "../sdcard-emulator/characteristics.js";
import type { CampaignRequest } from "./campaign/campaign-request.js";
import type { RunTexts } from "./campaign/run-options.js";
import type { ReportTexts } from "./report/report-options.js";
import {
  FINGERPRINTS,
  RECORD_SCHEMES,
  ROWS_BY_NAME,
  withFingerprint,
  withScheme,
  type FingerprintName,
  type PolicyRow,
  type RecordScheme,
} from "./policy-rows.js";
import { isRigPolicy } from "../campaign/world/policy-choice.js";
import { hasRigOptions, readDriverFile } from "./driver-file.js";
import { SEED_DEFAULT, SEED_MAX } from "./dut-options.js";
import { listOf, numberIn, oneOf, UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked of `torture`, as texts: the campaign, and how it is run and told. */
export interface TortureTexts extends CampaignRequest, RunTexts, ReportTexts {}

/** The same, checked. */
export interface TortureOptions {
  /** Path of the module that is tortured; undefined: the package's own. */
  readonly driver: string | undefined;
  /** null for the whole comparison. */
  readonly rows: readonly PolicyRow[] | null;
  readonly workloads: readonly Workload[];
  readonly profiles: readonly [string, string] | undefined;
  readonly seed: number;
  readonly scale: number;
  /** At which moments the power is cut; undefined: after every event, or at each workload's sample. */
  readonly schedule: CutSchedule | undefined;
  /** The promises that are looked at; undefined: all. */
  readonly promises: readonly BrokenPromise[] | undefined;
  /** Whether a case of each unsafe policy is shrunk and told. */
  readonly cases: boolean;
  /** Where the bitmap records go, in histories of members; `rows` have it in their settings. */
  readonly scheme: RecordScheme;
  /** Histories of members instead of the comparison of policies. */
  readonly members: boolean;
  /** Cards that lie instead of the comparison of policies; then `profiles` names one class of them twice, if any. */
  readonly dishonest: boolean;
}

/** Names that --hole takes. */
export const HOLE_NAMES = ["late-flag", "forgotten"] as const;
/** Classes that --profile takes beside --dishonest. */
export const DISHONEST_NAMES = DISHONEST_CLASSES.map(({ profile }) => profile);
const SCALE_DEFAULT = "1";
const SCALE_MIN = 0.001;
const SCALE_MAX = 10_000;

/** @throws UsageError of one sentence that lists the choices */
export function tortureOptions(texts: CampaignRequest): TortureOptions {
  const schedule = texts.schedule === undefined ? undefined : scheduleOf(texts.schedule);
  const plain = WORKLOADS.filter(({ scheduled }) => schedule === undefined || scheduled);
  const workloads = texts.workload === undefined ? plain : workloadsOf(texts.workload);
  if (schedule?.kind === "depth" && schedule.n > 1) checkDeep(texts, workloads);
  for (const option of ["hole", "fingerprint"] as const) {
    if (texts[option] !== undefined && texts.policy === undefined) {
      throw new UsageError(`--${option} needs a policy: add --policy sync-gated or another one`);
    }
  }
  for (const option of ["members", "dishonest"] as const) {
    if (texts[option] !== true || (texts.policy ?? texts.workload ?? texts.hole) === undefined) continue;
    throw new UsageError(`--${option} is a campaign of its own: leave out --policy, --workload and --hole`);
  }
  if (texts.scheme !== undefined && texts.policy === undefined && texts.members !== true) {
    throw new UsageError("--scheme needs a policy or --members: add --policy sync-gated or another one");
  }
  const scheme = oneOf(
    "bitmap scheme",
    texts.scheme ?? "serial",
    Object.keys(RECORD_SCHEMES) as RecordScheme[],
  );
  if (texts.members === true && texts.dishonest === true) {
    throw new UsageError("--members and --dishonest are two campaigns: ask for one of them");
  }
  const { driver } = texts;
  if (driver !== undefined) checkPolicies(driver, texts);
  return {
    driver,
    rows: texts.policy === undefined ? null : rowsOf(texts, texts.policy, scheme),
    scheme,
    schedule,
    workloads,
    profiles: texts.profile === undefined ? undefined : profilesFor(texts, texts.profile),
    seed: wholeNumberIn("--seed", texts.seed ?? SEED_DEFAULT, 0, SEED_MAX),
    scale: numberIn("--scale", texts.scale ?? SCALE_DEFAULT, SCALE_MIN, SCALE_MAX),
    promises: texts.promises === undefined ? undefined : listOf("promise", texts.promises, [...PROMISES]),
    cases: texts.cases !== false,
    members: texts.members === true,
    dishonest: texts.dishonest === true,
  };
}

/** The promises as a unit of work has them. */
export function promisesOf({ promises }: TortureOptions): { promises?: readonly BrokenPromise[] } {
  return promises === undefined ? {} : { promises };
}

/** Those of the table in its order, then the others. @throws WorkloadError */
function workloadsOf(text: string): Workload[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const asked = names.map((name) => workload(name));
  const known = WORKLOADS.filter((candidate) => asked.includes(candidate));
  return [...known, ...asked.filter((candidate) => !WORKLOADS.includes(candidate))];
}

/** A production build has not all policies. @throws UsageError that says which */
function checkPolicies(driver: string, { policy, members, dishonest }: CampaignRequest): void {
  if (hasRigOptions(readDriverFile(driver)) || members === true || dishonest === true) return;
  const has = [...ROWS_BY_NAME].filter(([, row]) => !isRigPolicy(row.policy)).map(([name]) => name);
  const lacks = (policy ?? "all policies").split(",").find((name) => !has.includes(name.trim()));
  if (lacks === undefined) return;
  throw new UsageError(
    `${driver} is a production build, which has not ${lacks}: add --policy with one of ${has.join(", ")}`,
  );
}

const SCHEDULE_N_MAX = 1_000_000;

/** @throws UsageError where recoveries are not cut again */
function checkDeep({ members, dishonest }: CampaignRequest, workloads: readonly Workload[]): void {
  const campaign = members === true ? "--members" : dishonest === true ? "--dishonest" : null;
  if (campaign !== null)
    throw new UsageError(
      `--schedule depth is for clearing policies: leave out ${campaign}, or give another one`,
    );
  const flat = workloads.find(({ deep }) => !deep);
  if (flat === undefined) return;
  throw new UsageError(
    `workload ${flat.name} takes no --schedule depth, for its recoveries are too long to be cut: give none, every, log, linear:N, random:N or at:N.N`,
  );
}

function scheduleOf(text: string): CutSchedule {
  const [kind = "", n, ...more] = text.split(":");
  if (more.length === 0) {
    if (n === undefined && (kind === "none" || kind === "log" || kind === "every")) return { kind };
    if (n !== undefined && (kind === "linear" || kind === "random" || kind === "depth")) {
      const most = kind === "depth" ? DEPTH_MAX : SCHEDULE_N_MAX;
      return { kind, n: wholeNumberIn(`--schedule ${kind}`, n, 1, most) };
    }
    if (n !== undefined && kind === "at") {
      const moments = n.split(".").map((at) => wholeNumberIn("--schedule at", at, 0, SCHEDULE_N_MAX));
      return { kind, moments };
    }
  }
  throw new UsageError(
    `--schedule is "${text}": give none, every, log, linear:N, random:N, at:N.N.N or depth:N`,
  );
}

function rowsOf(
  { hole, fingerprint = "off" }: CampaignRequest,
  policies: string,
  scheme: RecordScheme,
): PolicyRow[] {
  const kind = oneOf("fingerprint", fingerprint, Object.keys(FINGERPRINTS) as FingerprintName[]);
  const rows = listOf("policy", policies, [...ROWS_BY_NAME.keys()])
    .map((name) => ROWS_BY_NAME.get(name)!)
    .map((row) => withScheme(withFingerprint(row, kind, row.holds, row.why), scheme));
  if (hole === undefined) return rows;
  const asked = listOf("hole", hole, HOLE_NAMES);
  const holes = { lateFlag: asked.includes("late-flag"), forgotten: asked.includes("forgotten") };
  return rows.map((row) => ({ ...row, holes, title: `${row.title}, ${asked.join(" and ")}` }));
}

function profilesFor({ dishonest }: CampaignRequest, text: string): readonly [string, string] {
  if (dishonest !== true) return profilesOf(text);
  const name = oneOf("class of dishonest cards", text, DISHONEST_NAMES);
  return [name, name];
}

function profilesOf(text: string): readonly [string, string] {
  const names = Object.keys({ ...PROFILES, ...FAULT_PROFILES });
  const [a, b = a!, ...more] = text.split(",").map((name) => oneOf("card profile", name.trim(), names));
  if (more.length > 0) {
    throw new UsageError(
      `--profile names ${more.length + 2} cards: give one profile, or one for each of two`,
    );
  }
  return [a!, b];
}
