/** The exported C on the emulated board: the mirror and the card driver, by DMA on both buses. */
import { beforeAll, expect, it } from "vitest";
import { readFirmware, type FirmwareImage } from "../../host/rp2040/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { builtFirmware, COMPILER, COMPILER_MS } from "./built-firmware.js";
import { LIMIT, TwoCards } from "./two-cards.js";

const STRIDE = 16;
const DATA_START = 4 * STRIDE;
const REQUESTS = 4;
const SECTORS = 8;
const SECTOR_WORDS = 128;

/** A sector as firmware/mirror_check.c makes it. */
function expectedSector(sector: number): Uint8Array {
  const words = new Uint32Array(SECTOR_WORDS);
  const request = Math.floor(sector / SECTORS);
  const first = (sector % SECTORS) * SECTOR_WORDS;
  for (let at = 0; at < SECTOR_WORDS; at++)
    words[at] = Math.imul(request, 0x01000193) + Math.imul(first + at, 0x9e3779b1);
  return new Uint8Array(words.buffer);
}

describeWithPrograms(COMPILER, "the mirror on the emulated RP2040", () => {
  let firmware: FirmwareImage;

  beforeAll(() => {
    firmware = readFirmware(builtFirmware("mirror-check"));
  }, COMPILER_MS);

  it("formats, assembles, writes, flushes, reads back and stops, and both cards hold what was written", () => {
    const bench = new TwoCards(firmware);
    const board = bench.power.powerOn();
    bench.expectPass(board);
    bench.expectLegal();
    expect(board.uart).toMatch(/^assembled\nwritten in \d+ us\nPASS\n$/);
    for (const slot of [0, 1]) {
      for (let sector = 0; sector < REQUESTS * SECTORS; sector++) {
        const held = bench.view(slot, DATA_START + sector);
        expect(bench.contents.equals(held, expectedSector(sector), 0)).toBe(true);
      }
    }
  });

  it("says which card does not start", () => {
    const bench = new TwoCards(firmware);
    const board = bench.power.powerOn();
    const { card } = bench.cards[1];
    card.cutPower(card.crashSpace().map(() => 0));
    board.run({ untilCycle: LIMIT, untilUart: /PASS\n|FAIL[^\n]*\n/ });
    expect(board.uart).toBe("FAIL card, status 5\n");
  });
});
