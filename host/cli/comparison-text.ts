import type { CampaignReport } from "../campaign/campaign-report.js";
import type { Workload } from "../campaign/workload/workload.js";
import { byWorkload, type ComparedRow } from "./comparison.js";
import { grouped, large, outcomesText, share, volume } from "./number-text.js";
import { styledCell, type Meaning } from "./style.js";
import { textTable, type Cell, type Column } from "./text-table.js";
import { brokenText, type Verdict } from "./verdict.js";

const COLUMNS: readonly Column[] = [
  { title: "POLICY" },
  { title: "CUTS", right: true },
  { title: "OUTCOMES" },
  { title: "PAIRS", right: true },
  { title: "BROKEN" },
  { title: "RESYNC p99", right: true },
  { title: "META/1k", right: true },
  { title: "STALLS", right: true },
  { title: "RESULT" },
];

const MEANINGS: Readonly<Record<Verdict, Meaning>> = { safe: "good", UNSAFE: "bad", vacuous: "doubtful" };

/** The policies, a line each. */
export function policyTable(rows: readonly ComparedRow[], colour: boolean): string {
  return textTable(
    COLUMNS,
    rows.map((row) => policyCells(row, colour)),
  );
}

function policyCells(result: ComparedRow, colour: boolean): (string | Cell)[] {
  const { row, total, verdict, partial } = result;
  return [
    row.title,
    grouped(total.cuts),
    outcomesText(total),
    share(total.optionPairsTried, total.optionPairs),
    brokenText(total),
    resyncText(result),
    total.writes === 0 ? "-" : grouped(Math.round((total.recordWrites * 1000) / total.writes)),
    grouped(total.stalls),
    styledCell(partial ? `${verdict} (unfinished)` : verdict, MEANINGS[verdict], colour),
  ];
}

/** On the workload whose recoveries have most to copy: elsewhere the whole array is a few kilobytes. */
function resyncText({ reports }: ComparedRow): string {
  return volume(Math.max(...[...reports.values()].map((report) => report.resyncPercentile(99))));
}

/** What the columns mean. */
export const POLICY_TABLE_NOTES = `\
CUTS      moments at which the power of both cards was cut
OUTCOMES  what each cut may leave on the two cards (old, new, torn, lost from a cache): recovered and judged, of all
PAIRS     pairs of what card A and what card B may hold in a sector: tried, of all there are
BROKEN    promises broken, and in how many outcomes. P1: a region called clean is equal on both cards.
          P2: what was synced is there. P3: a sector that was read once does not change by itself.
RESYNC    data copied after a cut; 99 of 100 recoveries copy no more (on the workload where that is most)
META/1k   writes of the bitmap per 1000 writes of data
STALLS    times that a thread had to wait because the page it changes was being written
`;

const COVERAGE_COLUMNS: readonly Column[] = [
  { title: "WORKLOAD" },
  { title: "CUTS", right: true },
  { title: "TRIED", right: true },
  { title: "DISTINCT", right: true },
  { title: "ALL OUTCOMES TRIED" },
  { title: "PAIRS OF A SECTOR TRIED" },
];

/** How much of what could be tried was tried, both ways of counting, by workload. */
export function coverageTable(rows: readonly ComparedRow[], workloads: readonly Workload[]): string {
  const reports = byWorkload(rows, workloads);
  const table = textTable(
    COVERAGE_COLUMNS,
    reports.map(({ workload, report }) => [
      workload.name,
      grouped(report.cuts),
      grouped(report.pairs),
      grouped(report.distinct),
      outcomesText(report),
      `${share(report.optionPairsTried, report.optionPairs)} of ${large(report.optionPairs)}`,
    ]),
  );
  const mounted = reports
    .filter(({ report }) => report.mounts > 0)
    .map(({ workload, report }) => `${workload.name}: ${report.mountCoverage()}\n`);
  return `${table}${mounted.join("")}`;
}

const VACUITY_COLUMNS: readonly Column[] = [
  { title: "POLICY" },
  { title: "CHAINS", right: true },
  { title: "BOOTS", right: true },
  { title: "CLEARS", right: true },
  { title: "NO CLEAR", right: true },
  { title: "NO MARK", right: true },
  { title: "LIVE RESYNCS", right: true },
  { title: "RECOVERIES", right: true },
  { title: "WITH RESYNC", right: true },
  { title: "MARKED OUTCOMES", right: true },
];

/** What would show that a run proves nothing: no clear, no resync, no marked region at a cut. */
export function vacuityTable(rows: readonly ComparedRow[]): string {
  return textTable(
    VACUITY_COLUMNS,
    rows.map(({ row, total }) => [row.title, ...vacuityCounts(total).map((count) => grouped(count))]),
  );
}

function vacuityCounts(total: CampaignReport): number[] {
  return [
    total.chains,
    total.boots,
    total.clears,
    total.chainsWithoutClear,
    total.chainsWithoutMarks,
    total.liveResyncs,
    total.recoveries,
    total.recoveredResyncs,
    total.outcomesWithMarks,
  ];
}

/** What the columns of the vacuity table mean, where they do not say it. */
export const VACUITY_NOTES = `\
CHAINS: runs of one boot or more from a new array on; NO CLEAR, NO MARK: those in which no region was cleared, or none
was marked at any cut. LIVE RESYNCS: regions copied in the running systems.
`;
