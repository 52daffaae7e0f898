import { latencyFigures, type LatencyFigures } from "../../bench/latency-figures.js";
import type { JudgedCell } from "./matrix-cells.js";

/** The figures of a cell. Times are virtual, us; volumes are sectors, copied from one card to the other. */
export interface CellFigures {
  /** Cuts of which some outcome broke a promise, per million cuts. */
  readonly brokenCutsPerMillion: number;
  /** Outcomes that broke one, per million outcomes judged. */
  readonly brokenOutcomesPerMillion: number;
  /** Write commands to the metadata of both cards, per 1000 writes that the driver was given. */
  readonly metadataPerThousand: number;
  readonly latencyUs: LatencyFigures;
  /** Of the recoveries of distinct states that cuts left. */
  readonly resyncSectors: { readonly p50: number; readonly max: number };
  readonly writes: number;
  readonly metadataWrites: number;
  readonly stalls: number;
  readonly stalledUs: number;
}

/** Cost of a cell by its uncut runs, the rest by its cuts. */
export function cellFigures({ report, uncut }: JudgedCell): CellFigures {
  const sum = (value: "writes" | "metadataWrites" | "stalls" | "stalledUs"): number =>
    uncut.reduce((total, run) => total + run[value], 0);
  const [writes, metadataWrites] = [sum("writes"), sum("metadataWrites")];
  return {
    brokenCutsPerMillion: perMillion(report.brokenCuts, report.cuts),
    brokenOutcomesPerMillion: perMillion(report.brokenPairs, report.pairs),
    metadataPerThousand: writes === 0 ? 0 : Math.round((metadataWrites * 1000) / writes),
    latencyUs: latencyFigures(uncut.flatMap(({ latenciesUs }) => latenciesUs)),
    resyncSectors: { p50: report.resyncPercentile(50), max: report.sectorsResyncedMax },
    writes,
    metadataWrites,
    stalls: sum("stalls"),
    stalledUs: sum("stalledUs"),
  };
}

function perMillion(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part * 1e6) / whole);
}
