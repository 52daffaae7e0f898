import { COUNTER_EPOCHS_FAILED } from "../../assembly/layout.js";
import type { Controller } from "./controller.js";
import type { Members } from "./members.js";

/** A rebuild prepares itself for less than that, while the driver still says that its target is missing. */
const ADOPTION_US = 2_000_000;

/**
 * Lets time pass until every region is CLEAN or UNWRITTEN and both members are in sync.
 * @param isSlotEmpty whether a member cannot come back by itself
 * @throws Error when the layer above fails a sync, or when a member is missing
 */
export async function untilClean(
  controller: Controller,
  members: Members,
  isSlotEmpty: () => boolean,
): Promise<void> {
  const { loop, driver } = controller;
  const { counter } = driver.exports;
  const failedBefore = counter(COUNTER_EPOCHS_FAILED);
  const { life } = loop;
  let missingSinceUs = -1;
  const ended = (): boolean => {
    if (counter(COUNTER_EPOCHS_FAILED) !== failedBefore) return true;
    const states = members.states();
    if (states.every((state) => state === "IN_SYNC")) return controller.regionsNotClean() === 0;
    if (states.includes("REBUILDING")) missingSinceUs = -1;
    else if (missingSinceUs < 0) missingSinceUs = loop.clock.nowUs;
    else return loop.clock.nowUs - missingSinceUs > ADOPTION_US || isSlotEmpty();
    return false;
  };
  await loop.until(
    "a sync",
    () => loop.life === life && ended(),
    () => controller.copied(),
  );
  if (counter(COUNTER_EPOCHS_FAILED) !== failedBefore) {
    throw new Error("the layer above failed the sync, so nothing was cleared", {
      cause: controller.above.lastError,
    });
  }
  if (members.states().every((state) => state === "IN_SYNC")) return;
  throw new Error(
    "a member is missing, and nothing is cleared without it: add() or replace() it, or use flush() to make writes durable",
  );
}
