/** Answers commands in place of a card: it never sees their frames, and the host gets another response. */
import type { SpiBench } from "./spi-bench.js";

const FRAME_BYTES = 6;
const LINE_HIGH = 0xff;
const STOP_TRANSMISSION = 12;
const STATE = 0;
/** States of the driver in which a command goes out: the same bytes may be data in others. */
const KIND_COMMAND = 2;

/** Bits of R1 (7.3.2.1). */
export const R1_IDLE = 0x01;
export const R1_ILLEGAL = 0x04;
export const R1_CRC = 0x08;
export const R1_ERASE_SEQUENCE = 0x10;
export const R1_ADDRESS = 0x20;
export const R1_PARAMETER = 0x40;
export const NO_RESPONSE = 0xff;

export class FrameFault {
  /** Frames that were answered. */
  hits = 0;
  private frameAt = -1;
  private sinceFrame = -1;
  private command = 0;
  private r1 = NO_RESPONSE;

  /**
   * @param meant whether a frame of this command, which the driver sends in this state, is one to answer
   * @param r1    draws the response, or is it; NO_RESPONSE for none
   * @param times so many frames at most
   */
  constructor(
    private readonly bench: SpiBench,
    private readonly slot: number,
    private readonly meant: (command: number, state: number) => boolean,
    private readonly answer: number | (() => number),
    private readonly times = 1,
  ) {
    const watched = bench.cards[slot]!;
    watched.garble = (mosi) => this.host(mosi);
    watched.reply = (miso) => this.card(miso);
  }

  private host(mosi: number): number {
    if (this.frameAt < 0 && (mosi & 0xc0) === 0x40 && this.hits < this.times && this.isMeant(mosi & 0x3f)) {
      this.command = mosi & 0x3f;
      this.frameAt = 0;
      this.sinceFrame = -1;
      this.hits++;
      this.r1 = typeof this.answer === "number" ? this.answer : this.answer();
    }
    // Whatever it says of CMD12, a card that has understood it has ended the transfer.
    const isUnderstood = this.r1 !== NO_RESPONSE && (this.r1 & R1_CRC) === 0;
    const ended = this.command === STOP_TRANSMISSION && isUnderstood;
    return this.frameAt < 0 || ended ? mosi : LINE_HIGH;
  }

  private isMeant(command: number): boolean {
    const state = this.bench.mirror.cardWord(this.slot, STATE);
    return this.bench.module.spi.cardStateKind(state) === KIND_COMMAND && this.meant(command, state);
  }

  private card(miso: number): number {
    if (this.frameAt >= 0) {
      if (++this.frameAt < FRAME_BYTES) return LINE_HIGH;
      this.frameAt = -1;
      this.sinceFrame = 0;
      return LINE_HIGH;
    }
    if (this.sinceFrame < 0) return miso;
    const at = this.sinceFrame++;
    const gap = this.command === STOP_TRANSMISSION ? 2 : 1;
    if (this.r1 === NO_RESPONSE) {
      if (at === 9) this.sinceFrame = -1;
      return LINE_HIGH;
    }
    if (at < gap) return LINE_HIGH;
    this.sinceFrame = -1;
    return this.r1;
  }
}
