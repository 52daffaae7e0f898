import { digitsOf, digitsText, numberOf, numberText, refuse } from "../../campaign/case/case-id-text.js";
import { POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { shortProfile } from "../dut-case.js";
import type { BoardPower } from "./firmware-device.js";

/** One cut of one firmware's run that ends badly: decisions only, no seed of a search. */
export interface FirmwareCase {
  /** digestOfFirmware. */
  readonly digest: string;
  /** Name of the class of both cards. */
  readonly profile: string;
  /** Of the cards' timing. */
  readonly seed: number;
  readonly power: BoardPower;
  /** The cut comes behind the first instruction at or after this cycle of the boot. */
  readonly cycle: number;
  /** For each axis of the crash space the option that is left: of the card that loses its power first, then of the other. */
  readonly choice: readonly number[];
}

/** Version of the format; ids of it mean the same in every release that knows it. */
const VERSION = "fw1";
const SECTIONS = 7;
const LENGTH_MAX = 1 << 16;

/** Whether a text is meant as the id of such a case. */
export function isFirmwareCaseId(id: string): boolean {
  return id.startsWith(`${VERSION}:`);
}

/**
 * A case as a short text of a-z, 0-9, colon and dot, numbers in base 36:
 *
 *     fw1 : digest : profile : t<seed> : p<topology>.<first card>.<skew, µs> : y<cycle> : o<options>
 */
export function encodeFirmwareCase({ digest, profile, seed, power, cycle, choice }: FirmwareCase): string {
  const { topology, first, skewUs } = power;
  return [
    VERSION,
    digest,
    shortProfile(profile),
    `t${numberText("seed", seed)}`,
    `p${numberText("topology", topology)}.${first}.${numberText("skew", skewUs)}`,
    `y${numberText("cycle", cycle)}`,
    `o${choice.length === 0 ? "" : digitsText("option", choice)}`,
  ].join(":");
}

/** The case that an id stands for, its profile as the id has it (shortProfile). @throws CaseIdError */
export function decodeFirmwareCase(id: string): FirmwareCase {
  if (id.length > LENGTH_MAX) refuse("length", `at most ${LENGTH_MAX} characters`, String(id.length));
  const wrong = /[^a-z0-9:.]/.exec(id);
  if (wrong !== null) refuse(`character ${wrong.index}`, "one of a-z, 0-9, colon and dot", wrong[0]);
  const sections = id.split(":");
  if (sections[0] !== VERSION) refuse("version", VERSION, sections[0]!);
  if (sections.length !== SECTIONS) refuse("sections", `${SECTIONS} of them`, String(sections.length));
  const [, digest, profile, seed, power, cycle, options] = sections as [string, ...string[]];
  if (!/^[0-9a-z]{12}$/.test(digest!)) refuse("digest", "12 characters", digest!);
  const parts = after("power", "p", power!).split(".");
  if (parts.length !== 3 || !/^[01]$/.test(parts[1]!)) refuse("power", "p<topology>.<0 or 1>.<skew>", power!);
  const topology = numberOf("topology", parts[0]!);
  if (POWER_TOPOLOGIES[topology] === undefined)
    refuse("topology", `0 to ${POWER_TOPOLOGIES.length - 1}`, parts[0]!);
  const choice = after("options", "o", options!);
  return {
    digest: digest!,
    profile: profile!,
    seed: numberOf("seed", after("seed", "t", seed!)),
    power: { topology, first: parts[1] === "0" ? 0 : 1, skewUs: numberOf("skew", parts[2]!) },
    cycle: numberOf("cycle", after("cycle", "y", cycle!)),
    choice: choice === "" ? [] : digitsOf("option", choice),
  };
}

function after(field: string, letter: string, text: string): string {
  return text.startsWith(letter) ? text.slice(1) : refuse(field, `a section ${letter}...`, text);
}
