import type { TortureOptions } from "../torture-options.js";
import type { CampaignOutcome, CampaignPlan } from "./campaign-plan.js";
import { dishonestCampaign } from "./dishonest-campaign.js";
import { membersCampaign } from "./members-campaign.js";
import { policyCampaign } from "./policy-campaign.js";

/** The campaign that was asked for. */
export function planOf(options: TortureOptions): CampaignPlan {
  const plan = ownPlanOf(options);
  const { promises } = options;
  if (promises === undefined) return plan;
  return {
    ...plan,
    conclude: async (run, pool, terminal) =>
      withPromisesNamed(await plan.conclude(run, pool, terminal), promises),
  };
}

function ownPlanOf(options: TortureOptions): CampaignPlan {
  if (options.members) return membersCampaign(options);
  return options.dishonest ? dishonestCampaign(options) : policyCampaign(options);
}

/** An outcome that says which promises were looked at: what is called safe in it may break the others. */
function withPromisesNamed(outcome: CampaignOutcome, promises: readonly string[]): CampaignOutcome {
  const line = `Looked at: ${promises.join(", ")} only. What is called safe may break another promise.\n`;
  return {
    ...outcome,
    text: (colour, elapsedMs) => `${outcome.text(colour, elapsedMs)}${line}`,
    json: { ...outcome.json, promises },
  };
}
