import {
  BUG_NONE,
  MEMBER_ADD,
  MEMBER_FAIL,
  OPTION_DEADLINE_MS,
  OPTION_START_DEGRADED,
} from "../../../assembly/layout.js";
import { PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import {
  ACTION_CARD,
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_MEMBER,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  HAPPENS_SPOILS,
  type Action,
  type Scenario,
} from "../../../host/campaign/world/scenario.js";

const action = (atUs: number, kind: number, page: number, sector = 0, piece = 0, amount = 0): Action => ({
  atUs,
  kind,
  page,
  sector,
  piece,
  amount,
});

/** A direct write across two regions, a page stored into while it is written, an epoch that clears. */
export const WRITES: readonly Action[] = [
  ...[0, 1].map((sector) => action(0, ACTION_DIRECT_STORE, 0, sector)),
  action(0, ACTION_DIRECT, 1, 0, 0, 2),
  action(6000, ACTION_STORE, 1),
  action(6000, ACTION_SYNC, 0),
  action(6080, ACTION_STORE, 1, 0, 1),
];

/** A page is written, a member is lost, and the other one goes on alone: both cards booted, the stale one is rebuilt. */
export function leavesBehind(slot: number): readonly Action[] {
  return [
    action(0, ACTION_STORE, 1),
    action(0, ACTION_SYNC, 0),
    action(4000, ACTION_MEMBER, slot, 0, 0, MEMBER_FAIL),
    action(9000, ACTION_STORE, 1, 0, 1),
    action(9000, ACTION_STORE, 4),
    action(9000, ACTION_SYNC, 0),
  ];
}

/** The same, and the stale member returns: cuts meet its rebuild at every step. */
export function takesBack(slot: number): readonly Action[] {
  return [...leavesBehind(slot), action(16_000, ACTION_MEMBER, slot, 0, 0, MEMBER_ADD)];
}

/** A page is written, and a sector of it goes bad on one card: alone, that card cannot give it. */
export function spoils(slot: number): readonly Action[] {
  return [
    action(0, ACTION_STORE, 1),
    action(0, ACTION_SYNC, 0),
    action(6000, ACTION_CARD, slot, 1, 0, HAPPENS_SPOILS),
  ];
}

/** One boot, so short that every cut of every recovery of every cut can be tried; one card alone may be assembled. */
export function shortHistory(actions: readonly Action[], profile: string, bug: number = BUG_NONE): Scenario {
  return {
    ...PLAIN_SETTINGS,
    policy: { name: "sync-gated", flush: true, cooldownMs: 5 },
    profiles: [profile, profile],
    bug,
    options: [
      [OPTION_DEADLINE_MS, 30],
      [OPTION_START_DEGRADED, 1],
    ],
    boots: [{ actions, end: { topology: END_POWER, atUs: 60_000, pick: 0 } }],
  };
}
