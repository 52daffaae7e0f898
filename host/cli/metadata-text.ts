import type { BitmapSettings } from "../bench/bitmap-settings.js";
import type { MetadataBenchOptions, MetadataRow } from "../bench/metadata-bench.js";
import { metadataSectors, type GoalResult } from "../bench/metadata-goals.js";
import { MD_5_S, MORE_MIRRORS, OTHER_MIRRORS_SOURCE } from "../bench/other-mirrors.js";
import { CUT_AT_WRITE } from "../bench/trace-run.js";
import type { TraceName } from "../clients/trace.js";
import { grouped } from "./number-text.js";
import { styledCell } from "./style.js";
import { textTable, type Cell, type Column } from "./text-table.js";

/** The table for people. */
export function metadataText(
  options: MetadataBenchOptions,
  rows: readonly MetadataRow[],
  colour: boolean,
): string {
  const { name } = options.characteristics;
  return (
    `Metadata of the whole array: sectors written to both cards together, the clearing after the last write included.\n` +
    `A record is one version of a bitmap sector; a clear is a record that marks nothing more. MARKED is what a crash\n` +
    `would leave to resynchronise: marks of the newest durable records, before each write. Cards: ${name}.\n\n` +
    `${costTable(rows)}\n` +
    `${latencyTable(rows)}\n` +
    `${comparisonTable(options.traces)}` +
    `Source of those: ${OTHER_MIRRORS_SOURCE};\nMARKED there is what they resynchronised after a kill before write ${CUT_AT_WRITE}.\n` +
    goalsText(rows, colour)
  );
}

/** The same for programs, with everything that was measured. */
export function metadataJson(options: MetadataBenchOptions, rows: readonly MetadataRow[]): string {
  const result = {
    version: 1,
    profile: options.characteristics.name,
    rows,
    others: [MD_5_S, ...MORE_MIRRORS],
    othersSource: OTHER_MIRRORS_SOURCE,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

const SETTINGS: readonly Column[] = [
  { title: "SCHEME" },
  { title: "TRACE" },
  { title: "EPOCH", right: true },
  { title: "AHEAD", right: true },
  { title: "CAP", right: true },
  { title: "QUIET", right: true },
];

function settingsCells({ scheme, epochMs, markAhead, markedMax, quietMs }: BitmapSettings, trace: TraceName) {
  return [
    scheme,
    trace,
    milliseconds(epochMs),
    String(markAhead),
    markedMax === 0 ? "-" : String(markedMax),
    milliseconds(quietMs),
  ];
}

function costTable(rows: readonly MetadataRow[]): string {
  const columns = ["SECTORS", "OF MD'S", "RECORDS", "CLEARS", "MARKED", "MOST", `AT ${CUT_AT_WRITE}`];
  return textTable(
    [...SETTINGS, ...columns.map(toTheRight)],
    rows.map(({ settings, trace, measurement, shareOfMd }) => {
      const { metadata, metadataAfterwards, marked } = measurement;
      return [
        ...settingsCells(settings, trace),
        grouped(metadataSectors(measurement)),
        shareOfMd === null ? "-" : shareOfMd.toFixed(2),
        grouped(metadata.records + metadataAfterwards.records),
        grouped(metadata.clearRecords + metadataAfterwards.clearRecords),
        marked.average.toFixed(1),
        String(marked.most),
        String(marked.atCut),
      ];
    }),
  );
}

function latencyTable(rows: readonly MetadataRow[]): string {
  return textTable(
    [...SETTINGS, ...["WRITES", "WAITED FOR A MARK", "P50 ms", "P99 ms", "MAX ms"].map(toTheRight)],
    rows.map(({ settings, trace, measurement: { writes, markWaits, latencyUs } }) => [
      ...settingsCells(settings, trace),
      grouped(writes),
      grouped(markWaits),
      ...[latencyUs.p50, latencyUs.p99, latencyUs.max].map((us) => (us / 1000).toFixed(2)),
    ]),
  );
}

function comparisonTable(traces: readonly TraceName[]): string {
  return textTable(
    [
      { title: "OTHERS" },
      ...traces.flatMap((trace) => [`${trace} SECTORS`, `${trace} MARKED`].map(toTheRight)),
    ],
    [MD_5_S, ...MORE_MIRRORS].map(({ name, metadataSectors: sectors, resynchronised }) => [
      name,
      ...traces.flatMap((trace) => [grouped(sectors[trace]), String(resynchronised[trace] ?? "-")]),
    ]),
  );
}

function goalsText(rows: readonly MetadataRow[], colour: boolean): string {
  const goals = rows.flatMap((row) => row.goals.map((goal) => ({ row, goal })));
  if (goals.length === 0) return "";
  const table = textTable(
    [
      ...SETTINGS,
      { title: "GOAL" },
      { title: "AT MOST", right: true },
      { title: "MEASURED", right: true },
      { title: "" },
    ],
    goals.map(({ row, goal }) => [
      ...settingsCells(row.settings, row.trace),
      goal.what,
      grouped(goal.most),
      number(goal.measured),
      verdict(goal, colour),
    ]),
  );
  return `\n${table}`;
}

function verdict({ met }: GoalResult, colour: boolean): Cell {
  return met ? styledCell("met", "good", colour) : styledCell("missed", "bad", colour);
}

function toTheRight(title: string): Column {
  return { title, right: true };
}

function milliseconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

function number(value: number): string {
  return Number.isInteger(value) ? grouped(value) : value.toFixed(1);
}
