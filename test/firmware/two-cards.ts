/** A board with two cards, each watched by a bus checker, as the tests of firmware/ have it. */
import { expect } from "vitest";
import {
  ChipTime,
  PoweredBoard,
  type Board,
  type BoardCard,
  type FirmwareImage,
} from "../../host/rp2040/index.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { profile, type CardCharacteristics } from "../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { BusChecker } from "../../host/sdcard-emulator/spi/bus-checker.js";
import { violationText } from "../../host/sdcard-emulator/spi/bus-violation.js";
import { SpiCard } from "../../host/sdcard-emulator/spi/spi-card.js";

const CHIP_SELECTS = [17, 9] as const;
/** A size that the CSD can say: a multiple of 512 KiB. */
export const CARD_SECTORS = 8192;
/** Longest run that any test waits for, cycles: 24 s of the board. */
export const LIMIT = 3_000_000_000;

/** A card, and a checker of its bus. */
class CheckedCard {
  readonly checker = new BusChecker(true);

  constructor(readonly card: SpiCard) {}

  select(on: boolean): void {
    this.card.select(on);
    this.checker.select(on);
  }

  exchange(mosi: number): number {
    const miso = this.card.exchange(mosi);
    this.checker.exchange(mosi, miso);
    return miso;
  }
}

export interface TwoCardsOptions {
  /** Of each card; default: mlc. */
  readonly characteristics?: readonly [CardCharacteristics, CardCharacteristics];
  readonly sectors?: number;
  readonly seed?: number;
  /** First sector behind the metadata; default 0. */
  readonly metadataEnd?: number;
}

export class TwoCards {
  readonly time = new ChipTime();
  readonly contents = new SectorContents();
  readonly cards: readonly [CheckedCard, CheckedCard];
  readonly power: PoweredBoard;

  constructor(firmware: FirmwareImage, options: TwoCardsOptions = {}) {
    const mlc = profile("mlc");
    const { characteristics = [mlc, mlc], sectors = CARD_SECTORS, seed = 1, metadataEnd = 0 } = options;
    const { time, contents } = this;
    const card = (slot: number): CheckedCard =>
      new CheckedCard(
        new SpiCard({
          time,
          contents,
          media: new CardImage(sectors),
          characteristics: characteristics[slot]!,
          seed: seed + slot,
        }),
      );
    this.cards = [card(0), card(1)];
    const wiring = (bus: 0 | 1): BoardCard => ({
      device: this.cards[bus],
      bus,
      chipSelectPin: CHIP_SELECTS[bus],
    });
    const cards = [this.cards[0].card, this.cards[1].card] as const;
    this.power = new PoweredBoard({ firmware, time, cards, wiring: [wiring(0), wiring(1)], metadataEnd });
  }

  /** What a card answers to a read of a sector, as a content id. */
  view(slot: number, sector: number): number {
    return this.cards[slot]!.card.view(sector);
  }

  /** From now on reads of a sector answer this content, which nobody has written there. */
  decay(slot: number, sector: number, content: number): void {
    this.cards[slot]!.card["medium"].storage["current"].set(sector, content);
  }

  /** Runs until the verdict, which must be PASS. */
  expectPass(board: Board): void {
    const end = board.run({ untilCycle: board.cycle + LIMIT, untilUart: /PASS\n|FAIL[^\n]*\n/ });
    expect([end, board.uart]).toEqual(["uart", expect.stringMatching(/PASS\n$/)]);
  }

  /** No byte on either bus was against the protocol, but for what `but` names. */
  expectLegal(but: readonly string[] = []): void {
    for (const { checker } of this.cards)
      expect(checker.violations.filter(({ rule }) => !but.includes(rule)).map(violationText)).toEqual([]);
  }
}
