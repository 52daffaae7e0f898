import * as layout from "../../../assembly/layout.js";
import type { DriverBuild } from "../../../host/mirror/driver-binary.js";
import type { ArrayShape } from "./array-shape.js";
import { Caller } from "./caller.js";
import { Chance } from "./chance.js";
import { Deeds } from "./deeds.js";
import { DrawnArray } from "./drawn-array.js";
import { HistoryHost } from "./history-host.js";
import { SectorModel } from "./sector-model.js";

/** Which driver a history is played on. */
export interface DriverUnderTest {
  readonly build: DriverBuild;
  /** BUG_...; null for none. Rig build only. */
  readonly seededBug: number | null;
}

export const PRODUCTION: DriverUnderTest = { build: "production", seededBug: null };

/** Lives of the array in one history: each from an assembly to a power cut. */
const LIVES = 4;
/** Ticks within which both cards must be in sync and every region clean, once nothing fails any more. */
const HEALING_TICKS_MAX = 400;
/** Answers and ticks between two deeds are fewer than this. */
const STEPS_BETWEEN_DEEDS = 12;

/**
 * One array through several lives of requests, losses, power cuts and boots, all drawn from a seed. It knows no plan
 * and no story, which is its worth: it comes to orders of answers that nobody thought of.
 *
 * Broken is: a read that finds what the sector can't hold; a CLEAN region in which two cards in sync differ; a request
 * that never ends; a boot with both cards that is refused; an array that does not heal; and every trap of the driver.
 */
export class RandomHistory {
  readonly host: HistoryHost;
  private readonly chance: Chance;
  private readonly array: DrawnArray;
  private readonly model: SectorModel;
  private readonly caller: Caller;
  private readonly deeds: Deeds;
  private readonly watched: readonly number[];

  constructor(shape: ArrayShape, seed: number, driver: DriverUnderTest = PRODUCTION) {
    this.chance = new Chance(seed);
    this.array = new DrawnArray(shape, this.chance, driver.seededBug);
    this.host = new HistoryHost(driver.build, this.array, this.chance);
    this.model = new SectorModel(this.initialBytes());
    this.caller = new Caller(this.host, this.array, this.chance, this.model);
    this.deeds = new Deeds(this.host, this.array, this.chance, this.caller);
    this.watched = this.array.watchedSectors();
  }

  /** @throws Error when the driver breaks a promise; `WebAssembly.RuntimeError` when it traps */
  play(): void {
    this.host.format();
    this.boot();
    for (let life = 0; life < LIVES; life++) {
      this.live();
      while (this.chance.oneIn(3)) this.bootThatIsCut();
      if (this.chance.oneIn(3)) this.bootOfOneCard();
      this.boot();
      this.readBack(true);
      this.heal();
      this.expectCleanRegionsEqual("healed");
      this.readBack(false);
    }
  }

  /** What each data sector may hold: zeros, or what either card held before an array was made of the two. */
  private initialBytes(): number[][] {
    return Array.from({ length: this.array.sectors }, (_, sector) =>
      this.array.keepsContents
        ? this.host.cards.map((card) => card.contents(this.array.dataStart + sector)[0]!)
        : [0],
    );
  }

  /** Both cards are there and work, so the array must start. */
  private boot(): void {
    const status = this.host.assemble();
    if (status !== layout.STATUS_OK) throw new Error(`a boot with both cards ends with ${status}`);
    this.deeds.begin();
  }

  /** The array is used, and ends in a power cut: in the midst of everything, or at rest. */
  private live(): void {
    const deeds = 30 + this.chance.below(60);
    for (let deed = 0; deed < deeds; deed++) {
      this.deeds.one();
      this.host.steps(this.chance.below(STEPS_BETWEEN_DEEDS));
      this.expectCleanRegionsEqual("running");
    }
    if (this.chance.oneIn(2)) {
      if (!this.chance.oneIn(2)) this.host.recoverCards();
      this.host.settle();
      if (!this.chance.oneIn(2)) this.expectCleanRegionsEqual("at rest");
    }
    this.cutPower();
  }

  private cutPower(): void {
    this.host.losePower();
    this.model.crash();
  }

  /** The power fails again during the boot or shortly behind it; one card may not work. */
  private bootThatIsCut(): void {
    const steps = this.chance.upTo(60);
    if (this.chance.oneIn(3)) this.host.cards[this.chance.below(layout.MEMBERS)]!.failing = true;
    if (this.host.assembleWithin(steps) === layout.STATUS_OK) {
      for (let reads = this.chance.below(8); reads > 0; reads--) {
        this.caller.readPinning(this.array.drawSector());
        if (!this.chance.oneIn(2)) this.host.settle();
      }
      this.host.steps(this.chance.below(40));
    }
    this.cutPower();
  }

  /** One card does not work. If the other is believed alone, it is read and written, then the power fails. */
  private bootOfOneCard(): void {
    this.host.cards[this.chance.below(layout.MEMBERS)]!.failing = true;
    if (this.host.assemble() === layout.STATUS_OK) {
      for (const sector of this.watched) {
        if (this.chance.oneIn(2)) continue;
        this.caller.readPinning(sector);
        this.host.settle();
      }
      for (let requests = this.chance.below(20); requests > 0; requests--) {
        this.requestOfOneCard();
        this.host.steps(this.chance.below(9));
      }
      if (!this.chance.oneIn(2)) this.host.settle();
    }
    this.cutPower();
  }

  private requestOfOneCard(): void {
    if (!this.chance.oneIn(2)) this.caller.write(this.chance.oneIn(3));
    else if (!this.chance.oneIn(3)) this.caller.discard();
    else this.caller.flush();
  }

  /** @param mayBeLost whether sectors may be unreadable on both cards, which are not read then */
  private readBack(mayBeLost: boolean): void {
    for (const sector of this.watched) {
      if (mayBeLost && this.unreadableOn(sector) === layout.MEMBERS) continue;
      this.caller.readPinning(sector);
      this.host.settle();
    }
  }

  /** Nothing fails any more; now and then the next life begins before the array is whole. */
  private heal(): void {
    for (let ticks = 0; !this.isHealed(); ticks++) {
      if (ticks === HEALING_TICKS_MAX) {
        throw new Error(
          `does not heal: members are ${[0, 1].map((member) => this.host.exports.memberState(member)).join(" and ")}`,
        );
      }
      this.host.tickWithSyncs();
      this.host.settle();
      if (this.chance.oneIn(60)) return;
    }
  }

  private isHealed(): boolean {
    const { host } = this;
    const unproven = host.exports.counter(layout.COUNTER_REGIONS_UNPROVEN);
    return host.bothInSync && unproven + host.exports.counter(layout.COUNTER_REGIONS_TO_SYNC) === 0;
  }

  /** The promise that everything rests on: what bears no mark is the same on both cards. */
  private expectCleanRegionsEqual(when: string): void {
    const { array, host } = this;
    if (!host.bothInSync) return;
    for (const sector of this.watched) {
      if (host.exports.regionState(array.regionOf(sector)) !== layout.REGION_CLEAN) continue;
      if (this.unreadableOn(sector) > 0) continue;
      const [first, second] = host.cards.map((card) => card.contents(array.dataStart + sector));
      if (Buffer.compare(first!, second!) === 0) continue;
      throw new Error(`${when}, sector ${sector} is CLEAN and differs: ${first![0]} and ${second![0]}`);
    }
  }

  private unreadableOn(sector: number): number {
    return this.host.cards.filter((card) => card.unreadable.has(this.array.dataStart + sector)).length;
  }
}
