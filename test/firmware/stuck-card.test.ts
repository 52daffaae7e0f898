/** A card that stays busy for ever behind a block of a stream, the next block of which is queued already (spi_queue_block). */
import { expect, it } from "vitest";
import { Board, ChipTime, WatchedCard } from "../../host/rp2040/index.js";
import { CardImage, profile, SectorContents, SpiCard } from "../../host/sdcard-emulator/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";
import { loggerFirmware, SMALL } from "./logger-firmware.js";

/** As many blocks of one write are taken. */
const BLOCKS = 3;
const BUSY = 0x00;
const RELEASED = 0xff;
/** 4 s: the card's limits, and the blocks that are written without it. */
const LIMIT = 500_000_000;

class StuckCard {
  isStuck = false;
  private readonly watched: WatchedCard;
  private isSelected = false;
  private blocks = 0;

  constructor(card: SpiCard) {
    this.watched = new WatchedCard(card, ({ what }) => {
      this.blocks = what === "block" ? this.blocks + 1 : 0;
      if (this.blocks === BLOCKS) this.isStuck = true;
    });
  }

  select(on: boolean): void {
    this.isSelected = on;
    this.watched.select(on);
  }

  exchange(mosi: number): number {
    if (!this.isStuck) return this.watched.exchange(mosi);
    return this.isSelected ? BUSY : RELEASED;
  }
}

describeWithPrograms(COMPILER, "a card that stays busy in the middle of a stream", () => {
  it(
    "is given up at the limit of the queued block, and the logger goes on with the other",
    () => {
      const time = new ChipTime();
      const contents = new SectorContents();
      const card = (seed: number): SpiCard =>
        new SpiCard({
          time,
          contents,
          media: new CardImage(8192),
          characteristics: profile("mlc"),
          seed,
        });
      const stuck = new StuckCard(card(2));
      const { image, symbols } = loggerFirmware(SMALL);
      const board = new Board({
        firmware: image,
        time,
        cards: [
          { device: card(1), bus: 0, chipSelectPin: 17 },
          { device: stuck, bus: 1, chipSelectPin: 9 },
        ],
      });
      let queued = 0;
      board.watchCode(symbols.get("spi_queue_block")!.address & ~1, () => queued++);
      while (!stuck.isStuck && board.cycle < LIMIT) board.run({ untilCycle: board.cycle + 1000 });
      expect([stuck.isStuck, queued > 0]).toEqual([true, true]);
      const end = board.run({ untilCycle: board.cycle + LIMIT, untilUart: /PASS\n|FAIL[^\n]*\n/ });
      expect([end, board.uart]).toEqual([
        "uart",
        expect.stringMatching(/written 12\nlost samples \d+\nPASS\n$/),
      ]);
    },
    COMPILER_MS,
  );
});
