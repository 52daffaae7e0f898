/** Something that a campaign had to show, as a reporter tells of it. */
export interface CampaignCheck {
  /** What it belongs to: "policies", "holes", "members", "dishonest", "coverage". */
  readonly group: string;
  readonly name: string;
  readonly passed: boolean;
  /** One line: what was found. */
  readonly message: string;
  /** The shrunk case of a promise that was broken; null if there is none. */
  readonly failing: FailingCaseText | null;
}

export interface FailingCaseText {
  readonly id: string;
  /** In plain words; empty when only the id is known. */
  readonly story: string;
  /** The command that shows the case again. */
  readonly replay: string;
}
