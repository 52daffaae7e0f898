import { describe, expect, it } from "vitest";
import { CARD_WRITE, STATUS_CARD_FAILED, STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import type { CardPhysics } from "../../host/sdcard-emulator/card-physics.js";
import { loadCardProfile } from "../../host/sdcard-emulator/profile/load-profile.js";
import { characteristicsOf, physicsOf } from "../../host/sdcard-emulator/profile/profiled-card.js";
import { BENCH_SECTORS, CardOnBench, exact } from "./card-on-bench.js";
import { ROUND, SMALL, smallFlash } from "./flash/small-flash.js";

const COMMAND_US = 10;
const SECTOR_US = 204;

function onFlash(physics: CardPhysics, name = "mlc", sectors = BENCH_SECTORS): CardOnBench {
  return new CardOnBench(exact(name), 1, undefined, undefined, { physics, media: new CardImage(sectors) });
}
const lastUs = (bench: CardOnBench): number => bench.answers.at(-1)!.atUs;
const lastStatus = (bench: CardOnBench): number => bench.answers.at(-1)!.status;

describe("a block-face card on flash", () => {
  it("is busy after a write as long as the flash says", () => {
    const bench = onFlash(smallFlash());
    bench.write(0, 1, 2, 3, 4, 5);
    bench.drain();
    const busyUs = ROUND.writeOverheadUs + 2 * ROUND.pageProgramUs;
    expect(lastUs(bench)).toBe(COMMAND_US + 5 * SECTOR_US + busyUs);
  });

  it("answers a cached write after the overhead, and programs at the flush", () => {
    const bench = onFlash(smallFlash({ bufferPages: 4 }), "tlc-cached");
    bench.write(0, 1, 2, 3, 4, 5);
    bench.drain();
    const writtenUs = lastUs(bench);
    expect(writtenUs).toBe(COMMAND_US + 5 * SECTOR_US + ROUND.writeOverheadUs);
    bench.flush();
    bench.drain();
    expect(lastUs(bench) - writtenUs).toBe(COMMAND_US + ROUND.writeOverheadUs + 2 * ROUND.pageProgramUs);
  });

  it("reads as fast as the flash does, and the wire", () => {
    const bench = onFlash(smallFlash({}, {}, { filled: true }));
    bench.read(0, 8);
    const flashUs = ROUND.readOverheadUs + 2 * ROUND.pageReadUs;
    expect(lastUs(bench)).toBe(COMMAND_US + 8 * SECTOR_US + flashUs);
  });

  it("lets the flash rest between commands, not between those that wait", () => {
    const rests: number[] = [];
    const flash = smallFlash();
    const rest = flash.rest.bind(flash);
    flash.rest = (us) => {
      rests.push(us);
      rest(us);
    };
    const bench = onFlash(flash);
    bench.write(0, 1);
    bench.write(1, 2);
    bench.drain();
    bench.clock.schedule(5000, { onTime: () => bench.write(2, 3) }, 0);
    bench.drain();
    expect(rests).toEqual([0, 0, 5000]);
  });

  it("keeps what it is given: the flash has no part in the contents", () => {
    const bench = onFlash(smallFlash({ bufferPages: 2 }), "tlc-cached");
    bench.write(3, 7, 8);
    bench.write(4, 9);
    bench.drain();
    expect(bench.read(3, 2)).toEqual(["7", "9"]);
  });

  it("refuses writes once the spare blocks are used up, and goes on reading", () => {
    const flash = smallFlash({ enduranceErases: 10 }, {}, { filled: true });
    const bench = onFlash(flash);
    let writes = 0;
    do {
      bench.write((writes % 8) * 4, ...[1, 2, 3, 4].map((n) => writes * 4 + n));
      bench.drain();
      writes++;
    } while (lastStatus(bench) === STATUS_OK && writes < 10_000);
    expect(lastStatus(bench)).toBe(STATUS_CARD_FAILED);
    expect(flash.worn).toBe(true);
    const before = writes - 2;
    expect(bench.read((before % 8) * 4)).toEqual([`${before * 4 + 1}`]);
    // What was refused left nothing.
    const refused = writes - 1;
    expect(bench.read((refused % 8) * 4)).not.toEqual([`${refused * 4 + 1}`]);
  });

  it("loses a sector to read disturb, until it is written again", () => {
    const bench = onFlash(smallFlash({ readDisturbReads: 20, refreshes: false }, {}, { filled: true }));
    for (let sector = 0; sector < BENCH_SECTORS; sector++) bench.write(sector, sector + 1);
    bench.drain();
    let reads = 0;
    while (bench.card.overlay.size === 0 && reads++ < 200) bench.read(0);
    expect(bench.card.overlay.size).toBe(1);
    const lost = Array.from({ length: BENCH_SECTORS }, (_, sector) => sector).find(
      (sector) => bench.read(sector) === STATUS_READ_ERROR,
    )!;
    expect(bench.card.view(lost)).toBe(0);
    bench.write(lost, 99);
    bench.drain();
    expect(bench.read(lost)).toEqual(["99"]);
  });

  it("loses beside a cut program what shares its cells, and nothing else", () => {
    const bench = onFlash(smallFlash(), "collateral");
    // Page 0, durable; page 1 is in flight and has the same row of cells.
    bench.write(0, 1, 2, 3, 4);
    bench.drain();
    bench.write(4, 5);
    bench.steps(2);
    const victims = bench.card
      .crashSpace()
      .flatMap(({ options }) => options.flatMap(({ destroys }) => destroys ?? []));
    expect(victims.length).toBeGreaterThan(0);
    expect(victims.every((sector) => sector < 4)).toBe(true);

    const slc = onFlash(smallFlash({ bitsPerCell: 1 }), "collateral");
    slc.write(0, 1, 2, 3, 4);
    slc.drain();
    slc.write(4, 5);
    slc.steps(2);
    expect(slc.card.crashSpace().some(({ options }) => options.some(({ destroys }) => destroys))).toBe(false);
  });

  it("forgets its write cache with the power", () => {
    const flash = smallFlash({ bufferPages: 4 });
    const bench = onFlash(flash, "tlc-cached");
    bench.write(0, 1);
    bench.drain();
    bench.card.cutPower(bench.card.crashSpace().map(() => 0));
    bench.card.powerUp();
    bench.flush();
    bench.drain();
    expect(flash.work.programs).toBe(0);
  });

  it("takes no flash time for a write of which a rejection left nothing", () => {
    const flash = smallFlash();
    const bench = onFlash(flash);
    bench.write(0, 1);
    bench.card.controllerReset();
    bench.drain();
    expect(flash.work.programs).toBe(0);
    expect(lastStatus(bench)).toBe(STATUS_OK);
  });

  it("stalls its third stream on a card with two open units, as seen by a driver", () => {
    const profile = loadCardProfile("consumer-tlc");
    const sectors = 5 * 8192;
    const msPerWrite = (streams: number): number => {
      const physics = physicsOf(profile, { sectors, seed: 1, filled: true });
      const bench = new CardOnBench(characteristicsOf(profile), 1, undefined, undefined, {
        physics,
        media: new CardImage(sectors),
      });
      const buffer = bench.buffer(...Array.from({ length: 64 }, (_, i) => i + 1));
      const rounds = 20;
      for (let round = 0; round < rounds; round++) {
        for (let stream = 0; stream < streams; stream++) {
          bench.card.submit(CARD_WRITE, stream * 8192 + round * 64, 64, buffer, 0, 1);
          bench.drain();
        }
      }
      return bench.clock.nowUs / 1000 / (rounds * streams);
    };
    const two = msPerWrite(2);
    expect(two / msPerWrite(1)).toBeLessThan(1.3);
    // A write is 13 ms on the wire; the first rounds find nothing open and nothing to close.
    expect(msPerWrite(3) / two).toBeGreaterThan(5);
  });
});

describe("the geometry of these tests", () => {
  it("has several pages in a card of the bench", () => {
    expect(BENCH_SECTORS / SMALL.pageSectors).toBe(8);
  });
});
