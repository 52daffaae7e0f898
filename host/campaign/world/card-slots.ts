import {
  FINGERPRINT_CRC16,
  FINGERPRINT_CRC32C,
  FINGERPRINT_NONE,
  MEMBERS,
  OPTION_FINGERPRINT,
} from "../../../assembly/layout.js";
import { configureCardId, type DriverOptions } from "../../mirror/driver-options.js";
import type { TimedMirror } from "../../mirror/timed-mirror.js";
import { SdCard, type SdCardOptions } from "../../sdcard-emulator/card.js";
import type { CardPhysics } from "../../sdcard-emulator/card-physics.js";
import { spareLastCopy, victimOf } from "../../sdcard-emulator/collateral.js";
import type { FingerprintKind } from "../../sdcard-emulator/fingerprint.js";
import { physicsOf } from "../../sdcard-emulator/profile/profiled-card.js";
import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import { TransientFaults } from "../../sdcard-emulator/transient-faults.js";
import type { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { MarkOracle } from "../oracle/mark-oracle.js";
import { CARDS_DIFFER } from "../oracle/oracle.js";
import type { SectorHistory } from "../oracle/sector-history.js";
import type { SuperblockRecord } from "../oracle/superblock-record.js";
import { ScratchPair } from "../search/scratch-pair.js";
import { idOfCard } from "./card-identity.js";
import { cardsOf } from "./card-class.js";
import { CardShelf } from "./card-shelf.js";
import { mayDestroyIn } from "./erase-blocks.js";
import type { MemberStates } from "./member-states.js";
import { pickOutcome } from "./picked-outcome.js";
import type { ScenarioWatch } from "./scenario-watch.js";
import { CARD_NONE, type WorldSettings } from "./scenario.js";
import type { WorldParts } from "./world-parts.js";

/** What the slots are built from, beside the world's settings and parts. */
export interface CardSlotsParts {
  readonly clock: VirtualClock;
  readonly mirror: TimedMirror;
  readonly driverOptions: DriverOptions;
  readonly members: MemberStates;
  readonly history: SectorHistory;
  readonly marks: MarkOracle;
  readonly watch: ScenarioWatch | null;
}

const FINGERPRINT_KINDS: ReadonlyMap<number, FingerprintKind> = new Map([
  [FINGERPRINT_NONE, "none"],
  [FINGERPRINT_CRC16, "crc16"],
  [FINGERPRINT_CRC32C, "crc32c"],
]);

/**
 * The two slots and the cards in them: which card lies where, what it holds after it lost its power, and the pair of
 * images on which cuts are tried in thought.
 */
export class CardSlots {
  /** Number of the card in each slot; of an empty slot, of the card that was there last. */
  readonly numbers: [number, number] = [0, 1];
  /** Both slots' cards; that of an empty slot is not connected. */
  readonly cards: [SdCard, SdCard];
  private readonly inserted: [boolean, boolean] = [true, true];
  private readonly shelf: CardShelf;
  /** Sector that the last loss of power destroyed beside what it interrupted; -1 for none. */
  private victim = -1;
  private scratch: ScratchPair;
  /** The flash of each card that has one, by its number: it outlives losses of power. */
  private readonly flashes = new Map<number, CardPhysics>();
  /** Of cards that have lost their power since. */
  private pastLies = 0;

  constructor(
    private readonly settings: WorldSettings,
    private readonly world: Pick<WorldParts, "driver" | "contents" | "geometry" | "images">,
    private readonly parts: CardSlotsParts,
  ) {
    const { contents, geometry, images } = world;
    this.shelf = new CardShelf(contents, geometry, images);
    this.cards = [this.makeCard(0), this.makeCard(1)];
    this.scratch = this.makeScratch();
  }

  /** Follows the media of both cards, until other cards are put in their place. */
  get pair(): ScratchPair {
    return this.scratch;
  }

  /** Whether a card has a command under way. */
  get busy(): boolean {
    return !this.cards[0].idle || !this.cards[1].idle;
  }

  /** How often cards were dishonest (F4). */
  get lies(): number {
    return this.pastLies + this.cards[0].lies + this.cards[1].lies;
  }

  /** Numbers of the cards that lie in a slot and live. */
  get living(): number[] {
    return this.numbers.filter((_, slot) => this.isAlive(slot));
  }

  isAlive(slot: number): boolean {
    return this.inserted[slot]! && !this.cards[slot]!.dead;
  }

  /** What a card says of itself to whoever reads it now, its cache included. */
  superblockSeen(slot: number): SuperblockRecord | null {
    return this.shelf.superblockOn((sector) => this.cards[slot]!.view(sector));
  }

  /** What a card, present or not, durably says of itself. */
  superblockKept(slot: number): SuperblockRecord | null {
    return this.shelf.superblockOn((sector) => this.cards[slot]!.media.get(sector));
  }

  /** What a card that lies in no slot says of itself. */
  superblockOf(number: number): SuperblockRecord | null {
    const image = this.shelf.image(number);
    return this.shelf.superblockOn((sector) => image.get(sector));
  }

  /** What the cards in sync hold of a data sector. */
  contentInSync(sector: number): number {
    const contents = this.cards
      .filter((_, slot) => this.parts.members.isInSync(slot) && this.isAlive(slot))
      .map((card) => card.view(this.world.geometry.dataStart + sector))
      .filter((content) => content !== UNREADABLE);
    const [first = UNREADABLE, ...others] = contents;
    return others.every((content) => content === first) ? first : CARDS_DIFFER;
  }

  /** A loss of power begins, perhaps of one card after the other: together they destroy one sector at most. */
  powerFails(): void {
    this.victim = -1;
  }

  /** What the card loses with its power, or with its cache; the history hears what is destroyed beside that. */
  lossOf(slot: number, pick: number): readonly number[] {
    const card = this.cards[slot]!;
    const space = card.crashSpace();
    const other = this.cards[1 - slot]!.media;
    const { dataStart } = this.world.geometry;
    const choice = spareLastCopy(space, pickOutcome(card, pick), dataStart, other, this.victim);
    this.victim = victimOf(space, choice);
    if (this.victim >= dataStart) this.parts.history.spoiled(this.victim - dataStart);
    return choice;
  }

  /** The card loses its power; a fresh one with what is left lies in its slot. Then `rescan`. */
  cut(slot: number, pick: number): void {
    const card = this.cards[slot]!;
    if (this.inserted[slot]) card.cutPower(this.lossOf(slot, pick));
    this.shelf.put(this.numbers[slot]!, card.media);
    this.pastLies += card.lies;
    this.cards[slot] = this.makeCard(slot);
  }

  /** The pair of images begins anew, on the cards that lie in the slots now. */
  rescan(): void {
    this.scratch = this.makeScratch();
  }

  /** Other cards lie in the slots from now on; power is off. */
  change(numbers: readonly [number, number]): void {
    for (const slot of [0, 1]) {
      if (this.inserted[slot]) this.cut(slot, 0);
    }
    for (const slot of [0, 1]) {
      this.inserted[slot] = numbers[slot] !== CARD_NONE;
      if (this.inserted[slot]) this.numbers[slot] = numbers[slot]!;
    }
    // An empty slot shows the card that is left over.
    for (const slot of [0, 1]) {
      if (!this.inserted[slot] && this.numbers[slot] === this.numbers[1 - slot]) {
        this.numbers[slot] = this.numbers[slot] === 0 ? 1 : 0;
      }
    }
    for (const slot of [0, 1]) this.cards[slot] = this.makeCard(slot);
    this.rescan();
  }

  /** @returns whether there was a card to pull out */
  pull(slot: number, pick: number): boolean {
    if (!this.inserted[slot]) return false;
    this.cut(slot, pick);
    this.inserted[slot] = false;
    this.parts.mirror.insertCard(slot, null);
    this.rescan();
    return true;
  }

  /** @returns whether the card could be put in: it may be the one that lies there, or lie in the other slot */
  insert(slot: number, number: number): boolean {
    const card = number === CARD_NONE ? this.numbers[slot]! : number;
    if (number === CARD_NONE && this.inserted[slot]) return false;
    if (this.numbers[1 - slot] === card && this.inserted[1 - slot]) return false;
    this.pull(slot, 0);
    if (this.numbers[1 - slot] === card) {
      // The empty slot showed this card: now it shows the one that was here.
      this.numbers[1 - slot] = this.numbers[slot]!;
      this.cards[1 - slot] = this.makeCard(1 - slot);
    }
    this.numbers[slot] = card;
    this.inserted[slot] = true;
    this.cards[slot] = this.makeCard(slot);
    configureCardId(this.world.driver.exports, slot, idOfCard(card));
    this.parts.mirror.insertCard(slot, this.cards[slot]!);
    this.rescan();
    return true;
  }

  /** A sector of one card goes bad, unless it is the last good copy. */
  spoil(slot: number, dataSector: number): void {
    const { history, marks } = this.parts;
    const sector = this.world.geometry.dataStart + dataSector;
    if (!this.isSpare(slot, sector)) return;
    this.cards[slot]!.spoil(sector);
    history.spoiled(dataSector);
    marks.excused = true;
  }

  private isSpare(slot: number, sector: number): boolean {
    if (!this.parts.members.isWhole || sector < this.world.geometry.dataStart) return false;
    const content = this.cards[slot]!.media.get(sector);
    return content !== UNREADABLE && content === this.cards[1 - slot]!.media.get(sector);
  }

  private makeCard(slot: number): SdCard {
    const { contents, geometry } = this.world;
    const { clock, mirror, driverOptions, history, watch } = this.parts;
    const { transients, timing } = this.settings;
    const [rejected, readError, timeout, endlessBusy, latent] = transients ?? [];
    const number = this.numbers[slot]!;
    const characteristics = cardsOf(this.settings)[number % MEMBERS]!;
    const physics = this.flashOf(number);
    const options: SdCardOptions = {
      clock,
      contents,
      media: this.shelf.image(number),
      characteristics,
      seed: timing * 2 + slot,
      onComplete: mirror.onCardDone,
      onMediaChange: (sector, content) => this.scratch.follow(slot, sector, content),
      fingerprint: FINGERPRINT_KINDS.get(driverOptions.more?.get(OPTION_FINGERPRINT) ?? 0)!,
      metadataEnd: geometry.dataStart,
      // Flash knows itself what lies beside what.
      ...(physics === null ? { mayDestroy: mayDestroyIn(geometry, characteristics) } : { physics }),
      ...(transients === undefined
        ? {}
        : {
            transients: new TransientFaults({
              seed: timing + 7 * slot,
              rates: { rejected, readError, timeout, endlessBusy, latent },
              maySpoil: (sector) => {
                const isSpare = this.isSpare(slot, sector);
                if (isSpare) history.spoiled(sector - geometry.dataStart);
                return isSpare;
              },
            }),
          }),
    };
    const card = watch?.card(options, slot) ?? new SdCard(options);
    mirror.insertCard(slot, this.inserted[slot] ? card : null);
    return card;
  }

  private flashOf(number: number): CardPhysics | null {
    const { classes, timing } = this.settings;
    const profile = classes?.[number % MEMBERS]?.flash;
    if (profile === undefined) return null;
    const { cardSectors } = this.world.geometry;
    const flash =
      this.flashes.get(number) ?? physicsOf(profile, { sectors: cardSectors, seed: timing * 2 + number });
    this.flashes.set(number, flash);
    return flash;
  }

  private makeScratch(): ScratchPair {
    return new ScratchPair(this.world.geometry, [this.cards[0].media.fork(), this.cards[1].media.fork()]);
  }
}
