import type { CutMoment } from "../search/cut-explorer.js";
import type { ScenarioEvent } from "../world/scenario-event.js";
import { CARD_NAMES, type WordedEvent } from "./event-words.js";

/** A row of a timeline. */
export type TimelineRow = WordedEvent & { readonly time: string };

const GAP = "  ";

/** Rows as a table of text: time, layer above, card A, card B. */
export function cardTimeline(rows: readonly TimelineRow[]): string[] {
  const cells = [
    ["time", "layer above", ...CARD_NAMES],
    ...rows.map(({ time, column, text }) => [
      time,
      column === "above" ? text : "",
      column === 0 ? text : "",
      column === 1 ? text : "",
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const rule = widths.map((width) => "-".repeat(width));
  const [head, ...body] = cells;
  return [head!, rule, ...body].map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padStart(widths[0]!) : text.padEnd(widths[column]!)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Times since the beginning of a boot, in ms, with the boot's number where there are several. */
export class BootTimes {
  private readonly startsUs: number[] = [];

  constructor(events: readonly ScenarioEvent[]) {
    for (const { kind, boot, timeUs } of events) if (kind === "boot") this.startsUs[boot] = timeUs;
  }

  text({ boot, timeUs }: CutMoment): string {
    const ms = `${((timeUs - (this.startsUs[boot] ?? 0)) / 1000).toFixed(3)} ms`;
    return this.startsUs.length > 1 ? `boot ${boot}, ${ms}` : ms;
  }
}
