import { STATUS_OK, STATUS_READ_ERROR } from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { TimedMirror } from "../../mirror/timed-mirror.js";
import type { BlockCompletion } from "../../page-cache/block-device.js";
import { SdCard, type TransferBuffer } from "../../sdcard-emulator/card.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { mayDestroyIn } from "../world/erase-blocks.js";
import { ScratchPair } from "./scratch-pair.js";

export interface TimedRecoveryOptions {
  /** A driver of its own: the one of the running system goes on meanwhile. */
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly driverOptions: DriverOptions;
  readonly policy: number;
  readonly profiles: readonly [string, string];
  readonly tickUs: number;
}

/** Even, where the other recoveries' nonce is odd: no two boots in a row have the same parity. */
const BOOT_NONCE = 0x2000;

/** A recovery in virtual time, event by event, on copies of two images; every sync that it asks for succeeds at once. */
export class TimedRecovery {
  readonly mirror: TimedMirror;
  /** A card that is not present does nothing. */
  readonly cards: readonly [SdCard, SdCard];
  /** Follows both cards. */
  readonly pair: ScratchPair;
  private readonly clock = new VirtualClock();
  private versions = "";

  /** @param present one bit for each slot that holds its card */
  constructor(
    private readonly options: TimedRecoveryOptions,
    images: readonly [CardImage, CardImage],
    present: number,
  ) {
    const { driver, contents, geometry, tickUs } = options;
    const { clock } = this;
    const asked = { onTime: (epoch: number): void => this.mirror.syncDone(epoch, STATUS_OK) };
    const sync = { onSyncRequested: (epoch: number): void => clock.schedule(0, asked, epoch) };
    this.mirror = new TimedMirror({
      driver,
      clock,
      contents,
      tickUs,
      sync,
      dataSectors: geometry.dataSectors,
    });
    this.cards = [this.makeCard(images[0].fork(), 0), this.makeCard(images[1].fork(), 1)];
    this.pair = new ScratchPair(geometry, [this.cards[0].media.fork(), this.cards[1].media.fork()]);
    for (const [slot, card] of this.cards.entries()) {
      if (((present >> slot) & 1) === 1) this.mirror.insertCard(slot, card);
    }
  }

  /** @throws DriverTrap */
  boot(): void {
    this.mirror.boot(this.options.driverOptions, this.options.policy, BOOT_NONCE);
  }

  /** The next event happens. @throws DriverTrap */
  step(): void {
    this.clock.step();
  }

  /** Whether a cut may have outcomes that it had not when this was asked last. */
  moved(): boolean {
    const now = `${this.cards[0].crashVersion},${this.cards[1].crashVersion}`;
    const moved = now !== this.versions;
    this.versions = now;
    return moved;
  }

  /** Asks for one sector; `done` is told its content, UNREADABLE, or a status other than of reads. */
  read(sector: number, done: (content: number, status: number) => void): boolean {
    let content = UNREADABLE;
    const buffer: TransferBuffer = {
      samplePiece: () => {
        throw new Error("a read samples nothing");
      },
      storeSector: (_sector, stored) => {
        content = stored;
      },
    };
    const completion: BlockCompletion = {
      onBlockDone: (_tag, status) =>
        done(
          status === STATUS_READ_ERROR ? UNREADABLE : content,
          status === STATUS_READ_ERROR ? STATUS_OK : status,
        ),
    };
    return this.mirror.read(sector, 1, buffer, 0, completion, 0);
  }

  private makeCard(media: CardImage, member: number): SdCard {
    const { contents, geometry, profiles } = this.options;
    const characteristics = profile(profiles[member]!);
    return new SdCard({
      clock: this.clock,
      contents,
      media,
      characteristics,
      metadataEnd: geometry.dataStart,
      mayDestroy: mayDestroyIn(geometry, characteristics),
      seed: member + 1,
      onComplete: this.mirror.onCardDone,
      onMediaChange: (sector, content) => this.pair.follow(member, sector, content),
    });
  }
}
