import {
  COUNTER_EPOCHS_FAILED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SECTORS_RESYNCED,
  GEOMETRY_DATA_SECTORS,
  GEOMETRY_DATA_START,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
  SECTOR_BYTES,
  STATUS_OK,
} from "../../assembly/layout.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { ByteBuffer } from "./byte-buffer.js";
import { readCounters, type Counters } from "./counter-names.js";
import { readDriver } from "./driver-binary.js";
import { DriverModule } from "./driver-module.js";
import type { DriverOptions } from "./driver-options.js";
import { EventLoop } from "./event-loop.js";
import { LayerAbove } from "./layer-above.js";
import { MirrorCard } from "./mirror-card.js";
import { MirrorError, quietPowerLoss } from "./mirror-error.js";
import { policyNumber, type MirrorPlan, type MirrorPolicy } from "./mirror-options.js";
import { listRegions, type RegionFilter, type RegionStatus } from "./region-status.js";
import { RequestQueue, type CallerRequest } from "./request-queue.js";
import { TimedMirror } from "./timed-mirror.js";

const TICK_US = 1000;
const NONCE_FIRST = 1;
/** Many times what the slowest card takes for anything. */
const PATIENCE_US = 60_000_000;

/**
 * The production driver over two emulated cards, in virtual time: nothing waits for a real clock, and the same calls
 * with the same seed give the same bytes. A method that returns a promise hands its request to the driver at once and
 * lets virtual time pass until the answer; requests of which several are not yet awaited run at once.
 */
export class Mirror {
  readonly cards: readonly [MirrorCard, MirrorCard];
  private readonly contents = new SectorContents();
  private readonly driver = new DriverModule(readDriver("production"));
  private readonly loop: EventLoop;
  private readonly controller: TimedMirror;
  private readonly queue: RequestQueue;
  private readonly driverOptions: DriverOptions;
  private policy: number;
  private bootNonce = NONCE_FIRST;
  private running = false;
  private readonly above: LayerAbove;

  /** Use createMirror. */
  constructor(private readonly plan: MirrorPlan) {
    const { driver, contents } = this;
    this.policy = plan.policy;
    this.loop = new EventLoop(PATIENCE_US + plan.epochMs * 1000, () => this.queue.submitWaiting());
    this.above = new LayerAbove(this.loop, (epoch, status) => this.controller.syncDone(epoch, status));
    this.controller = new TimedMirror({
      driver,
      clock: this.loop.clock,
      contents,
      tickUs: TICK_US,
      sync: this.above,
      // Whatever array is on the cards is taken.
      get dataSectors() {
        return driver.exports.geometry(GEOMETRY_DATA_SECTORS);
      },
    });
    this.queue = new RequestQueue(this.controller, () => this.loop.wake());
    this.cards = [this.makeCard(0), this.makeCard(1)];
    this.controller.insertCards(this.cards[0], this.cards[1]);
    const { cardSectors, metadataStride, epochMs, settleMs } = plan;
    this.driverOptions = { cardSectors, metadataStride, epochMs, settleMs };
  }

  /** Data sectors of SECTOR_BYTES bytes. */
  get sectors(): number {
    return this.geometry(GEOMETRY_DATA_SECTORS);
  }

  /** Virtual time since the mirror was made, µs. */
  get nowUs(): number {
    return this.loop.clock.nowUs;
  }

  /**
   * Makes a new array on both cards and copies it equal; everything on them is lost. createMirror has done it already.
   * @throws MirrorError when the cards have no room for an array
   */
  async format(): Promise<void> {
    this.loseController();
    this.startCards();
    // Before the array is handed over there is nothing to write.
    this.above.work = null;
    // Every array has an id of its own, or the records of a former one could be taken for its.
    const arrayId = [this.plan.seed >>> 0, this.bootNonce, 0, 0] as const;
    this.controller.format({ ...this.driverOptions, arrayId }, this.plan.regionShift, this.bootNonce++);
    await this.modeChange("the format");
    this.policy = POLICY_SYNC_GATED;
    await this.reassemble();
    await this.sync();
    if (this.plan.policy !== POLICY_SYNC_GATED) {
      await this.stop();
      this.policy = this.plan.policy;
      await this.reassemble();
    }
    this.above.work = this.plan.onSync;
  }

  /**
   * A controller starts on the cards and assembles the array: after stop(), after cutPower(), or as a reset of the
   * controller alone. Cards without power get it back; those with power finish the command under way.
   * @throws MirrorError when the cards are no array that the driver can run
   */
  async reassemble({ policy }: { policy?: MirrorPolicy } = {}): Promise<void> {
    if (policy !== undefined) this.policy = policyNumber(policy);
    this.loseController();
    this.startCards();
    this.controller.boot(this.driverOptions, this.policy, this.bootNonce++);
    await this.modeChange("the assembly");
    this.running = true;
  }

  /**
   * Writes whole sectors to both cards; when it resolves both have taken them, durable after a flush. The bytes are
   * sampled while the cards receive them, each at its own instants: change them meanwhile, and the cards may differ.
   * @throws MirrorError, PowerLostError
   */
  write(sector: number, bytes: Uint8Array): Promise<void> {
    return quietPowerLoss(this.transfer("write", sector, bytes));
  }

  /** Reads `count` sectors. @throws MirrorError when a sector can be read from neither card; PowerLostError */
  read(sector: number, count = 1): Promise<Uint8Array> {
    return quietPowerLoss(this.readBytes(sector, count));
  }

  /** Makes every write that was answered before durable on both cards. @throws MirrorError, PowerLostError */
  flush(): Promise<void> {
    return quietPowerLoss(this.request("a flush", () => this.queue.flush()));
  }

  /**
   * Lets time pass until every region is CLEAN: resync has ended, and what was written went through the sync gate.
   * @throws Error when the layer above fails a sync, or under a policy that does not clear while running
   */
  async sync(): Promise<void> {
    this.checkRunning();
    if (this.policy === POLICY_NEVER) {
      throw new Error('policy "never" clears nothing before stop(): use flush() to make writes durable');
    }
    const { counter } = this.driver.exports;
    const failedBefore = counter(COUNTER_EPOCHS_FAILED);
    const life = this.loop.life;
    await this.loop.until(
      "a sync",
      () =>
        this.loop.life === life &&
        (counter(COUNTER_EPOCHS_FAILED) !== failedBefore || this.regionsNotClean() === 0),
      () => counter(COUNTER_SECTORS_RESYNCED) * 2 ** 16 + this.regionsNotClean(),
    );
    if (counter(COUNTER_EPOCHS_FAILED) !== failedBefore) {
      throw new Error("the layer above failed the sync, so nothing was cleared", {
        cause: this.above.lastError,
      });
    }
    await this.flush();
  }

  /** Stops the array behind one last pass through the sync gate. What that could not prove stays marked. */
  async stop(): Promise<void> {
    this.checkRunning();
    this.controller.stop();
    await this.modeChange("the stop");
    this.running = false;
  }

  /**
   * The shared rail drops: the controller is gone, and each card is left with one of its crash outcomes, chosen by
   * seed (or by you: `mirror.cards[0].cutPower(choice)`). Requests under way reject with PowerLostError.
   */
  cutPower(): void {
    this.loseController();
    for (const card of this.cards) card.cutPower();
  }

  /** Lets `us` µs of virtual time pass, with whatever is under way. A sync of the layer above waits meanwhile. */
  advance(us: number): void {
    this.loop.advance(us);
  }

  /** Regions and their states; all, or those in a state, or those not in it. Empty before an assembly has ended. */
  regions(filter: RegionFilter = {}): RegionStatus[] {
    return this.running ? listRegions(this.driver.exports, filter) : [];
  }

  /** The driver's counters since the last assembly. */
  counters(): Counters {
    return readCounters(this.driver.exports.counter);
  }

  /**
   * What each card would return for a data sector now, without the driver: null where it reads as an error. Only for
   * looking: the driver is not asked, and repairs nothing.
   */
  inspect(sector: number): [Uint8Array | null, Uint8Array | null] {
    this.checkRange("a look", sector, 1);
    const at = this.geometry(GEOMETRY_DATA_START) + sector;
    return [this.cards[0].bytesOf(at), this.cards[1].bytesOf(at)];
  }

  private async readBytes(sector: number, count: number): Promise<Uint8Array> {
    this.checkRange("a read", sector, count);
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    await this.transfer("read", sector, bytes);
    return bytes;
  }

  private async transfer(operation: "read" | "write", sector: number, bytes: Uint8Array): Promise<void> {
    const count = bytes.length / SECTOR_BYTES;
    this.checkRange(`a ${operation}`, sector, count);
    const buffer = new ByteBuffer(this.contents, bytes);
    const what = `the ${operation} of sectors ${sector} to ${sector + count - 1}`;
    await this.request(what, () => this.queue.transfer(operation, sector, bytes.length, buffer));
  }

  private async request(what: string, submit: () => CallerRequest): Promise<void> {
    this.checkRunning();
    const request = submit();
    await this.loop.until(what, () => request.left === 0);
    if (request.status !== STATUS_OK) throw new MirrorError(what, request.status);
  }

  private async modeChange(what: string): Promise<void> {
    await this.loop.until(what, () => this.controller.modeStatus >= 0);
    if (this.controller.modeStatus !== STATUS_OK) throw new MirrorError(what, this.controller.modeStatus);
  }

  private loseController(): void {
    this.running = false;
    this.loop.loseController();
    this.controller.halt();
    this.queue.clear();
  }

  private startCards(): void {
    for (const card of this.cards) {
      if (card.hasPower) card.controllerReset();
      else card.powerUp();
    }
  }

  private regionsNotClean(): number {
    const { counter } = this.driver.exports;
    return counter(COUNTER_REGIONS_UNPROVEN) + counter(COUNTER_REGIONS_TO_SYNC);
  }

  private geometry(key: number): number {
    return this.driver.exports.geometry(key) >>> 0;
  }

  private checkRunning(): void {
    if (!this.running) throw new Error("the array is not assembled: call reassemble() first");
  }

  private checkRange(what: string, sector: number, count: number): void {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(
        `${what} takes one or more whole sectors of ${SECTOR_BYTES} bytes, not ${count} of them`,
      );
    }
    if (!Number.isInteger(sector) || sector < 0 || sector + count > this.sectors) {
      throw new Error(
        `${what} of ${count} sectors from ${sector} on lies outside the array: it has sectors 0 to ${this.sectors - 1}`,
      );
    }
  }

  private makeCard(member: number): MirrorCard {
    const { plan } = this;
    return new MirrorCard({
      clock: this.loop.clock,
      contents: this.contents,
      media: new CardImage(plan.cardSectors),
      characteristics: plan.characteristics[member]!,
      seed: plan.seed * 2 + member,
      onComplete: this.controller.onCardDone,
    });
  }
}
