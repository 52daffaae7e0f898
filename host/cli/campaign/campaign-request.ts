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
/** The options that decide what a campaign is, as texts: with them any machine makes the same units. */
export const REQUEST_OPTIONS = [...DRIVERS_ONLY, "profile", "seed", "cases", "dut", ...NEEDS_DUT] as const;

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
}

/** The request within what was asked for; what is as by default is left out. */
export function requestOf(texts: CampaignRequest): CampaignRequest {
  const given = REQUEST_OPTIONS.filter((option) => texts[option] !== undefined).filter(
    (option) => option !== "cases" || texts.cases === false,
  );
  return Object.fromEntries(given.map((option) => [option, texts[option]])) as CampaignRequest;
}
