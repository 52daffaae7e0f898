import { describe, expect, it } from "vitest";
import { ALL, BLOCK_ADDRESSED, BYTE_ADDRESSED, fresh } from "./conditions.js";

const IDLE = 0x01;
const HCS = 0x40000000;

describe.each(["CMD1", "ACMD41"] as const)("%s", (name) => {
  const send = (host: ReturnType<typeof fresh>, argument: number): number =>
    name === "CMD1" ? host.command(1, argument) : host.application(41, argument);

  it.each(ALL)("is idle until the initialisation is over: $label", (card) => {
    const host = fresh(card, { initialisationUs: 5000 });
    host.command(0);
    if (card.generation !== "sdsc1") {
      host.command(8, 0x1aa);
      host.word();
    }
    expect(send(host, HCS)).toBe(IDLE);
    host.waitUs(4000);
    expect(send(host, HCS)).toBe(IDLE);
    host.waitUs(1000);
    expect(send(host, HCS)).toBe(0);
  });

  it.each(BLOCK_ADDRESSED)("leaves a card idle whose host has not sent CMD8: $label", (card) => {
    const host = fresh(card, { initialisationUs: 0 });
    host.command(0);
    expect(send(host, HCS)).toBe(IDLE);
    host.waitUs(1_000_000);
    expect(send(host, HCS)).toBe(IDLE);
  });

  it.each(BLOCK_ADDRESSED)("leaves a card idle whose host cannot do high capacity: $label", (card) => {
    const host = fresh(card, { initialisationUs: 0 });
    host.command(0);
    host.command(8, 0x1aa);
    host.word();
    expect(send(host, 0)).toBe(IDLE);
    host.waitUs(1_000_000);
    expect(send(host, 0)).toBe(IDLE);
    expect(send(host, HCS)).toBe(0);
  });

  it.each(BYTE_ADDRESSED)("needs neither CMD8 nor HCS on a standard card: $label", (card) => {
    const host = fresh(card, { initialisationUs: 0 });
    host.command(0);
    expect(send(host, 0)).toBe(0);
  });

  it("begins the initialisation once: asking again does not put it off", () => {
    const host = fresh(ALL[0], { initialisationUs: 1000 });
    host.command(0);
    for (let i = 0; i < 9; i++) {
      expect(send(host, 0)).toBe(IDLE);
      host.waitUs(100);
    }
    host.waitUs(100);
    expect(send(host, 0)).toBe(0);
  });
});

describe("ACMD41", () => {
  it("without CMD55 is illegal", () => {
    const host = fresh(ALL[0]);
    host.command(0);
    expect(host.command(41, HCS)).toBe(IDLE | 0x04);
  });
});
