import {
  REGION_CLEAN,
  REGION_CLEAN_CANDIDATE,
  REGION_DIRTY,
  REGION_MAYBE_DIRTY,
  REGION_NEEDS_SYNC,
  REGION_SYNCING,
  REGION_UNWRITTEN,
} from "../../assembly/layout.js";
import { requireNameOf } from "./name-of.js";

/** What the states of a region are called, with their numbers. */
export const REGION_STATES_BY_NAME = {
  UNWRITTEN: REGION_UNWRITTEN,
  CLEAN: REGION_CLEAN,
  DIRTY: REGION_DIRTY,
  MAYBE_DIRTY: REGION_MAYBE_DIRTY,
  CLEAN_CANDIDATE: REGION_CLEAN_CANDIDATE,
  NEEDS_SYNC: REGION_NEEDS_SYNC,
  SYNCING: REGION_SYNCING,
} as const satisfies Record<string, number>;

export type RegionStateName = keyof typeof REGION_STATES_BY_NAME;

/** Name of a state of a region. @throws Error for a number that is none */
export function regionStateName(state: number): RegionStateName {
  return requireNameOf(REGION_STATES_BY_NAME, state, "no state of a region");
}

/** Checks a name that came from outside. @throws Error that lists the names there are */
export function checkRegionStateName(name: string): RegionStateName {
  if (Object.hasOwn(REGION_STATES_BY_NAME, name)) return name as RegionStateName;
  throw new Error(
    `a region is never "${name}": choose one of ${Object.keys(REGION_STATES_BY_NAME).join(", ")}`,
  );
}
