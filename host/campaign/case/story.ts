import { BootTimes, cardTimeline, type TimelineRow } from "./card-timeline.js";
import { encodeCase } from "./case-id.js";
import type { CutMoment } from "../search/cut-explorer.js";
import { EventWords } from "./event-words.js";
import { mailFacts, type MailFacts } from "./mail-facts.js";
import { mailSteps } from "./mail-story.js";
import { policyTitle } from "../world/policy-choice.js";
import { PROMISE_WORDS } from "./promise-words.js";
import type { Replayed } from "./replay.js";
import { replayCommandLine } from "./replay-command-line.js";
import type { ScenarioEvent } from "../world/scenario-event.js";
import { ValueNames } from "./value-names.js";
import type { Violation } from "../oracle/violation.js";

/** Rows of a timeline at most; the latest are shown. */
const ROWS_MAX = 60;
const WIDTH = 100;

/**
 * A broken promise in plain words: the mail's eight steps where a region was cleared too early, for every other one
 * what happened; then a timeline of both cards, the case's id, and the command that replays it. Lines without a
 * newline at the end.
 * @param timeline false leaves the timeline out where the eight steps tell the case
 * @param driver path of the module that it is a case of; default: the package's own
 * @throws Error when the replay broke nothing
 */
export function storyOf(
  replayed: Replayed,
  { timeline = true, driver }: { timeline?: boolean; driver?: string | undefined } = {},
): string {
  const { violation, contents, events, failing } = replayed;
  if (violation === null) throw new Error(`there is no story to tell: the replay ${replayed.ending}`);
  const names = new ValueNames(contents, events);
  const facts = mailFacts(replayed);
  if (facts !== null) {
    const [a, b] = facts.cards;
    names.callOldAndNew(facts.sector, a.keptContent, b.keptContent);
  }
  const times = new BootTimes(events);
  const at = (moment: CutMoment): string => `[${times.text(moment)}]`;
  const id = encodeCase(failing);
  return [
    ...headLines(replayed, violation),
    "",
    ...(facts === null ? [] : [...mailSteps(replayed, facts, names, at).flatMap(wrapped), ""]),
    ...(timeline || facts === null ? [...timelineLines(replayed, violation, facts, names, times), ""] : []),
    `case    ${id}`,
    `replay  ${replayCommandLine(id, { driver })}`,
  ].join("\n");
}

/** Everything that happened in a replay, with times, in words, whatever became of it: for `replay --trace`. */
export function traceOf(replayed: Replayed): string {
  const { events, contents } = replayed;
  const names = new ValueNames(contents, events);
  const times = new BootTimes(events);
  return cardTimeline(rowsOf(replayed, events, names, times)).join("\n");
}

/** One line for a table of broken promises: "immediate P1 P3: region 0, sector 0: A=new B=old". */
export function headlineOf(replayed: Replayed): string {
  const { violation, outcome, failing, geometry, contents, events } = replayed;
  if (violation === null) throw new Error(`there is no headline: the replay ${replayed.ending}`);
  const { promises, sector, text } = violation;
  const what = `${policyTitle(failing.scenario.policy)} ${promises.join(" ")}`;
  if (outcome === null || sector < 0) return `${what}: ${text}`;
  const names = new ValueNames(contents, events);
  const [a, b] = outcome.images.map((image) => image.get(geometry.dataStart + sector)) as [number, number];
  names.callOldAndNew(sector, a, b);
  const values = `A=${names.name(sector, a)} B=${names.name(sector, b)}`;
  return `${what}: region ${sector >> geometry.regionShift}, sector ${sector}: ${values}`;
}

/** A numbered step in lines of at most WIDTH characters. */
function wrapped(step: string): string[] {
  const lines = [""];
  // Times, in brackets, stay whole.
  for (const word of step.split(/ (?![^[]*\])/)) {
    const line = lines[lines.length - 1]!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`   ${word}`);
  }
  return lines;
}

function headLines({ failing, depth }: Replayed, { promises, text }: Violation): string[] {
  const { policy, profiles } = failing.scenario;
  const cards = profiles[0] === profiles[1] ? `two ${profiles[0]} cards` : `cards ${profiles.join(" and ")}`;
  return [
    `${policyTitle(policy)} on ${cards} breaks ${promises.join(" and ")}: ${text}`,
    ...promises.map((promise) => `  ${promise}: ${PROMISE_WORDS[promise]}`),
    ...(depth === 2 ? ["The recovery from this cut is cut again: that is what breaks the promise."] : []),
  ];
}

function timelineLines(
  replayed: Replayed,
  violation: Violation,
  facts: MailFacts | null,
  names: ValueNames,
  times: BootTimes,
): string[] {
  const { events, outcome, geometry } = replayed;
  const told = facts === null ? events : events.slice(Math.max(0, events.indexOf(facts.write)));
  const rows = rowsOf(replayed, told, names, times);
  const time = times.text(violation);
  if (outcome !== null) {
    rows.push({ time, column: "above", text: "CUT" });
    for (const member of [0, 1] as const) {
      if (violation.sector < 0) break;
      const content = outcome.images[member].get(geometry.dataStart + violation.sector);
      const text = `left with ${names.name(violation.sector, content)}`;
      rows.push({ time, column: member, text });
    }
  }
  const lines = cardTimeline(rows.slice(-ROWS_MAX));
  const earlier = rows.length - ROWS_MAX;
  return earlier > 0 ? [`(${earlier} earlier events are left out)`, ...lines] : lines;
}

function rowsOf(
  { geometry, contents }: Replayed,
  events: readonly ScenarioEvent[],
  names: ValueNames,
  times: BootTimes,
): TimelineRow[] {
  const words = new EventWords(geometry, contents, names);
  const rows: TimelineRow[] = [];
  for (const event of events) {
    const worded = words.of(event);
    if (worded !== null) rows.push({ time: times.text(event), ...worded });
  }
  return rows;
}
