/** The production module on two emulated cards by their block face, as SpiBench has it over SPI. */
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import { TimedMirror } from "../../host/mirror/timed-mirror.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { SdCard } from "../../host/sdcard-emulator/card.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import { CARD_SECTORS, DATA_SECTORS, OK } from "./spi-bench.js";

export class BlockBench {
  readonly clock = new VirtualClock();
  readonly contents = new SectorContents();
  readonly mirror: TimedMirror;
  readonly cards: readonly SdCard[];
  /** Epochs that the driver asked for; answered at the end of the step. */
  private readonly epochs: number[] = [];

  /** @param driver the production module, before anything is connected to it */
  constructor(
    cardClass: string,
    readonly driver = new DriverModule(readDriver("production")),
  ) {
    const { clock, contents, epochs } = this;
    const mirror = new TimedMirror({
      driver,
      clock,
      contents,
      tickUs: 1000,
      sync: { onSyncRequested: (epoch) => epochs.push(epoch) },
      dataSectors: DATA_SECTORS,
    });
    this.mirror = mirror;
    this.cards = [1, 2].map(
      (seed) =>
        new SdCard({
          clock,
          contents,
          media: new CardImage(CARD_SECTORS),
          characteristics: profile(cardClass),
          seed,
          onComplete: mirror.onCardDone,
        }),
    );
    mirror.insertCards(this.cards[0]!, this.cards[1]!);
  }

  /** The next event, and the answers to what the driver asked for. */
  step(): void {
    this.clock.step();
    for (const epoch of this.epochs.splice(0)) this.mirror.syncDone(epoch, OK);
  }

  /** Cuts both cards with one outcome of every axis, by slot, and gives them their power back. */
  crash(outcome: (slot: number) => number): void {
    this.mirror.halt();
    for (const [slot, card] of this.cards.entries()) {
      card.cutPower(card.crashSpace().map(() => outcome(slot)));
      card.powerUp();
    }
  }
}
