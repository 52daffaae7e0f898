/** Options that only the driver has a use for. */
export const DRIVERS_ONLY = [
  "driver",
  "policy",
  "workload",
  "hole",
  "fingerprint",
  "scheme",
  "scale",
  "schedule",
  "promises",
  "members",
  "dishonest",
] as const;
/** Options that only another device than the driver has a use for. */
export const NEEDS_DUT = [
  "run",
  "check",
  "recover",
  "log",
  "size",
  "image",
  "cuts",
  "ops",
  "deadline",
  "outcomes",
] as const;
/** Options that only firmware for the emulated board has a use for. */
export const NEEDS_FIRMWARE = [
  "cardA",
  "cardB",
  "csA",
  "csB",
  "pass",
  "fail",
  "maxCycles",
  "power",
  "first",
  "lenient",
] as const;
/** The options that decide what a campaign is, as texts: with them any machine makes the same units. */
export const REQUEST_OPTIONS = [
  ...DRIVERS_ONLY,
  "profile",
  "seed",
  "cases",
  "dut",
  ...NEEDS_DUT,
  ...NEEDS_FIRMWARE,
] as const;

/** An option as it is typed, without the dashes before it. */
export function optionName(option: (typeof REQUEST_OPTIONS)[number]): string {
  return option === "cases" ? "no-cases" : option.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
}

/** A campaign as it was asked for. */
export interface CampaignRequest {
  readonly policy?: string;
  readonly workload?: string;
  readonly hole?: string;
  readonly fingerprint?: string;
  readonly profile?: string;
  readonly scheme?: string;
  readonly seed?: string;
  readonly scale?: string;
  readonly schedule?: string;
  readonly promises?: string;
  /** False for --no-cases. */
  readonly cases?: boolean;
  readonly members?: boolean;
  readonly dishonest?: boolean;
  /** Path of a module with this ABI, instead of the package's own. */
  readonly driver?: string;
  /** Of another device than the driver: see DutTexts. */
  readonly dut?: string;
  readonly run?: string;
  readonly check?: string;
  readonly recover?: string;
  readonly log?: string;
  readonly size?: string;
  readonly image?: string;
  readonly cuts?: string;
  readonly ops?: string;
  readonly deadline?: string;
  readonly outcomes?: string;
  /** Of firmware: images of both cards, GPIOs of their chip selects, patterns of its UART. */
  readonly cardA?: string;
  readonly cardB?: string;
  readonly csA?: string;
  readonly csB?: string;
  readonly pass?: string;
  readonly fail?: string;
  readonly maxCycles?: string;
  readonly power?: string;
  readonly first?: string;
  readonly lenient?: boolean;
}

/** The request within what was asked for; what is as by default is left out. */
export function requestOf(texts: CampaignRequest): CampaignRequest {
  const given = REQUEST_OPTIONS.filter((option) => texts[option] !== undefined).filter(
    (option) => option !== "cases" || texts.cases === false,
  );
  return Object.fromEntries(given.map((option) => [option, texts[option]])) as CampaignRequest;
}
