/** The options that decide what a campaign is, as texts: with them any machine makes the same units. */
export const REQUEST_OPTIONS = [
  "policy",
  "workload",
  "hole",
  "fingerprint",
  "profile",
  "scheme",
  "seed",
  "scale",
  "schedule",
  "promises",
  "cases",
  "members",
  "dishonest",
] as const;

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
}

/** The request within what was asked for; what is as by default is left out. */
export function requestOf(texts: CampaignRequest): CampaignRequest {
  const given = REQUEST_OPTIONS.filter((option) => texts[option] !== undefined).filter(
    (option) => option !== "cases" || texts.cases === false,
  );
  return Object.fromEntries(given.map((option) => [option, texts[option]])) as CampaignRequest;
}
