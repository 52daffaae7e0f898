import { digitsOf, digitsText, numberOf, numberText, refuse } from "../../campaign/case/case-id-text.js";
import { POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { shortProfile } from "../dut-case.js";
import type { BoardPower } from "./firmware-device.js";

/** One cut of one boot. */
export interface BoardCut {
  /** The cut comes behind the first instruction at or after this cycle of the boot. */
  readonly cycle: number;
  /** For each axis of the crash space the option that is left: of the card that loses its power first, then of the other. */
  readonly choice: readonly number[];
}

/** Cuts of one firmware's run that end badly: decisions only, no seed of a search. */
export interface FirmwareCase extends BoardCut {
  /** digestOfFirmware. */
  readonly digest: string;
  /** Name of the class of both cards. */
  readonly profile: string;
  /** Of the cards' timing. */
  readonly seed: number;
  readonly power: BoardPower;
  /** Cuts of the boots behind the first one, each in the boot behind the one before. */
  readonly recoveries: readonly BoardCut[];
}

/** Versions of the format; ids of them mean the same in every release that knows them. The second one has several cuts. */
const VERSION = "fw1";
const VERSION_OF_MORE = "fw2";
const SECTIONS = 7;
const SECTIONS_OF_CUT = 2;
const LENGTH_MAX = 1 << 16;

/** Whether a text is meant as the id of such a case. */
export function isFirmwareCaseId(id: string): boolean {
  return id.startsWith(`${VERSION}:`) || id.startsWith(`${VERSION_OF_MORE}:`);
}

/**
 * A case as a short text of a-z, 0-9, colon and dot, numbers in base 36:
 *
 *     fw1 : digest : profile : t<seed> : p<topology>.<first card>.<skew, µs> : y<cycle> : o<options>
 *
 * With cuts of boots behind it `fw2`, and y<cycle> : o<options> of each at the end.
 */
export function encodeFirmwareCase(failing: FirmwareCase): string {
  const { digest, profile, seed, power, recoveries } = failing;
  const { topology, first, skewUs } = power;
  return [
    recoveries.length === 0 ? VERSION : VERSION_OF_MORE,
    digest,
    shortProfile(profile),
    `t${numberText("seed", seed)}`,
    `p${numberText("topology", topology)}.${first}.${numberText("skew", skewUs)}`,
    ...[failing, ...recoveries].flatMap(({ cycle, choice }) => [
      `y${numberText("cycle", cycle)}`,
      `o${choice.length === 0 ? "" : digitsText("option", choice)}`,
    ]),
  ].join(":");
}

/** The case that an id stands for, its profile as the id has it (shortProfile). @throws CaseIdError */
export function decodeFirmwareCase(id: string): FirmwareCase {
  if (id.length > LENGTH_MAX) refuse("length", `at most ${LENGTH_MAX} characters`, String(id.length));
  const wrong = /[^a-z0-9:.]/.exec(id);
  if (wrong !== null) refuse(`character ${wrong.index}`, "one of a-z, 0-9, colon and dot", wrong[0]);
  const sections = id.split(":");
  const [version, digest, profile, seed, power, ...cuts] = sections as [string, ...string[]];
  if (!isFirmwareCaseId(id)) refuse("version", `${VERSION} or ${VERSION_OF_MORE}`, version);
  const hasMore = version === VERSION_OF_MORE;
  const fits = hasMore
    ? sections.length > SECTIONS && sections.length % SECTIONS_OF_CUT === SECTIONS % SECTIONS_OF_CUT
    : sections.length === SECTIONS;
  if (!fits)
    refuse(
      "sections",
      hasMore ? `${SECTIONS} of them and two more for each further cut` : `${SECTIONS} of them`,
      String(sections.length),
    );
  if (!/^[0-9a-z]{12}$/.test(digest!)) refuse("digest", "12 characters", digest!);
  const parts = after("power", "p", power!).split(".");
  if (parts.length !== 3 || !/^[01]$/.test(parts[1]!)) refuse("power", "p<topology>.<0 or 1>.<skew>", power!);
  const topology = numberOf("topology", parts[0]!);
  if (POWER_TOPOLOGIES[topology] === undefined)
    refuse("topology", `0 to ${POWER_TOPOLOGIES.length - 1}`, parts[0]!);
  const [first, ...recoveries] = Array.from({ length: cuts.length / SECTIONS_OF_CUT }, (_, i) =>
    cutOf(cuts[SECTIONS_OF_CUT * i]!, cuts[SECTIONS_OF_CUT * i + 1]!),
  );
  return {
    digest: digest!,
    profile: profile!,
    seed: numberOf("seed", after("seed", "t", seed!)),
    power: { topology, first: parts[1] === "0" ? 0 : 1, skewUs: numberOf("skew", parts[2]!) },
    ...first!,
    recoveries,
  };
}

function cutOf(cycle: string, options: string): BoardCut {
  const choice = after("options", "o", options);
  return {
    cycle: numberOf("cycle", after("cycle", "y", cycle)),
    choice: choice === "" ? [] : digitsOf("option", choice),
  };
}

function after(field: string, letter: string, text: string): string {
  return text.startsWith(letter) ? text.slice(1) : refuse(field, `a section ${letter}...`, text);
}
