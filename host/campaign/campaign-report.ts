import { FaultCoverage } from "./coverage/fault-coverage.js";
import { PROMISES, type BrokenPromise, type Violation } from "./oracle/violation.js";

/** Violations kept with everything; the rest are only counted. */
const KEPT_MAX = 64;

/** What a campaign did and found. Additive: `add` joins the reports of several runs. */
export class CampaignReport {
  /** Moments at which the power could have been cut: more than the cuts only under a schedule. */
  moments = 0;
  /** Moments at which the power was cut, those with nothing new to see included. */
  cuts = 0;
  /** Cuts of which some outcome broke a promise; also of those at which nothing was new. */
  brokenCuts = 0;
  /** Outcomes in which recovery found at least one region marked. */
  outcomesWithMarks = 0;
  /** (cut, outcome) pairs judged. */
  pairs = 0;
  /** Those that broke a promise. */
  brokenPairs = 0;
  /** Distinct recovered states: pairs of images that a recovery was run on. */
  distinct = 0;
  /** All crash outcomes there were, as if none was left out. */
  possible = 0;
  /** Cuts whose outcomes were covered, not all tried. */
  bounded = 0;
  /** Cuts during recoveries (depth 2); their outcomes judged, and all there were. */
  secondCuts = 0;
  secondPairs = 0;
  secondPossible = 0;
  /** Pairs of options of single sectors: tried, of all there were. */
  optionPairs = 0;
  optionPairsTried = 0;
  /** Runs from a new array on: chains of boots; and those without a clear, and without a marked region at a cut. */
  chains = 0;
  chainsWithoutClear = 0;
  chainsWithoutMarks = 0;
  boots = 0;
  resets = 0;
  /** Regions cleared, record writes, and writes of the layer above, in the running systems. */
  clears = 0;
  recordWrites = 0;
  writes = 0;
  /** Regions resynchronised in the running systems, and by recoveries of crash outcomes. */
  liveResyncs = 0;
  recoveredResyncs = 0;
  /** Members lost in the running systems. */
  membersLost = 0;
  /** How often cards were dishonest (F4); see SdCard. */
  lies = 0;
  /** Greatest work of one call of the driver in the running systems: commands given, bytes moved in linear memory. */
  submitsPerCallMax = 0;
  bytesPerCallMax = 0;
  /** Recoveries run: a state that is met again after others were forgotten is recovered again. */
  recoveries = 0;
  /** Recoveries with one card alone, and sectors that one could not read for a torn transfer. */
  loneRecoveries = 0;
  loneUnreadable = 0;
  /** Those whose resync was run to its end. */
  resynced = 0;
  /** Sectors that each recovery has to resynchronise: total and greatest. */
  sectorsResynced = 0;
  sectorsResyncedMax = 0;
  /** Recoveries by the sectors that they have to resynchronise. */
  readonly resyncs = new Map<number, number>();
  /** File systems: data states mounted, recovered states known by that, and those that needed an unreadable sector. */
  mounts = 0;
  mountedStates = 0;
  unreadableMounts = 0;
  /** Recovered states in which the two cards of a region called clean show different files. */
  filesDiffer = 0;
  stalls = 0;
  stalledUs = 0;
  readonly broken: Record<BrokenPromise, number> = {
    P1: 0,
    P2: 0,
    P3: 0,
    P4: 0,
    P5: 0,
    P6: 0,
    P7: 0,
    trap: 0,
  };
  readonly violations: Violation[] = [];
  /** Which faults which kinds of writes met at the cuts, and in the running systems. */
  readonly coverage = new FaultCoverage();

  /** A report of what another thread or machine has found. */
  static from(data: ReportData): CampaignReport {
    const report = new CampaignReport();
    for (const key of COUNTS) report[key] = data.counts[key];
    report.submitsPerCallMax = data.submitsPerCallMax;
    report.bytesPerCallMax = data.bytesPerCallMax;
    for (const [sectors, recoveries] of data.resyncs) report.noteResync(sectors, recoveries);
    Object.assign(report.broken, data.broken);
    report.violations.push(...data.violations);
    report.coverage.add(FaultCoverage.from(data.coverage));
    return report;
  }

  /** The report as data that JSON can hold; of the violations the first ones, all are counted. */
  data(violationsMax = KEPT_MAX): ReportData {
    return {
      counts: Object.fromEntries(COUNTS.map((key) => [key, this[key]])) as ReportData["counts"],
      submitsPerCallMax: this.submitsPerCallMax,
      bytesPerCallMax: this.bytesPerCallMax,
      resyncs: [...this.resyncs],
      broken: { ...this.broken },
      violations: this.violations.slice(0, violationsMax),
      coverage: this.coverage.data(),
    };
  }

  /** Violations in all. */
  get brokenTotal(): number {
    return PROMISES.reduce((sum, promise) => sum + this.broken[promise], 0);
  }

  /** Why this report proves nothing; empty when it does. */
  vacuous(clearsExpected: boolean): string[] {
    const reasons: string[] = [];
    // A schedule without cuts leaves the running system, of which only this much is expected.
    const isUncut = this.cuts === 0 && this.moments > 0;
    if (isUncut) {
      if (this.writes === 0) reasons.push("no write");
      if (clearsExpected && this.clears === 0) reasons.push("no region was ever cleared");
      return reasons;
    }
    if (this.cuts === 0) reasons.push("no cut");
    if (this.writes === 0) reasons.push("no write");
    if (clearsExpected && this.clears === 0) reasons.push("no region was ever cleared");
    if (this.recoveredResyncs === 0) reasons.push("no recovery had anything to resynchronise");
    if (this.outcomesWithMarks === 0) reasons.push("no region was marked in any outcome of a cut");
    return reasons;
  }

  /** A recovery has this many sectors to resynchronise. */
  noteResync(sectors: number, recoveries = 1): void {
    this.resyncs.set(sectors, (this.resyncs.get(sectors) ?? 0) + recoveries);
    this.sectorsResynced += sectors * recoveries;
    this.sectorsResyncedMax = Math.max(this.sectorsResyncedMax, sectors);
  }

  /** Sectors that `percent` of the recoveries do not exceed in their resync; 0 without recoveries. */
  resyncPercentile(percent: number): number {
    const recoveries = [...this.resyncs.values()].reduce((sum, count) => sum + count, 0);
    let left = Math.ceil((recoveries * percent) / 100);
    for (const [sectors, count] of [...this.resyncs].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return sectors;
    }
    return 0;
  }

  /** How many recovered states were mounted as file systems, for a person; empty where there is none. */
  mountCoverage(): string {
    if (this.mounts === 0) return "";
    const volumes = `${this.mounts} different volumes`;
    return `mounted ${this.mountedStates} of ${this.recoveries} recovered states (${volumes})`;
  }

  note(violation: Violation): void {
    for (const promise of violation.promises) this.broken[promise]++;
    if (this.violations.length < KEPT_MAX) this.violations.push(violation);
  }

  add(other: CampaignReport): void {
    for (const key of COUNTS) this[key] += other[key];
    this.submitsPerCallMax = Math.max(this.submitsPerCallMax, other.submitsPerCallMax);
    this.bytesPerCallMax = Math.max(this.bytesPerCallMax, other.bytesPerCallMax);
    this.coverage.add(other.coverage);
    for (const [sectors, recoveries] of other.resyncs) this.noteResync(sectors, recoveries);
    for (const promise of PROMISES) this.broken[promise] += other.broken[promise];
    for (const violation of other.violations) {
      if (this.violations.length < KEPT_MAX) this.violations.push(violation);
    }
  }
}

const COUNTS = [
  "moments",
  "secondCuts",
  "secondPairs",
  "secondPossible",
  "cuts",
  "brokenCuts",
  "outcomesWithMarks",
  "pairs",
  "brokenPairs",
  "distinct",
  "possible",
  "bounded",
  "optionPairs",
  "optionPairsTried",
  "chains",
  "chainsWithoutClear",
  "chainsWithoutMarks",
  "boots",
  "resets",
  "clears",
  "recordWrites",
  "writes",
  "liveResyncs",
  "membersLost",
  "lies",
  "recoveredResyncs",
  "recoveries",
  "loneRecoveries",
  "loneUnreadable",
  "resynced",
  "mounts",
  "mountedStates",
  "unreadableMounts",
  "filesDiffer",
  "stalls",
  "stalledUs",
] as const satisfies readonly (keyof CampaignReport)[];

/** A CampaignReport as data; see CampaignReport.from. */
export interface ReportData {
  readonly counts: Readonly<Record<(typeof COUNTS)[number], number>>;
  readonly submitsPerCallMax: number;
  readonly bytesPerCallMax: number;
  /** Sectors to resynchronise, and how many recoveries had so many. */
  readonly resyncs: readonly (readonly [number, number])[];
  readonly broken: Readonly<Record<BrokenPromise, number>>;
  readonly violations: readonly Violation[];
  /** Hits of FaultCoverage. */
  readonly coverage: readonly number[];
}
