import { COUNTER_EPOCHS_FAILED, COUNTER_MEMBER_CHANGES } from "../../assembly/layout.js";
import type { Controller } from "./controller.js";
import type { Members } from "./members.js";

/**
 * Lets time pass until every region is CLEAN or UNWRITTEN and both members are in sync.
 * @throws Error when the layer above fails a sync, or when a member is missing
 */
export async function untilClean(controller: Controller, members: Members): Promise<void> {
  const { loop, driver } = controller;
  const { counter } = driver.exports;
  const failedBefore = counter(COUNTER_EPOCHS_FAILED);
  const { life } = loop;
  const ended = (): boolean => {
    if (counter(COUNTER_EPOCHS_FAILED) !== failedBefore) return true;
    const states = members.states();
    if (states.every((state) => state === "IN_SYNC")) return controller.regionsNotClean() === 0;
    return counter(COUNTER_MEMBER_CHANGES) === 0;
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
