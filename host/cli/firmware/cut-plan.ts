/** When and how the power of an emulated board goes, as the command line says it. */
import {
  POWER_ONE,
  POWER_SHARED,
  POWER_TOPOLOGIES,
  POWER_SKEW,
} from "../../sdcard-emulator/power-topology.js";
import { oneOf, UsageError, wholeNumberIn } from "../usage-error.js";

/** The moment of a cut, within the boot that it ends. */
export type PlannedCut =
  /** So many cycles after the boot. */
  | { readonly cycle: number }
  /** So many cycles after the UART has said something that matches. */
  | { readonly uart: RegExp; readonly cycles: number };

/** How the power goes. */
export interface CutPower {
  /** POWER_... */
  readonly topology: number;
  /** The card that loses its power first, or alone. */
  readonly first: 0 | 1;
  /** Of a skew, µs. */
  readonly skewUs: number;
}

const SKEW_US = 100;
const SKEW_US_MAX = 10_000_000;

/** `--cut-at`: cycles, separated by commas. @throws UsageError */
export function cutsAt(text: string): PlannedCut[] {
  return text
    .split(",")
    .map((part) => ({ cycle: wholeNumberIn("--cut-at", part.trim(), 0, Number.MAX_SAFE_INTEGER) }));
}

/** `--cut-after-uart`: PATTERN or PATTERN+CYCLES. @throws UsageError */
export function cutAfterUart(text: string): PlannedCut {
  const [, head, cycles] = /^([^]*?)(?:\+(\d+))?$/.exec(text)!;
  if (head === "") throw new UsageError(`--cut-after-uart is "${text}": give PATTERN or PATTERN+CYCLES`);
  return {
    uart: regularExpression("--cut-after-uart", head!),
    cycles: cycles === undefined ? 0 : wholeNumberIn("--cut-after-uart", cycles, 0, Number.MAX_SAFE_INTEGER),
  };
}

/** `--power` and `--first`. @throws UsageError */
export function cutPower(power: string | undefined, first: string | undefined): CutPower {
  const [name, skew, ...more] = (power ?? POWER_TOPOLOGIES[POWER_SHARED]!.name).split(":");
  const names = POWER_TOPOLOGIES.map((topology) => topology.name);
  const topology = names.indexOf(oneOf("power topology", name!, names));
  if (more.length > 0 || (skew !== undefined && topology !== POWER_SKEW))
    throw new UsageError(`--power is "${power}": give ${names.join(", ")}, or skew:MICROSECONDS`);
  const card = oneOf("card", first ?? "a", ["a", "b"]);
  if (first !== undefined && topology !== POWER_SKEW && topology !== POWER_ONE)
    throw new UsageError(
      "--first says which card loses its power first or alone: add --power skew or one, or leave it out",
    );
  return {
    topology,
    first: card === "a" ? 0 : 1,
    skewUs: skew === undefined ? SKEW_US : wholeNumberIn("--power skew", skew, 0, SKEW_US_MAX),
  };
}

/** @throws UsageError for a text that is none */
export function regularExpression(option: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`${option} is no regular expression: ${(error as Error).message}`);
  }
}
