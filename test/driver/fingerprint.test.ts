import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost, type SentCommand } from "./scripted-host.js";

const { STATUS_OK } = layout;
const DATA = 4;

function withFingerprint(kind: number): DriverOptions {
  return { ...OPTIONS, more: new Map([[layout.OPTION_FINGERPRINT, kind]]) };
}

function isData(command: SentCommand): boolean {
  return command.name === "write" && command.sector >= DATA;
}

/** A write of two sectors to region 0 that card A took as 1, card B as 2: both have it, and neither has answered. */
function racingWrite(kind: number): ScriptedHost {
  const host = ScriptedHost.clean("production", withFingerprint(kind));
  host.buffers.set(1, new Uint8Array(512 * 128).fill(1));
  host.exports.submit(layout.REQUEST_WRITE, 0, 2, 1, 1);
  while (!host.pending.some(isData)) host.answer();
  host.forgetTrace();
  return host;
}

function answerRace(host: ScriptedHost, fingerprintB: number): void {
  host.answer((command) => isData(command) && command.member === 0, undefined, 7);
  host.buffers.get(1)!.fill(2);
  host.answer((command) => isData(command) && command.member === 1, undefined, fingerprintB);
}

describe("two cards that accepted different bytes of one write", () => {
  it("get what the source has, sector by sector from the driver's buffer, before the write is answered", () => {
    const host = racingWrite(layout.FINGERPRINT_CRC16);
    answerRace(host, 8);
    expect(host.answers.has(1)).toBe(false);
    expect(host.states()[0]).toBe(layout.REGION_DIRTY);
    host.buffers.get(1)!.fill(3);
    host.settle();
    expect(host.answers.get(1)).toBe(STATUS_OK);
    expect(host.trace).toEqual([
      "A read 4+1",
      "A write 4+1",
      "B write 4+1",
      "A read 5+1",
      "A write 5+1",
      "B write 5+1",
    ]);
    for (const card of host.cards) expect([card[DATA]![0], card[DATA + 1]![0]]).toEqual([1, 1]);
    expect(host.exports.counter(layout.COUNTER_FINGERPRINT_MISMATCHES)).toBe(1);
  });

  it("are not noticed without a fingerprint, or when it collides", () => {
    for (const [kind, fingerprint] of [
      [layout.FINGERPRINT_NONE, 8],
      [layout.FINGERPRINT_CRC16, 7],
    ] as const) {
      const host = racingWrite(kind);
      answerRace(host, fingerprint);
      expect(host.answers.get(1)).toBe(STATUS_OK);
      expect([host.cards[0][DATA]![0], host.cards[1][DATA]![0]]).toEqual([1, 2]);
    }
  });

  it("again from the driver's own buffer are a fault of the other card: it is dropped", () => {
    const host = racingWrite(layout.FINGERPRINT_CRC32C);
    answerRace(host, 8);
    host.answer((command) => command.name === "read");
    host.answer((command) => command.member === 0, undefined, 5);
    host.answer((command) => command.member === 1, undefined, 6);
    host.settle();
    expect(host.exports.memberState(1)).toBe(layout.MEMBER_FAULTY);
    expect(host.answers.get(1)).toBe(STATUS_OK);
  });

  it.each([0, 1])("lose a card meanwhile, slot %i: the survivor has one of the two", (lost) => {
    const host = racingWrite(layout.FINGERPRINT_CRC16);
    answerRace(host, 8);
    host.absent.add(lost);
    host.settle();
    expect(host.answers.get(1)).toBe(STATUS_OK);
    expect([1, 2]).toContain(host.cards[1 - lost]![DATA]![0]);
    expect(host.exports.memberState(1 - lost)).toBe(layout.MEMBER_IN_SYNC);
  });
});
