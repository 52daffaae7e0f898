/**
 * Has this host made an illegal step? Watches both lines of one card and its chip select; it changes nothing and knows
 * the card only by what it says. Being refused (an address out of range, a command that an old card does not know) is no
 * illegal step: hosts find out what a card is by that.
 */
import { SECTOR_BYTES } from "../../../assembly/layout.js";
import type { BusRule, BusViolation } from "./bus-violation.js";
import { CommandFrame, beginsFrame } from "./command-frame.js";
import { IN_IDLE, type CommandRule } from "./command-rule.js";
import { ruleOf } from "./command-table.js";
import { R1_CRC, R1_ERASE_RESET, R1_IDLE, R1_ILLEGAL } from "./r1.js";
import { LINE_BUSY, LINE_HIGH, START_BLOCK, START_BLOCK_MULTIPLE, STOP_TRANSMISSION } from "./tokens.js";
import { TransferWatch } from "./transfer-watch.js";

const POWER_UP_BYTES = Math.ceil(74 / 8);
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

export class BusChecker {
  readonly violations: BusViolation[] = [];
  private readonly frame = new CommandFrame();
  private readonly transfer: TransferWatch;
  private bytes = 0;
  private selected = false;
  private clocks = 0;
  private sinceDeselect = 1;
  private spi = false;
  private idle = true;
  private crcOn = false;
  private application = false;
  /** The line was low and has not been seen high since, or a block was accepted just now. */
  private busy = false;
  /** Bytes that say nothing of busy yet: one after a stop token. */
  private blind = 0;
  private command = -1;
  private rule: CommandRule | null = null;
  private argument = 0;
  /** Bytes in which a response may still begin, and bytes that the one that has begun still has. */
  private responseLeft = 0;
  private tailLeft = 0;
  /** Bytes since the last response ended, or chip select went high behind it. */
  private sinceResponse = 1;

  /** @param blockAddresses whether the card is SDHC or SDXC: then CMD16 does not change its blocks */
  constructor(blockAddresses: boolean) {
    this.transfer = new TransferWatch(blockAddresses, (rule) => this.report(rule));
  }

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
    this.responseLeft = 0;
    this.tailLeft = 0;
    this.frame.drop();
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
    const { transfer } = this;
    if (this.responseLeft > 0) this.awaitResponse(mosi, miso);
    else if (this.tailLeft > 0) {
      this.tailLeft--;
      this.sinceResponse = 0;
      this.expectHigh(mosi);
    } else if (transfer.takesBytes) transfer.hostByte(mosi, this.crcOn);
    else if (transfer.judges) {
      this.expectHigh(mosi);
      this.busy = transfer.verdict(miso);
    } else this.listen(mosi, miso);
  }

  /** A frame may come, or a token; the card may send a block, or be busy. */
  private listen(mosi: number, miso: number): void {
    const wasBusy = this.busy;
    if (this.blind > 0) this.blind--;
    else if (miso !== LINE_BUSY) this.busy = false;
    this.transfer.cardByte(miso);
    this.sinceResponse++;
    if (this.frame.begun || beginsFrame(mosi)) {
      if (!this.frame.begun) this.frameBegins(mosi & 0x3f, wasBusy);
      if (this.frame.push(mosi)) this.frameEnds();
    } else if (mosi === START_BLOCK || mosi === START_BLOCK_MULTIPLE || mosi === STOP_TRANSMISSION) {
      if (!this.transfer.token(mosi, wasBusy, this.sinceResponse <= 1)) return;
      this.busy = true;
      this.blind = 1;
    } else this.expectHigh(mosi);
  }

  private frameBegins(index: number, wasBusy: boolean): void {
    const { reading, writing } = this.transfer;
    this.command = index;
    if (this.clocks < POWER_UP_BYTES) this.report("too-few-power-up-clocks");
    if (!this.spi && index !== GO_IDLE_STATE) this.report("first-command");
    if (this.sinceResponse <= 1) this.report("command-too-early");
    const reset = index === GO_IDLE_STATE;
    const stops = index === STOP;
    if (reading !== null) {
      if (!reset && !stops) this.report("command-in-read");
    } else if (writing !== null && !reset && !stops && index !== SEND_STATUS) {
      this.report("command-in-write");
    } else if (wasBusy && !reset && index !== SEND_STATUS && !(stops && writing !== null)) {
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
    // The byte after CMD12 is no response.
    this.responseLeft = RESPONSE_BYTES + (index === STOP ? 1 : 0);
  }

  private awaitResponse(mosi: number, miso: number): void {
    const stuff = this.command === STOP && this.responseLeft === RESPONSE_BYTES + 1;
    // When none comes there is no card, or one that has lost its power: the host may go on.
    this.responseLeft--;
    if (!stuff && (miso & 0x80) === 0) {
      this.expectHigh(mosi);
      this.respond(miso);
    } else if (beginsFrame(mosi)) {
      this.report("command-before-response");
      this.responseLeft = 0;
      this.frame.push(mosi);
    } else this.expectHigh(mosi);
  }

  private respond(r1: number): void {
    this.spi = true;
    this.responseLeft = 0;
    this.sinceResponse = 0;
    this.idle = (r1 & R1_IDLE) !== 0;
    const { rule } = this;
    // To a card that calls CMD12 illegal nothing is open any more: a read whose data never came, say. And other bits may
    // speak of blocks that it had read ahead (4.3.3); it has stopped.
    if (this.command === STOP && (r1 & R1_CRC) === 0) this.transfer.stop();
    if (rule === null || (r1 & (R1_ILLEGAL | R1_CRC)) !== 0) return;
    this.tailLeft = REST[rule.response];
    // A command that ends an erase sequence says so, and is obeyed (4.3.5).
    if ((r1 & ~(R1_IDLE | R1_ERASE_RESET)) === 0) this.obeyed(rule);
  }

  private obeyed(rule: CommandRule): void {
    const { argument, transfer } = this;
    if (rule.response === "R1b") this.busy = true;
    if (rule.index === GO_IDLE_STATE) this.reset();
    else if (rule.index === APP_CMD) this.application = true;
    else if (rule.index === CRC_ON_OFF) this.crcOn = (argument & 1) === 1;
    else if (rule.index === SET_BLOCKLEN) transfer.blockBytes = argument;
    else if (rule.index === STOP) transfer.stop();
    transfer.begin(rule, argument);
  }

  private deselect(): void {
    if (this.frame.begun) this.report("deselected-in-frame");
    if (this.responseLeft > 0 || this.tailLeft > 0) this.report("deselected-in-response");
    if (this.transfer.insideBlock) this.report("deselected-in-block");
    this.responseLeft = 0;
    this.tailLeft = 0;
    this.frame.drop();
    this.sinceResponse++;
    this.sinceDeselect = 0;
  }

  private reset(): void {
    this.idle = true;
    this.crcOn = false;
    this.application = false;
    this.busy = false;
    this.blind = 0;
    this.transfer.stop();
    this.transfer.blockBytes = SECTOR_BYTES;
  }

  private expectHigh(mosi: number): void {
    if (mosi !== LINE_HIGH) this.report("stray-byte");
  }

  private report(rule: BusRule): void {
    this.violations.push({ rule, at: this.bytes, command: this.command });
  }
}
