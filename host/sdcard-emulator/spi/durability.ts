/**
 * When what a card has received becomes durable, by the time alone: at the end of a write where there is no cache, at the
 * end of a flush where there is one, and in both cases after the settle time.
 */
import type { CardStorage } from "../card-storage.js";
import type { CardCharacteristics } from "../characteristics.js";
import { SettleQueue } from "./settle-queue.js";

const NS_PER_US = 1000;

export class Durability {
  /** When `advance` has something to do next. */
  dueNs = Infinity;
  /** A flush is under way, or its bit stays; for ever, on a card whose flush never ends. */
  flushing = false;
  /** Flushes that kept nothing or never end (F4). */
  lied = 0;
  private readonly settling = new SettleQueue();
  private transferEndsNs = Infinity;
  private transferCommand = 0;
  private flushEndsNs = Infinity;
  private flushCommand = 0;
  private flushAnswerLost = false;

  constructor(
    private readonly storage: CardStorage,
    private readonly characteristics: CardCharacteristics,
  ) {}

  /** Does what has come due. */
  advance(nowNs: number): void {
    if (nowNs >= this.transferEndsNs) this.finishTransfer();
    if (nowNs >= this.flushEndsNs) this.finishFlush();
    while (nowNs >= this.settling.nextNs) this.storage.settle(this.settling.take());
    this.findDue();
  }

  /** The transfer of a write command is programmed at this moment. */
  transferEndsAt(ns: number, command: number): void {
    this.transferEndsNs = ns;
    this.transferCommand = command;
    this.findDue();
  }

  /** Another command begins: a write that is still being programmed, because the host did not wait, is over. */
  endTransfer(): void {
    if (this.transferEndsNs === Infinity) return;
    this.finishTransfer();
    this.findDue();
  }

  /**
   * A flush has begun.
   * @param ns         when it ends, on a card whose flushes do
   * @param command    it covers the commands up to this one
   * @param answerLost it is carried out, and its bit stays
   */
  flushEndsAt(ns: number, command: number, answerLost: boolean): void {
    this.flushing = true;
    this.flushCommand = command;
    this.flushAnswerLost = answerLost;
    if (this.characteristics.flush === "never-ends") this.lied++;
    else this.flushEndsNs = ns;
    this.findDue();
  }

  /** The card was reset: what is under way it finishes by itself. @param command its last one */
  reset(nowNs: number, command: number): void {
    this.flushing = this.flushEndsNs !== Infinity;
    this.flushAnswerLost = false;
    if (this.transferEndsNs === Infinity) this.transferEndsAt(nowNs, command);
  }

  /** The power went. */
  clear(): void {
    this.settling.clear();
    this.transferEndsNs = Infinity;
    this.flushEndsNs = Infinity;
    this.flushing = false;
    this.findDue();
  }

  private finishTransfer(): void {
    const atNs = this.transferEndsNs;
    this.transferEndsNs = Infinity;
    this.storage.endTransfer();
    if (this.characteristics.cache === "none") this.keep(this.transferCommand, atNs);
  }

  private finishFlush(): void {
    const atNs = this.flushEndsNs;
    this.flushEndsNs = Infinity;
    this.flushing = this.flushAnswerLost;
    if (this.characteristics.flush === "honest") this.keep(this.flushCommand, atNs);
    else if (this.storage.mayLose(this.flushCommand)) this.lied++;
  }

  /** The card has done what it can for every version up to this command: durable after the settle time. */
  private keep(command: number, atNs: number): void {
    if (!this.storage.mayLose(command)) return;
    const { settleUs } = this.characteristics;
    if (settleUs === 0) this.storage.settle(command);
    else this.settling.push(atNs + settleUs * NS_PER_US, command);
  }

  private findDue(): void {
    this.dueNs = Math.min(this.transferEndsNs, this.flushEndsNs, this.settling.nextNs);
  }
}
