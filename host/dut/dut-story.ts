import type { CaseStage } from "./case-path.js";
import { axesOf, imagesAfter, type CutCard } from "./crash-state.js";
import { isAt } from "./cut-states.js";
import { LogReplay, type CutPoint } from "./log-replay.js";
import { UNREADABLE, ZEROS } from "../sdcard-emulator/sector-contents.js";
import { sectorsWritten, type LogEvent, type WriteLog } from "./write-log.js";

/** Events told one by one; of more the oldest are only counted. */
const TOLD_MAX = 24;
const SECTORS_TOLD_MAX = 16;

/**
 * A case in plain words: what was written, when the power failed, what each card kept, the same of each recovery that
 * was cut, and what the check says.
 */
export function tellDutCase(stages: readonly CaseStage[], wrong: string): string {
  const lines: string[] = [];
  for (const [cuts, { log, setting, kept, cut }] of stages.entries()) {
    if (cuts > 0) {
      const times = cuts === 1 ? "" : ` from cut ${cuts}`;
      lines.push(`The power is back, and it recovers${times}:`);
    }
    const several = log.sectors.length > 1;
    const steps = kept.filter((event) => event <= cut.event && event < log.events.length);
    const older = Math.max(0, steps.length - TOLD_MAX);
    if (older > 0) lines.push(`(${older} events before)`);
    lines.push(
      ...steps.slice(older).map((event) => `${event + 1}. ${eventText(log.events[event]!, several)}`),
    );
    for (const point of new LogReplay(log, setting, kept).moments()) {
      if (!isAt(point, cut)) continue;
      const keeps = keptLines(point.cards, cut.choice, several ? ["A", "B"] : null);
      const left = keeps.length > 0 ? "What the cut leaves:" : "All that was written is there.";
      lines.push(`The power fails ${cuts > 0 ? "again, " : ""}${momentText(point, log)} ${left}`, ...keeps);
    }
  }
  lines.push(`The check: ${wrong}`);
  return lines.join("\n");
}

function eventText(event: LogEvent, several: boolean): string {
  if (event.kind === "mark") return `The firmware says "${event.text}".`;
  const card = several ? ` on card ${"AB"[event.card]}` : "";
  if (event.kind === "flush") return `A flush${card}.`;
  const what = event.kind === "write" ? "Writes" : event.discards ? "Discards" : "Writes zeros to";
  const fua = event.fua ? ", with force unit access" : "";
  const joined = event.joined ? ", while the one before is under way" : "";
  return `${what} ${sectorsText(event.sector, sectorsWritten(event))}${card}${fua}${joined}.`;
}

function sectorsText(sector: number, count: number): string {
  return count === 1 ? `sector ${sector}` : `sectors ${sector} to ${sector + count - 1}`;
}

function momentText({ event, cards }: CutPoint, log: WriteLog): string {
  if (event < 0) return "before anything is written.";
  if (event >= log.events.length) return "after the last event.";
  return cards.every((card) => card.idle) ? `after event ${event + 1}.` : `during event ${event + 1}.`;
}

/**
 * What becomes of each sector that is not settled, when the power of these cards goes.
 * @param names of the cards; without them there is only one, which needs none
 */
export function keptLines(
  cards: readonly CutCard[],
  choice: readonly number[],
  names: readonly string[] | null,
): string[] {
  const images = imagesAfter(cards, choice);
  const lines: string[] = [];
  for (const [number, card] of cards.entries()) {
    const sectors = new Set(
      axesOf([card]).flatMap(({ options }) => options.flatMap((option) => [...option.sectors])),
    );
    for (const sector of [...sectors].toSorted((a, b) => a - b)) {
      const content = images[number]!.get(sector);
      const newest = card.view(sector);
      const durable = card.media.get(sector);
      let state = "another version, or a part of one";
      if (content === UNREADABLE) state = "unreadable";
      else if (content === newest && content !== durable) state = "what was written last";
      else if (content === durable)
        state = durable === ZEROS ? "nothing of what was written (zeros)" : "what it held before";
      lines.push(`   sector ${sector}${names === null ? "" : ` of card ${names[number]}`}: ${state}`);
    }
  }
  const more = lines.length - SECTORS_TOLD_MAX;
  return more > 0 ? [...lines.slice(0, SECTORS_TOLD_MAX), `   and ${more} sectors more`] : lines;
}
