import { FAULT_PROFILES, PROFILES } from "../../sdcard-emulator/characteristics.js";
import { bootSections, bootsOf, isCutSection } from "./case-id-boots.js";
import { CaseIdError, digitsOf, digitsText, numberOf, numberText, refuse } from "./case-id-text.js";
import type { FailingCase, OutcomeChoices } from "./failing-case.js";
import { PLAIN_COOLDOWN_MS, PLAIN_SETTINGS } from "../world/plain-scenario.js";
import { POLICY_NAMES, type PolicyChoice } from "../world/policy-choice.js";
import { checkScenario } from "../world/scenario-check.js";
import type { Scenario, ScenarioGeometry } from "../world/scenario.js";

/** Version of the format; ids of it mean the same in every release that knows it. */
const VERSION = "sg1";
const LENGTH_MAX = 1 << 16;
/** In place of an empty list of settings. */
const NO_SETTINGS = "0";
const FLUSH = "f";
const HOLD = "h";
const SYNC_KINDS = "s";

/** Further options of the driver: each the letter, the option as one digit, and its value. */
const OPTION = "o";
const EMPTY_ARRAY = "g";
const TRANSIENTS = "f";
const COLLIDES = "c";

type Optional = "options" | "empty" | "transients" | "collides" | "classes";
type NumberSetting = Exclude<
  keyof Scenario,
  "policy" | "profiles" | "geometry" | "boots" | "syncKinds" | Optional
>;

const SETTING_LETTERS: Readonly<Record<NumberSetting, string>> = {
  timing: "t",
  bug: "b",
  epochMs: "e",
  tickUs: "k",
  writeBackUs: "w",
  dirtyAgeUs: "d",
  syncDelayUs: "l",
};
const GEOMETRY_LETTERS: Readonly<Record<keyof ScenarioGeometry, string>> = {
  cardSectors: "n",
  regionShift: "r",
  metadataStride: "m",
  sectorsPerPage: "p",
};
const NUMBER_SETTINGS = Object.keys(SETTING_LETTERS) as NumberSetting[];
const LETTERS = [...Object.values(SETTING_LETTERS), ...Object.values(GEOMETRY_LETTERS), SYNC_KINDS].join("");
const GEOMETRY_FIELDS = Object.keys(GEOMETRY_LETTERS) as (keyof ScenarioGeometry)[];

/**
 * A failing case as one short text of the characters a-z, 0-9, colon and dot. It holds decisions, never the seed of a
 * generator, so that it means the same whatever becomes of the generators:
 *
 *     sg1 : policy[.f][.h<ms>] : profile A[.profile B] : settings : boots ... : c<step>[ : a<choices> : b<choices>]
 *
 * Numbers are in base 36, profiles and policies without their hyphens; what is as in PLAIN_SETTINGS is left out.
 * A boot is its actions, each a letter, its time in us and its fields, then its end (case-id-boots.ts).
 * @throws Error for numbers that are not whole and not negative, and for cards that have no name
 */
export function encodeCase(failing: FailingCase): string {
  const { scenario, step, choices } = failing;
  if (scenario.classes !== undefined) {
    throw new Error("a case id names the classes of its cards: leave out `classes`, and name `profiles`");
  }
  const sections = [
    VERSION,
    policyText(scenario.policy),
    profilesText(scenario.profiles),
    settingsText(scenario),
    ...bootSections(scenario.boots),
    `c${numberText("step", step)}`,
  ];
  if (choices !== null) {
    sections.push(`a${digitsText("choice", choices[0])}`, `b${digitsText("choice", choices[1])}`);
  }
  return sections.join(":");
}

/**
 * The case that an id stands for.
 * @throws CaseIdError of one sentence that names the field and what was expected there
 */
export function decodeCase(id: string): FailingCase {
  if (id.length > LENGTH_MAX) {
    throw new CaseIdError(`a case id of ${id.length} characters is too long: at most ${LENGTH_MAX}`);
  }
  const wrong = /[^a-z0-9:.]/.exec(id);
  if (wrong !== null) refuse(`character ${wrong.index}`, "one of a-z, 0-9, colon and dot", wrong[0]);
  const sections = id.split(":");
  if (sections[0] !== VERSION) refuse("version", VERSION, sections[0]!);
  const [, policy = "", profiles = "", settings = "", ...rest] = sections;
  const cut = rest.findIndex(isCutSection);
  if (cut < 0) refuse("cut", "a section c<step> after the boots", rest.at(-1) ?? "");
  const scenario: Scenario = {
    policy: policyOf(policy),
    profiles: profilesOf(profiles),
    ...settingsOf(settings),
    boots: bootsOf(rest.slice(0, cut)),
  };
  try {
    checkScenario(scenario);
  } catch (error) {
    throw new CaseIdError(`case id, ${(error as Error).message}`);
  }
  return { scenario, step: numberOf("step", rest[cut]!.slice(1)), choices: choicesOf(rest.slice(cut + 1)) };
}

function choicesOf(sections: readonly string[]): OutcomeChoices | null {
  if (sections.length === 0) return null;
  const [a = "", b = "", ...more] = sections;
  if (!a.startsWith("a")) refuse("outcome of card A", "a section a<choices>", a);
  if (!b.startsWith("b")) refuse("outcome of card B", "a section b<choices>", b);
  if (more.length > 0) refuse("end", "nothing after the outcome of card B", more[0]!);
  return [digitsOf("outcome of card A", a.slice(1)), digitsOf("outcome of card B", b.slice(1))];
}

function policyText({ name, flush, cooldownMs }: PolicyChoice): string {
  const hold = cooldownMs === PLAIN_COOLDOWN_MS ? "" : `.${HOLD}${numberText("cooldownMs", cooldownMs)}`;
  return `${short(name)}${flush ? `.${FLUSH}` : ""}${hold}`;
}

function policyOf(text: string): PolicyChoice {
  const parts = text.split(".");
  const name = POLICY_NAMES.find((known) => short(known) === parts[0]);
  if (name === undefined) refuse("policy", `one of ${POLICY_NAMES.map(short).join(", ")}`, parts[0]!);
  let at = 1;
  const flush = parts[at] === FLUSH;
  if (flush) at++;
  const hold = parts[at]?.startsWith(HOLD) ? parts[at++]!.slice(1) : null;
  if (at < parts.length) refuse("policy", `.${FLUSH} for a flush or .${HOLD}<ms>`, parts[at]!);
  return { name, flush, cooldownMs: hold === null ? PLAIN_COOLDOWN_MS : numberOf("cooldownMs", hold) };
}

function profilesText([a, b]: readonly [string, string]): string {
  return a === b ? short(a) : `${short(a)}.${short(b)}`;
}

function profilesOf(text: string): readonly [string, string] {
  const [a, b = a, ...more] = text.split(".");
  if (more.length > 0) refuse("profiles", "one profile for each card", text);
  return [profileOf(a!), profileOf(b!)];
}

function profileOf(text: string): string {
  const names = Object.keys({ ...PROFILES, ...FAULT_PROFILES });
  const name = names.find((known) => short(known) === text);
  return name ?? refuse("profiles", `one of ${names.map(short).join(", ")}`, text);
}

function settingsText(scenario: Scenario): string {
  const texts: string[] = [];
  for (const field of NUMBER_SETTINGS) {
    const value = scenario[field];
    if (value !== PLAIN_SETTINGS[field]) texts.push(`${SETTING_LETTERS[field]}${numberText(field, value)}`);
  }
  for (const field of GEOMETRY_FIELDS) {
    const value = scenario.geometry[field];
    if (value === PLAIN_SETTINGS.geometry[field]) continue;
    texts.push(`${GEOMETRY_LETTERS[field]}${numberText(field, value)}`);
  }
  const kinds = digitsText("sync kind", scenario.syncKinds);
  if (kinds !== digitsText("sync kind", PLAIN_SETTINGS.syncKinds)) texts.push(`${SYNC_KINDS}${kinds}`);
  texts.push(...optionalTexts(scenario));
  return texts.join(".") || NO_SETTINGS;
}

/** Settings that a scenario need not have. */
function optionalTexts({ options, empty, transients, collides }: Scenario): string[] {
  const texts = (options ?? []).map(
    ([option, value]) => `${OPTION}${digitsText("option", [option])}${numberText("option value", value)}`,
  );
  if (empty !== undefined) texts.push(`${EMPTY_ARRAY}${numberText("empty", empty)}`);
  if (transients !== undefined) texts.push(`${TRANSIENTS}${digitsText("transient faults", transients)}`);
  if (collides !== undefined) texts.push(`${COLLIDES}${numberText("collides", collides)}`);
  return texts;
}

/** Takes them out of what was given. */
function optionalOf(given: Map<string, string>): Pick<Scenario, Optional> {
  const options: [number, number][] = [];
  for (const [key, digits] of given) {
    if (!key.startsWith(OPTION) || key.length !== 2) continue;
    options.push([digitsOf("option", key.slice(1))[0]!, numberOf("option value", digits)]);
    given.delete(key);
  }
  const empty = given.get(EMPTY_ARRAY);
  const transients = given.get(TRANSIENTS);
  given.delete(EMPTY_ARRAY);
  given.delete(TRANSIENTS);
  const collides = given.get(COLLIDES);
  given.delete(COLLIDES);
  return {
    ...(options.length > 0 ? { options } : {}),
    ...(empty === undefined ? {} : { empty: numberOf("empty", empty) }),
    ...(transients === undefined ? {} : { transients: digitsOf("transient faults", transients) }),
    ...(collides === undefined ? {} : { collides: numberOf("collides", collides) }),
  };
}

function settingsOf(text: string): Omit<Scenario, "policy" | "profiles" | "boots"> {
  const given = new Map<string, string>();
  for (const part of text === NO_SETTINGS ? [] : text.split(".")) {
    const letter = part.startsWith(OPTION) ? part.slice(0, 2) : part.slice(0, 1);
    if (given.has(letter)) refuse("settings", "each setting once", part);
    given.set(letter, part.slice(letter.length));
  }
  const take = (field: string, letter: string, plain: number): number => {
    const digits = given.get(letter);
    given.delete(letter);
    return digits === undefined ? plain : numberOf(field, digits);
  };
  const numbers = Object.fromEntries(
    NUMBER_SETTINGS.map((field) => [field, take(field, SETTING_LETTERS[field], PLAIN_SETTINGS[field])]),
  ) as Record<NumberSetting, number>;
  const geometry = Object.fromEntries(
    GEOMETRY_FIELDS.map((field) => [
      field,
      take(field, GEOMETRY_LETTERS[field], PLAIN_SETTINGS.geometry[field]),
    ]),
  ) as Record<keyof ScenarioGeometry, number>;
  const kinds = given.get(SYNC_KINDS);
  given.delete(SYNC_KINDS);
  const optional = optionalOf(given);
  for (const [letter, digits] of given) {
    refuse(
      "settings",
      `${NO_SETTINGS}, or numbers each after one letter of ${LETTERS}`,
      `${letter}${digits}`,
    );
  }
  const syncKinds = kinds === undefined ? PLAIN_SETTINGS.syncKinds : digitsOf("sync kinds", kinds);
  return { ...numbers, geometry, syncKinds, ...optional };
}

/** Names without the hyphens, which an id cannot hold. */
function short(name: string): string {
  return name.replaceAll("-", "");
}
