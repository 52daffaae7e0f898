import { expect } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;

/** Options under which one card of a pair may start alone. */
export const DEGRADED: DriverOptions = { ...OPTIONS, more: new Map([[layout.OPTION_START_DEGRADED, 1]]) };

export function stateOf(host: ScriptedHost): number[] {
  return [0, 1].map((member) => host.exports.memberState(member));
}

export function isInSync(host: ScriptedHost): boolean {
  return stateOf(host).every((state) => state === layout.MEMBER_IN_SYNC);
}

/** Sector 0 holds 1 on both cards; then B is lost by a failed write of 2 to it, which A has. */
export function degraded(): ScriptedHost {
  const host = ScriptedHost.clean();
  host.write(0, 1, 1);
  host.flush(2);
  host.absent.add(1);
  expect(host.write(0, 2, 3)).toBe(STATUS_OK);
  expect(host.flush(4)).toBe(STATUS_OK);
  return host;
}

/** The cards of a degraded array, booted with A, and B added again (tag 60) up to so many answers, or to its end. */
export function addedUpTo(start: ScriptedHost, answersMax: number): ScriptedHost {
  const host = new ScriptedHost();
  host.insert(start.snapshot());
  host.absent.add(1);
  expect(host.assemble(DEGRADED)).toBe(STATUS_OK);
  host.absent.clear();
  host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
  for (let answers = 0; answers < answersMax && !host.answers.has(60);) {
    if (host.pending.length === 0) host.tick(10);
    else if (host.answer()) answers++;
  }
  return host;
}
