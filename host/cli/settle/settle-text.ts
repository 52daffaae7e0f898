import type { SettleWay } from "../../campaign/settle/settle-search.js";
import { grouped, outcomesText, seconds } from "../number-text.js";
import { styledCell } from "../style.js";
import { textTable, type Cell, type Column } from "../text-table.js";
import { brokenText } from "../verdict.js";
import { plot } from "./settle-plot.js";
import {
  tooLittle,
  type GatedPoint,
  type SettleCurves,
  type SettleOptions,
  type SettlePoint,
} from "./settle-points.js";

const LOSS_COLUMNS: readonly Column[] = [
  right("LOSS ms"),
  right("HOLD ms"),
  right("HOLD, CACHE ms"),
  right("SETTLE ms"),
  { title: "SYNC-GATED" },
  right("CUTS"),
  { title: "OUTCOMES" },
];

const LOSS_NOTES = `\
LOSS        a card that loses its power so long after it has answered may not have what it answered for: a write on cards
            without a cache, a flush on cards with one
HOLD        a time from the end of a region's writes until it is cleared, without a flush (the mail's option 3), cards without
            a cache; buffers do not change in flight, and marks settle as they must
HOLD, CACHE the same on cards with a cache, which keep nothing for sure before a flush
SETTLE      sync-gated: what the driver waits after each flush (OPTION_SETTLE_MS), cards with a cache
SYNC-GATED  with the settle time of the class, 1 ms more than the loss: both kinds of cards, and buffers that change in flight
            while write-back lags by 150 ms; no hold time to be chosen. CUTS and OUTCOMES are those of it
`;

/** For what was judged too little. */
const DOUBTFUL = "?";
/** With fewer worlds a search calls 0 ms safe on cards that lose 10 ms: measured with one, `--scale 0.1`. */
const WORLDS_FEW = 4;

const LAG_NOTES = `\
LAG         a page that was changed while it was written is written again so long after its first change
HOLD+FLUSH  a time from the end of a region's writes, and then a flush of both cards, which lose nothing after it
`;

/** The curves for a person. */
export function settleText(curves: SettleCurves, options: SettleOptions, colour: boolean): string {
  const { points, gated } = curves;
  const parts: string[] = [];
  if (options.lossesMs.length > 0) {
    const rows = options.lossesMs.map((amountMs) => lossRow(amountMs, curves, colour));
    parts.push(
      `The smallest safe time against what a card may lose after its answer:\n${textTable(LOSS_COLUMNS, rows)}`,
      LOSS_NOTES,
      lossPlot(curves, options.lossesMs),
    );
  }
  if (options.lagsMs.length > 0) {
    const columns = [right("LAG ms"), right("HOLD+FLUSH ms"), right("CUTS"), { title: "OUTCOMES" }];
    const lags = points.filter(({ way }) => way === "lag");
    const rows = lags.map((point) => [grouped(point.amountMs), foundText(point), ...judged(point.report)]);
    parts.push(
      `The smallest safe time against how long write-back lags, buffers changing in flight:\n${textTable(columns, rows)}`,
      LAG_NOTES,
    );
  }
  return [...fewWorlds(options), ...parts, conclusions(points, gated)]
    .filter((part) => part !== "")
    .join("\n");
}

function fewWorlds({ worlds }: SettleOptions): string[] {
  if (worlds >= WORLDS_FEW) return [];
  return [
    "On so few worlds what breaks a time is seldom met: those called safe here may be far too short (--scale).\n",
  ];
}

function lossRow(amountMs: number, { points, gated }: SettleCurves, colour: boolean): (string | Cell)[] {
  const cell = (way: SettleWay): string => {
    const point = points.find((candidate) => candidate.way === way && candidate.amountMs === amountMs);
    return point === undefined ? "" : foundText(point);
  };
  const own = gated.find((candidate) => candidate.amountMs === amountMs);
  return [
    grouped(amountMs),
    cell("hold"),
    cell("hold-cached"),
    cell("settle"),
    own === undefined ? "" : gatedCell(own, colour),
    ...(own === undefined ? ["", ""] : judged(own.report)),
  ];
}

function gatedCell({ report }: GatedPoint, colour: boolean): Cell {
  return report.brokenTotal === 0
    ? styledCell("nothing broke", "good", colour)
    : styledCell(brokenText(report), "bad", colour);
}

function judged(report: SettlePoint["report"]): string[] {
  return [grouped(report.cuts), outcomesText(report)];
}

/** "6", "6 ?" where too little was judged to say so, or that none up to the longest one tried is safe. */
function foundText(point: SettlePoint): string {
  const { smallestMs, mostMs } = point.found;
  if (smallestMs === null) return `none to ${grouped(mostMs)}`;
  return isDoubtful(point) ? `${grouped(smallestMs)} ${DOUBTFUL}` : grouped(smallestMs);
}

function isDoubtful(point: SettlePoint): boolean {
  return tooLittle(point).length > 0;
}

function lossPlot({ points }: SettleCurves, lossesMs: readonly number[]): string {
  const valuesOf = (way: SettleWay, doubtful: boolean): (number | null)[] =>
    lossesMs.map((amountMs) => {
      const point = points.find((candidate) => candidate.way === way && candidate.amountMs === amountMs);
      return point === undefined || isDoubtful(point) !== doubtful ? null : point.found.smallestMs;
    });
  const curves = [
    { mark: "h", values: valuesOf("hold", false) },
    { mark: "s", values: valuesOf("settle", false) },
    { mark: DOUBTFUL, values: valuesOf("hold", true) },
    { mark: DOUBTFUL, values: valuesOf("settle", true) },
  ];
  const isAnyDoubtful = curves.some(
    ({ mark, values }) => mark === DOUBTFUL && values.some((ms) => ms !== null),
  );
  const doubtful = isAnyDoubtful ? `, ${DOUBTFUL} judged too little` : "";
  return (
    `Smallest safe time, ms, by loss, ms; h hold, s settle, * both, . the loss itself${doubtful}; axes are not to scale:\n` +
    plot(lossesMs, lossesMs, curves)
  );
}

/** What is unsafe whatever one waits, and what proves nothing. */
function conclusions(points: readonly SettlePoint[], gated: readonly GatedPoint[]): string {
  const lines: string[] = [];
  const never = points.filter(({ found }) => found.smallestMs === null);
  const ways = new Set(never.map(({ way }) => way));
  for (const way of ways) {
    const most = Math.max(...never.filter((point) => point.way === way).map(({ found }) => found.mostMs));
    const why = NEVER_SAFE[way];
    lines.push(
      `No ${NAMES[way]} is safe at ${never.filter((point) => point.way === way).length} of ` +
        `${points.filter((point) => point.way === way).length} points, tried up to ${grouped(most)} ms${why}.\n`,
    );
  }
  for (const point of points.filter((candidate) => tooLittle(candidate).length > 0)) {
    lines.push(
      `${NAMES[point.way]} at ${point.amountMs} ms judged too little: ${tooLittle(point).join(", ")}\n`,
    );
  }
  for (const { amountMs, report } of gated.filter((point) => point.report.brokenTotal > 0)) {
    lines.push(
      `sync-gated must hold at ${amountMs} ms, and broke: ${report.violations[0]?.text ?? brokenText(report)}\n`,
    );
  }
  return lines.join("");
}

const NAMES: Readonly<Record<SettleWay, string>> = {
  hold: "hold time",
  "hold-cached": "hold time on cards with a cache",
  settle: "settle time",
  lag: "hold time before a flush",
};
const NEVER_SAFE: Readonly<Record<SettleWay, string>> = {
  hold: "",
  "hold-cached": ": a cache keeps what it has until it is flushed, however long that is",
  settle: "",
  lag: "",
};

/** The last line: the only one that differs between two runs. */
export function settleEnd({ seed, worlds }: SettleOptions, elapsedMs: number): string {
  const tried = worlds === 1 ? "1 world" : `${grouped(worlds)} worlds`;
  return `Each time was tried on ${tried}, cut after every event (seed ${seed}, ${seconds(elapsedMs)}).\n`;
}

/** For a program, a chart: two runs with one seed give the same. */
export function settleJson({ points, gated }: SettleCurves): Record<string, unknown> {
  return {
    points: points.map((point) => ({
      way: point.way,
      amountMs: point.amountMs,
      ...point.found,
      tooLittle: tooLittle(point),
      clears: point.report.clears,
    })),
    syncGated: gated.map(({ amountMs, report }) => {
      const { cuts, brokenCuts, pairs, possible, bounded, broken, clears } = report;
      return { amountMs, cuts, brokenCuts, pairs, possible, bounded, broken, clears };
    }),
  };
}

function right(title: string): Column {
  return { title, right: true };
}
