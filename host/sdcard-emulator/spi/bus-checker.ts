/**
 * Has this host made an illegal step? Watches both lines of one card and its chip select; it changes nothing and knows
 * the card only by what it says. Being refused (an address out of range, a command that an old card does not know) is no
 * illegal step: hosts find out what a card is by that.
 */
import { CommandFrame, beginsFrame } from "./command-frame.js";
import { IN_IDLE, NO_DATA, type CommandRule } from "./command-rule.js";
import { ruleOf } from "./command-table.js";
import type { BusRule, BusViolation } from "./bus-violation.js";
import { R1_CRC, R1_IDLE, R1_ILLEGAL } from "./r1.js";
import { crc16Of } from "../sector-crc.js";
import { LINE_BUSY, LINE_HIGH, START_BLOCK, START_BLOCK_MULTIPLE, STOP_TRANSMISSION } from "./tokens.js";

const POWER_UP_BYTES = Math.ceil(74 / 8);
const CRC_BYTES = 2;
const SECTOR_BYTES = 512;
/** N_CR at most, and the response itself. */
const RESPONSE_BYTES = 9;
const GO_IDLE_STATE = 0;
const SEND_IF_COND = 8;
const STOP = 12;
const SEND_STATUS = 13;
const SET_BLOCKLEN = 16;
const APP_CMD = 55;
const CRC_ON_OFF = 59;
/** Bytes of a response after its R1. */
const REST = { R1: 0, R1b: 0, R2: 1, R3: 4, R7: 4 } as const;

/** Where the two lines are. */
type Phase = "rest" | "frame" | "response" | "tail" | "token-in" | "data-in" | "data-out" | "verdict";

export class BusChecker {
  readonly violations: BusViolation[] = [];
  private readonly frame = new CommandFrame();
  private readonly block = new Uint8Array(SECTOR_BYTES + CRC_BYTES);
  private phase: Phase = "rest";
  /** Bytes that the phase still has, or has had. */
  private count = 0;
  private bytes = 0;
  private selected = false;
  private clocks = 0;
  private sinceDeselect = 1;
  private spi = false;
  private idle = true;
  private crcOn = false;
  private application = false;
  private blockBytes = SECTOR_BYTES;
  /** The line was low and has not been seen high since, or a block was accepted just now. */
  private busy = false;
  /** Bytes that say nothing of busy yet: one after a stop token. */
  private blind = 0;
  private command = -1;
  private rule: CommandRule | null = null;
  private argument = 0;
  /** A write that takes more blocks, a read that sends more. */
  private writing: CommandRule | null = null;
  private reading: CommandRule | null = null;
  private sinceResponse = 0;

  /** @param blockAddresses whether the card is SDHC or SDXC: then CMD16 does not change its blocks */
  constructor(private readonly blockAddresses: boolean) {}

  /** Chip select: true is low. */
  select(on: boolean): void {
    if (on && !this.selected && this.sinceDeselect === 0) this.report("missing-clocks-after");
    if (!on && this.selected) this.deselect();
    this.selected = on;
  }

  /** The power went and came back. */
  powerUp(): void {
    this.clocks = 0;
    this.spi = false;
    this.busy = false;
    this.rest();
    this.reset();
  }

  /** One byte each way has passed. */
  exchange(mosi: number, miso: number): void {
    if (this.selected) this.step(mosi, miso);
    else {
      this.sinceDeselect++;
      if (mosi === LINE_HIGH) this.clocks++;
      else this.report("bytes-unselected");
    }
    this.bytes++;
  }

  /** The traffic is over. */
  end(): void {
    if (this.selected) this.select(false);
    if (this.sinceDeselect === 0) this.report("missing-clocks-after");
  }

  private step(mosi: number, miso: number): void {
    switch (this.phase) {
      case "response":
        this.awaitResponse(mosi, miso);
        return;
      case "tail":
        this.expectHigh(mosi);
        if (--this.count === 0) this.responded();
        return;
      case "data-out":
        this.block[this.count++] = mosi;
        if (this.count === this.lengthOf(this.writing!) + CRC_BYTES) this.blockSent();
        return;
      case "verdict":
        this.expectHigh(mosi);
        this.judged(miso);
        return;
      default:
        this.listen(mosi, miso);
    }
  }

  /** A frame may come, or a token; the card may send a block, or be busy. */
  private listen(mosi: number, miso: number): void {
    const wasBusy = this.busy;
    if (this.blind > 0) this.blind--;
    else if (miso !== LINE_BUSY) this.busy = false;
    this.readOn(miso);
    this.sinceResponse++;
    if (this.frame.begun || beginsFrame(mosi)) {
      if (!this.frame.begun) this.frameBegins(mosi & 0x3f, wasBusy);
      if (this.frame.push(mosi)) this.frameEnds();
      return;
    }
    if (mosi === LINE_HIGH) return;
    if (mosi === START_BLOCK || mosi === START_BLOCK_MULTIPLE || mosi === STOP_TRANSMISSION) {
      this.token(mosi, wasBusy);
    } else this.report("stray-byte");
  }

  private readOn(miso: number): void {
    if (this.phase === "token-in") {
      if (miso === LINE_HIGH) return;
      if (miso === START_BLOCK) {
        this.phase = "data-in";
        this.count = this.lengthOf(this.reading!) + CRC_BYTES;
      } else this.readEnds();
    } else if (this.phase === "data-in" && --this.count === 0) {
      if (this.reading!.data.multiple) this.phase = "token-in";
      else this.readEnds();
    }
  }

  private frameBegins(index: number, wasBusy: boolean): void {
    this.command = index;
    if (this.clocks < POWER_UP_BYTES) this.report("too-few-power-up-clocks");
    if (!this.spi && index !== GO_IDLE_STATE) this.report("first-command");
    const reset = index === GO_IDLE_STATE;
    const stops = index === STOP;
    if (this.reading !== null) {
      if (!reset && !stops) this.report("command-in-read");
    } else if (this.writing !== null && !reset && !stops && index !== SEND_STATUS) {
      this.report("command-in-write");
    } else if (wasBusy && !reset && index !== SEND_STATUS && !(stops && this.writing !== null)) {
      this.report("command-while-busy");
    }
  }

  private frameEnds(): void {
    const { index, intact, argument } = this.frame;
    const checked = this.crcOn || !this.spi || index === GO_IDLE_STATE || index === SEND_IF_COND;
    if (checked && !intact) this.report("command-crc");
    this.rule = ruleOf(index, this.application);
    if (this.spi && this.idle && this.rule !== null && (this.rule.legalIn & IN_IDLE) === 0) {
      this.report("before-initialisation");
    }
    if (this.rule === null && ruleOf(index, true) !== null) this.report("unannounced-application-command");
    this.argument = argument;
    this.application = false;
    this.phase = "response";
    // The byte after CMD12 is no response.
    this.count = RESPONSE_BYTES + (index === STOP ? 1 : 0);
  }

  private awaitResponse(mosi: number, miso: number): void {
    const stuff = this.command === STOP && this.count === RESPONSE_BYTES + 1;
    this.count--;
    if (!stuff && (miso & 0x80) === 0) {
      this.expectHigh(mosi);
      this.respond(miso);
      return;
    }
    if (beginsFrame(mosi)) {
      this.report("command-before-response");
      this.rest();
      this.frame.push(mosi);
      return;
    }
    this.expectHigh(mosi);
    // No card, or one that has lost its power: the host may go on.
    if (this.count === 0) this.rest();
  }

  private respond(r1: number): void {
    this.spi = true;
    this.idle = (r1 & R1_IDLE) !== 0;
    const refused = (r1 & ~R1_IDLE) !== 0;
    const bare = this.rule === null || (r1 & (R1_ILLEGAL | R1_CRC)) !== 0;
    const accepted = bare || refused ? null : this.rule;
    this.count = bare ? 0 : REST[this.rule!.response];
    this.take(accepted);
    this.rule = accepted;
    if (this.count > 0) this.phase = "tail";
    else this.responded();
  }

  /** What a command that was obeyed changes. */
  private take(rule: CommandRule | null): void {
    if (rule === null) return;
    if (rule.index === GO_IDLE_STATE) this.reset();
    else if (rule.index === APP_CMD) this.application = true;
    else if (rule.index === CRC_ON_OFF) this.crcOn = (this.argument & 1) === 1;
    else if (rule.index === SET_BLOCKLEN) this.blockBytes = this.argument;
    else if (rule.index === STOP) {
      this.reading = null;
      this.writing = null;
    }
    if (rule.response === "R1b") this.busy = true;
    const { direction } = rule.data;
    const reads = direction === "read" || (direction === "either" && (this.argument & 1) === 1);
    if (reads) this.reading = rule;
    else if (rule.data !== NO_DATA) this.writing = rule;
  }

  private responded(): void {
    this.rest();
    this.sinceResponse = 0;
  }

  private token(byte: number, wasBusy: boolean): void {
    const { writing } = this;
    if (writing === null) {
      this.report("token-without-write");
      return;
    }
    const fits = writing.data.multiple ? byte !== START_BLOCK : byte === START_BLOCK;
    if (!fits) this.report("wrong-token");
    if (wasBusy) this.report("token-while-busy");
    if (this.sinceResponse <= 1) this.report("token-too-early");
    if (!fits || wasBusy) return;
    if (byte === STOP_TRANSMISSION) {
      this.writing = null;
      this.busy = true;
      this.blind = 1;
      return;
    }
    this.phase = "data-out";
    this.count = 0;
  }

  private blockSent(): void {
    const { block } = this;
    const length = this.count - CRC_BYTES;
    const sum = (block[length]! << 8) | block[length + 1]!;
    if (this.crcOn && crc16Of(0, block, length) !== sum) this.report("block-crc");
    this.phase = "verdict";
  }

  /** The data response has come, or nothing: then the card is mute, and a reset is all that is left. */
  private judged(miso: number): void {
    this.busy = (miso & 0x11) === 0x01;
    if (!this.writing!.data.multiple) this.writing = null;
    this.phase = "rest";
  }

  private deselect(): void {
    if (this.frame.begun) this.report("deselected-in-frame");
    if (this.phase === "response" || this.phase === "tail") this.report("deselected-in-response");
    const inBlock = this.phase === "data-in" || this.phase === "data-out" || this.phase === "verdict";
    if (inBlock) this.report("deselected-in-block");
    if (this.phase === "response" || this.phase === "tail") this.rest();
    this.frame.drop();
    this.sinceDeselect = 0;
  }

  private rest(): void {
    this.phase = this.reading === null ? "rest" : "token-in";
  }

  private reset(): void {
    this.idle = true;
    this.crcOn = false;
    this.application = false;
    this.blockBytes = SECTOR_BYTES;
    this.busy = false;
    this.blind = 0;
    this.reading = null;
    this.writing = null;
  }

  private readEnds(): void {
    this.reading = null;
    this.phase = "rest";
  }

  private lengthOf({ data }: CommandRule): number {
    if (data.bytes === "block-length") return this.blockBytes;
    if (data.bytes === "sector") return this.blockAddresses ? SECTOR_BYTES : this.blockBytes;
    return data.bytes;
  }

  private expectHigh(mosi: number): void {
    if (mosi !== LINE_HIGH) this.report("stray-byte");
  }

  private report(rule: BusRule): void {
    this.violations.push({ rule, at: this.bytes, command: this.command });
  }
}
