import { OPTION_SETTLE_MS } from "../../../assembly/layout.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { cardsOf } from "./card-class.js";
import { isRigPolicy } from "./policy-choice.js";
import type { WorldSettings } from "./scenario.js";

const SETTLE_MARGIN_MS = 1;

/** What the driver is configured with in a world, and in the recoveries of its cuts. */
export function worldDriverOptions(settings: WorldSettings, geometry: ArrayGeometry): DriverOptions {
  const { policy } = settings;
  const more = new Map(settings.options);
  const settleUs = Math.max(...cardsOf(settings).map((card) => card.settleUs));
  return {
    cardSectors: geometry.cardSectors,
    baseSector: geometry.baseSector,
    metadataStride: geometry.metadataStride,
    epochMs: settings.epochMs,
    settleMs:
      more.get(OPTION_SETTLE_MS) ?? (settleUs === 0 ? 0 : Math.ceil(settleUs / 1000) + SETTLE_MARGIN_MS),
    // Options of the rig build, where they have an effect: a production build is refused them.
    ...(isRigPolicy(policy) ? { cooldownMs: policy.cooldownMs, flushBeforeClear: policy.flush } : {}),
    ...(settings.bug === 0 ? {} : { seededBug: settings.bug }),
    ...(settings.options === undefined ? {} : { more }),
  };
}
