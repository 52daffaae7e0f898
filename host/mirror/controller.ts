import {
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SECTORS_RESYNCED,
  COUNTER_SECTORS_SCRUBBED,
  GEOMETRY_DATA_SECTORS,
  SECTOR_BYTES,
  STATUS_ABORTED,
  STATUS_OK,
} from "../../assembly/layout.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { readDriver } from "./driver-binary.js";
import { DriverModule } from "./driver-module.js";
import type { DriverOptions } from "./driver-options.js";
import { EventLog } from "./event-log.js";
import { EventLoop } from "./event-loop.js";
import { LayerAbove } from "./layer-above.js";
import { MirrorError } from "./mirror-error.js";
import { RequestQueue } from "./request-queue.js";
import { COMMAND_TAGS, TimedMirror } from "./timed-mirror.js";

const TICK_US = 1000;
/** Many times what the slowest card takes for anything. */
const PATIENCE_US = 60_000_000;
/** Shifts one counter beside another, so that a change of either shows. */
const COUNTER_SPAN = 2 ** 26;

/** The controller of a mirror: the production driver in virtual time, and what it is doing. */
export class Controller {
  /** Whether an array is assembled and takes requests. */
  running = false;
  readonly contents = new SectorContents();
  readonly driver = new DriverModule(readDriver("production"));
  readonly loop: EventLoop;
  readonly above: LayerAbove;
  readonly timed: TimedMirror;
  readonly queue: RequestQueue;
  readonly log: EventLog;
  private lastTag = COMMAND_TAGS;
  /** Commands under way, tag to status; null: not answered yet. */
  private readonly answers = new Map<number, number | null>();

  /** @param epochMs shortest time between two sync epochs, which may pass without anything else */
  constructor(epochMs: number) {
    const { driver } = this;
    this.loop = new EventLoop(PATIENCE_US + epochMs * 1000, () => {
      this.queue.submitWaiting();
      this.log.gather();
    });
    this.above = new LayerAbove(this.loop, (epoch, status) => this.timed.syncDone(epoch, status));
    this.timed = new TimedMirror({
      driver,
      clock: this.loop.clock,
      contents: this.contents,
      tickUs: TICK_US,
      sync: this.above,
      // Whatever array is on the cards is taken.
      get dataSectors() {
        return driver.exports.geometry(GEOMETRY_DATA_SECTORS);
      },
      onCommandDone: (_isScrub, status, tag) => this.answer(tag, status),
    });
    this.queue = new RequestQueue(this.timed, () => this.loop.wake());
    this.log = new EventLog(driver);
  }

  /** Whatever ran is gone, and with it all requests and commands under way. */
  lose(): void {
    this.running = false;
    this.loop.loseController();
    this.timed.halt();
    this.queue.clear();
    this.answers.clear();
  }

  /** A fresh controller makes a new array, and does not run it. @throws MirrorError */
  async format(options: DriverOptions, regionShift: number, bootNonce: number): Promise<void> {
    this.log.restart();
    this.timed.format(options, regionShift, bootNonce);
    await this.modeChange("the format");
  }

  /** A fresh controller assembles the array and runs it. @throws MirrorError */
  async assemble(options: DriverOptions, policy: number, bootNonce: number): Promise<void> {
    this.log.restart();
    this.timed.boot(options, policy, bootNonce);
    await this.modeChange("the assembly");
    this.running = true;
  }

  /** @throws MirrorError */
  async stop(): Promise<void> {
    this.timed.stop();
    await this.modeChange("the stop");
    this.running = false;
    for (const [tag, status] of this.answers) if (status === null) this.answer(tag, STATUS_ABORTED);
  }

  /**
   * Gives the driver a command, and lets time pass until it is answered.
   * @param what  the command, as the subject of a sentence
   * @param begin hands it over with this tag; returns what the driver says of it
   * @returns the status that it ended with, or that the driver refused it with
   * @throws PowerLostError when the controller goes first
   */
  async command(what: string, begin: (tag: number) => number): Promise<number> {
    this.checkRunning();
    const tag = ++this.lastTag;
    this.answers.set(tag, null);
    const refusal = begin(tag);
    if (refusal !== STATUS_OK) {
      this.answers.delete(tag);
      return refusal;
    }
    await this.loop.until(
      what,
      () => typeof this.answers.get(tag) === "number",
      () => this.copied(),
    );
    const status = this.answers.get(tag)!;
    this.answers.delete(tag);
    return status;
  }

  /** Regions that are neither clean nor unwritten. */
  regionsNotClean(): number {
    const { counter } = this.driver.exports;
    return counter(COUNTER_REGIONS_UNPROVEN) + counter(COUNTER_REGIONS_TO_SYNC);
  }

  /** Changes as long as copying, clearing or scrubbing gets on. */
  copied(): number {
    const { counter } = this.driver.exports;
    const looked = counter(COUNTER_SECTORS_RESYNCED) + counter(COUNTER_SECTORS_SCRUBBED);
    return looked * COUNTER_SPAN + this.regionsNotClean();
  }

  geometry(key: number): number {
    return this.driver.exports.geometry(key) >>> 0;
  }

  /** @throws Error when no array is assembled */
  checkRunning(): void {
    if (!this.running) throw new Error("the array is not assembled: call reassemble() first");
  }

  /**
   * @param what the request, as the subject of a sentence
   * @throws Error when no array is assembled, or for what lies outside it
   */
  checkRange(what: string, sector: number, count: number): void {
    this.checkRunning();
    const sectors = this.geometry(GEOMETRY_DATA_SECTORS);
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(
        `${what} takes one or more whole sectors of ${SECTOR_BYTES} bytes, not ${count} of them`,
      );
    }
    if (!Number.isInteger(sector) || sector < 0 || sector + count > sectors) {
      throw new Error(
        `${what} of ${count} sectors from ${sector} on lies outside the array: it has sectors 0 to ${sectors - 1}`,
      );
    }
  }

  private async modeChange(what: string): Promise<void> {
    await this.loop.until(what, () => this.timed.modeStatus >= 0);
    if (this.timed.modeStatus !== STATUS_OK) throw new MirrorError(what, this.timed.modeStatus);
  }

  private answer(tag: number, status: number): void {
    if (this.answers.has(tag)) this.answers.set(tag, status);
    this.loop.wake();
  }
}
