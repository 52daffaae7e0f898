import type { TortureOptions } from "../torture-options.js";
import type { CampaignPlan } from "./campaign-plan.js";
import { dishonestCampaign } from "./dishonest-campaign.js";
import { membersCampaign } from "./members-campaign.js";
import { policyCampaign } from "./policy-campaign.js";

/** The campaign that was asked for. */
export function planOf(options: TortureOptions): CampaignPlan {
  if (options.members) return membersCampaign(options);
  return options.dishonest ? dishonestCampaign(options) : policyCampaign(options);
}
