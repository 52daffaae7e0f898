import { digitsOf, digitsText, numberOf, numberText, refuse } from "../campaign/case/case-id-text.js";
import type { WriteLog } from "./write-log.js";

/** One cut: its moment, and what it leaves. */
export interface Cut {
  /** The moment; see CutPoint. */
  readonly event: number;
  readonly phase: number;
  /** For each axis of the crash space the option that the cut leaves. */
  readonly choice: readonly number[];
}

/** A cut during the recovery from the cut before it. */
export interface RecoveryCut extends Cut {
  /** digestOf what the recovery writes; its own log, which the device makes again. */
  readonly digest: string;
}

/** Cuts of one log that leave what the check does not accept: decisions only, no seed of a search. */
export interface DutCase extends Cut {
  /** digestOf the log. */
  readonly digest: string;
  /** Name of the class of cards. */
  readonly profile: string;
  /** Of the cards' timing. */
  readonly seed: number;
  /** Events of the log that are replayed, ascending. */
  readonly kept: readonly number[];
  /** Cuts during the recoveries, one after another; none for a case of one cut. */
  readonly recoveries: readonly RecoveryCut[];
}

/** Versions of the format; ids of them mean the same in every release that knows them. */
const ONE_CUT = "wl1";
const MORE_CUTS = "wl2";
const LENGTH_MAX = 1 << 16;
const SECTIONS = 7;
/** Of each cut during a recovery. */
const SECTIONS_MORE = 3;

/** Whether a text is meant as the id of such a case. */
export function isDutCaseId(id: string): boolean {
  return id.startsWith(`${ONE_CUT}:`) || id.startsWith(`${MORE_CUTS}:`);
}

/**
 * A case as a short text of a-z, 0-9, colon and dot:
 *
 *     wl1 : digest of the log : profile : t<seed> : k<runs of events> : c<event>.<phase> : o<options>
 *
 * Numbers are in base 36. Runs are lengths joined by dots: events left out, events kept, left out, ... from the first
 * event of the log on. Event 0 stands for the moment before the first event, n for the n-th. With cuts during
 * recovery it begins with wl2 and has three sections more for each of them:
 *
 *     r<digest of what the recovery writes> : c<event>.<phase> : o<options>
 */
export function encodeDutCase(failing: DutCase): string {
  const { digest, profile, seed, kept, recoveries } = failing;
  return [
    recoveries.length === 0 ? ONE_CUT : MORE_CUTS,
    digest,
    shortProfile(profile),
    `t${numberText("seed", seed)}`,
    `k${runsOf(kept)
      .map((run) => numberText("run", run))
      .join(".")}`,
    ...cutTexts(failing),
    ...recoveries.flatMap((cut) => [`r${cut.digest}`, ...cutTexts(cut)]),
  ].join(":");
}

function cutTexts({ event, phase, choice }: Cut): [string, string] {
  return [
    `c${numberText("event", event + 1)}.${numberText("phase", phase)}`,
    `o${choice.length === 0 ? "" : digitsText("option", choice)}`,
  ];
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
  const [version] = sections;
  if (version !== ONE_CUT && version !== MORE_CUTS) refuse("version", `${ONE_CUT} or ${MORE_CUTS}`, version!);
  const more = sections.length - SECTIONS;
  const fits = version === ONE_CUT ? more === 0 : more > 0 && more % SECTIONS_MORE === 0;
  if (!fits) {
    const expected =
      version === ONE_CUT ? `${SECTIONS} of them` : `${SECTIONS} and ${SECTIONS_MORE} for each cut more`;
    refuse("sections", expected, String(sections.length));
  }
  const [, digest, profile, seed, kept, cut, options] = sections as [string, ...string[]];
  const first = cutOf(cut!, options!);
  const recoveries: RecoveryCut[] = [];
  for (let at = SECTIONS; at < sections.length; at += SECTIONS_MORE) {
    const written = digestIn("recovery", after("recovery", "r", sections[at]!));
    recoveries.push({ digest: written, ...cutOf(sections[at + 1]!, sections[at + 2]!) });
  }
  return {
    digest: digestIn("log", digest!),
    profile: profile!,
    seed: numberOf("seed", after("seed", "t", seed!)),
    kept: eventsOf(after("events", "k", kept!), first.event),
    ...first,
    recoveries,
  };
}

function digestIn(field: string, text: string): string {
  return /^[0-9a-z]{12}$/.test(text) ? text : refuse(field, "12 characters", text);
}

function cutOf(cut: string, options: string): Cut {
  const parts = after("cut", "c", cut).split(".");
  if (parts.length !== 2) refuse("cut", "c<event>.<phase>", cut);
  const choice = after("options", "o", options);
  return {
    event: numberOf("event", parts[0]!) - 1,
    phase: numberOf("phase", parts[1]!),
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
