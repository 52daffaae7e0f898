/** A slot without a card, beneath a driver that knows nothing of it yet. */
import { describe, expect, it } from "vitest";
import { POLICY_SYNC_GATED, STATUS_CARD_FAILED, STATUS_OK } from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import { TimedMirror } from "../../host/mirror/timed-mirror.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { SdCard } from "../../host/sdcard-emulator/card.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

const CARD_SECTORS = 64;
const OPTIONS = { cardSectors: CARD_SECTORS, metadataStride: 8, epochMs: 10 };

class Bench {
  readonly clock = new VirtualClock();
  readonly contents = new SectorContents();
  readonly driver = new DriverModule(readDriver("production"));
  readonly mirror = new TimedMirror({
    driver: this.driver,
    clock: this.clock,
    contents: this.contents,
    tickUs: 1000,
    sync: { onSyncRequested: () => undefined },
    dataSectors: 32,
  });
  /** Statuses of the completions that reached the driver. */
  readonly completions: number[] = [];

  constructor() {
    const { exports } = this.driver;
    const counted = Object.create(exports, {
      complete: {
        value: (token: number, status: number, fingerprint: number) => {
          this.completions.push(status);
          exports.complete(token, status, fingerprint);
        },
      },
    }) as typeof exports;
    Object.defineProperty(this.driver, "exports", { value: counted });
  }

  card(seed: number): SdCard {
    return new SdCard({
      clock: this.clock,
      contents: this.contents,
      media: new CardImage(CARD_SECTORS),
      characteristics: profile("slc"),
      seed,
      onComplete: this.mirror.onCardDone,
    });
  }

  format(): number {
    this.mirror.format(OPTIONS, 2, 1);
    for (let i = 0; i < 10_000 && this.mirror.modeStatus < 0; i++) this.clock.step();
    return this.mirror.modeStatus;
  }
}

describe("a slot without a card", () => {
  it("fails every command, from a clock event and never inside the call", () => {
    const bench = new Bench();
    bench.mirror.insertCard(0, bench.card(1));
    bench.mirror.insertCard(1, null);
    bench.mirror.format(OPTIONS, 2, 1);
    expect(bench.completions).toEqual([]);
    for (let i = 0; i < 100 && !bench.completions.includes(STATUS_CARD_FAILED); i++) bench.clock.step();
    expect(bench.completions).toContain(STATUS_CARD_FAILED);
    expect(bench.clock.nowUs).toBeLessThan(1000);
  });

  it("is what a mirror begins with, and a card may come and go", () => {
    const bench = new Bench();
    bench.mirror.insertCards(bench.card(1), bench.card(2));
    expect(bench.format()).toBe(STATUS_OK);
    expect(bench.completions.every((status) => status === STATUS_OK)).toBe(true);
    bench.mirror.insertCard(1, null);
    bench.mirror.boot(OPTIONS, POLICY_SYNC_GATED, 2);
    for (let i = 0; i < 10_000 && bench.mirror.modeStatus < 0; i++) bench.clock.step();
    expect(bench.completions).toContain(STATUS_CARD_FAILED);
    expect(bench.mirror.modeStatus).not.toBe(STATUS_OK);
    expect(() => bench.mirror.insertCard(2, null)).toThrow(/slots 0 to 1/);
  });

  it("answers no controller that is gone", () => {
    const bench = new Bench();
    bench.mirror.format(OPTIONS, 2, 1);
    bench.mirror.halt();
    expect(bench.clock.pending).toBe(0);
    expect(bench.completions).toEqual([]);
  });
});
