import { digitsOf, digitsText, numberOf, numberText, refuse } from "../campaign/case/case-id-text.js";
import type { WriteLog } from "./write-log.js";

/** One cut of one log that leaves what the check does not accept: decisions only, no seed of a search. */
export interface DutCase {
  /** digestOf the log. */
  readonly digest: string;
  /** Name of the class of cards. */
  readonly profile: string;
  /** Of the cards' timing. */
  readonly seed: number;
  /** Events of the log that are replayed, ascending. */
  readonly kept: readonly number[];
  /** The moment; see CutPoint. */
  readonly event: number;
  readonly phase: number;
  /** For each axis of the crash space the option that the cut leaves. */
  readonly choice: readonly number[];
}

/** Version of the format; ids of it mean the same in every release that knows it. */
export const DUT_CASE_VERSION = "wl1";
const LENGTH_MAX = 1 << 16;

/**
 * A case as a short text of a-z, 0-9, colon and dot:
 *
 *     wl1 : digest of the log : profile : t<seed> : k<runs of events> : c<event>.<phase> : o<options>
 *
 * Numbers are in base 36. Runs are lengths joined by dots: events left out, events kept, left out, ... from the first
 * event of the log on. Event 0 stands for the moment before the first event, n for the n-th.
 */
export function encodeDutCase({ digest, profile, seed, kept, event, phase, choice }: DutCase): string {
  return [
    DUT_CASE_VERSION,
    digest,
    shortProfile(profile),
    `t${numberText("seed", seed)}`,
    `k${runsOf(kept)
      .map((run) => numberText("run", run))
      .join(".")}`,
    `c${numberText("event", event + 1)}.${numberText("phase", phase)}`,
    `o${choice.length === 0 ? "" : digitsText("option", choice)}`,
  ].join(":");
}

/**
 * The case that an id stands for, its profile as the id has it (shortProfile).
 * @throws CaseIdError
 */
export function decodeDutCase(id: string): DutCase {
  if (id.length > LENGTH_MAX) refuse("length", `at most ${LENGTH_MAX} characters`, String(id.length));
  const wrong = /[^a-z0-9:.]/.exec(id);
  if (wrong !== null) refuse(`character ${wrong.index}`, "one of a-z, 0-9, colon and dot", wrong[0]);
  const sections = id.split(":");
  if (sections[0] !== DUT_CASE_VERSION) refuse("version", DUT_CASE_VERSION, sections[0]!);
  if (sections.length !== 7) refuse("sections", "7 of them", String(sections.length));
  const [, digest, profile, seed, kept, cut, options] = sections as [string, ...string[]];
  if (!/^[0-9a-z]{12}$/.test(digest!)) refuse("log", "12 characters", digest!);
  const cutParts = after("cut", "c", cut!).split(".");
  if (cutParts.length !== 2) refuse("cut", "c<event>.<phase>", cut!);
  const choice = after("options", "o", options!);
  const event = numberOf("event", cutParts[0]!) - 1;
  return {
    digest: digest!,
    profile: profile!,
    seed: numberOf("seed", after("seed", "t", seed!)),
    kept: eventsOf(after("events", "k", kept!), event),
    event,
    phase: numberOf("phase", cutParts[1]!),
    choice: choice === "" ? [] : digitsOf("option", choice),
  };
}

function after(field: string, letter: string, text: string): string {
  return text.startsWith(letter) ? text.slice(1) : refuse(field, `a section ${letter}...`, text);
}

/** A profile's name without what an id cannot hold. */
export function shortProfile(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Up to the cut of a case, what of a log its replay needs. */
export function eventsUntil(log: WriteLog, event: number): number[] {
  return Array.from({ length: Math.min(event + 1, log.events.length) }, (_, i) => i);
}

function runsOf(kept: readonly number[]): number[] {
  const runs: number[] = [];
  let next = 0;
  for (let i = 0; i < kept.length;) {
    const first = kept[i]!;
    let length = 1;
    while (i + length < kept.length && kept[i + length] === first + length) length++;
    runs.push(first - next, length);
    next = first + length;
    i += length;
  }
  return runs;
}

function eventsOf(text: string, last: number): number[] {
  const runs = text === "" ? [] : text.split(".").map((run) => numberOf("events", run));
  if (runs.length % 2 !== 0) refuse("events", "pairs of numbers", text);
  const kept: number[] = [];
  let next = 0;
  for (let i = 0; i < runs.length; i += 2) {
    next += runs[i]!;
    if (next + runs[i + 1]! > last + 1) refuse("events", `events up to the cut`, text);
    for (let k = 0; k < runs[i + 1]!; k++) kept.push(next++);
  }
  return kept;
}
