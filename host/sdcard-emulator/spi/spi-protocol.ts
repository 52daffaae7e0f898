/**
 * The protocol state machine: what goes out for every byte that comes in. Frames, legality, responses and the order of
 * response, data and busy are here; what a command does is its handler's affair.
 */
import { objectionTo } from "./argument-rules.js";
import type { CardParts } from "./card-parts.js";
import { beginsFrame, CommandFrame } from "./command-frame.js";
import { IN_BUSY, IN_IDLE, IN_READ, IN_READY, IN_WRITE, type CommandRule } from "./command-rule.js";
import { ruleOf } from "./command-table.js";
import { R1_CRC, R1_ERASE_RESET, R1_IDLE, R1_ILLEGAL } from "./r1.js";
import { commandClasses } from "./registers/csd.js";
import { encodeOcr } from "./registers/ocr.js";
import type { ResponseQueue } from "./response-queue.js";
import { STATUS_LOCKED } from "./status-bits.js";
import { LINE_BUSY, LINE_HIGH } from "./tokens.js";

const GO_IDLE_STATE = 0;
const SEND_IF_COND = 8;
const STOP_TRANSMISSION = 12;
/** VHS of CMD8 that these cards accept: 2.7 to 3.6 V. */
const VOLTAGE_ACCEPTED = 1;

export class SpiProtocol {
  private readonly frame = new CommandFrame();
  private readonly classes: number;

  /** @param responseGap N_CR: bytes between a command and its response, 1 to 8 (7.5.4) */
  constructor(
    private readonly parts: CardParts,
    private readonly response: ResponseQueue,
    private readonly responseGap: number,
  ) {
    this.classes = commandClasses(parts.identity);
  }

  /** One byte each way while the card is selected. The card has decided on its byte before it sees the host's. */
  exchange(mosi: number): number {
    const { response, frame } = this;
    const { write, read, busy } = this.parts;
    // While it answers, the card does not listen (assumed: a host sends 0xFF meanwhile).
    if (response.pending) return response.next();
    if (write.receiving) {
      write.push(mosi);
      return LINE_HIGH;
    }
    let miso = LINE_HIGH;
    const held = busy.held;
    if (held) miso = LINE_BUSY;
    else if (read.active) miso = read.next();
    if (frame.begun || beginsFrame(mosi)) {
      if (frame.push(mosi)) this.execute();
    } else if (write.waiting && !held) write.token(mosi);
    return miso;
  }

  /**
   * What `exchange` would do with several bytes at once, as far as they are the inside of one block.
   * @returns how many bytes went, 0 when the next one is not inside a block
   */
  exchangeInside(mosi: Uint8Array, miso: Uint8Array, from: number, count: number): number {
    const { write, read, busy } = this.parts;
    if (this.response.pending) return 0;
    if (write.receiving) {
      const taken = write.pushMany(mosi, from, count);
      miso.fill(LINE_HIGH, from, from + taken);
      return taken;
    }
    if (!read.active || this.frame.begun || busy.held) return 0;
    let quiet = 0;
    while (quiet < count && !beginsFrame(mosi[from + quiet]!)) quiet++;
    return read.nextMany(miso, from, quiet);
  }

  /**
   * Chip select went high. What is half in or half out is lost (assumed); reads, writes and busy go on where they are
   * when it goes low again (7.2.4 for busy; seen of hosts between a response and its data, and between blocks).
   */
  deselect(): void {
    this.frame.drop();
    this.response.clear();
  }

  private execute(): void {
    const { mode, read, busy } = this.parts;
    const { index, intact } = this.frame;
    const reset = index === GO_IDLE_STATE;
    if (!mode.spi) {
      // Still on the SD bus, where the answer to anything would come elsewhere, and to a wrong CRC nowhere (7.2.1).
      if (!(reset && intact && mode.clocked)) return;
      mode.spi = true;
    }
    if (busy.endsNs === Infinity && !reset) return;
    // The line is taken by data: only what ends a read is listened to (assumed).
    if (read.active && !reset && index !== STOP_TRANSMISSION) return;
    const stuff = read.active && !reset ? read.next() : LINE_HIGH;
    const checked = mode.crcOn || reset || index === SEND_IF_COND;
    const application = mode.applicationCommand;
    mode.applicationCommand = false;
    if (checked && !intact) {
      this.respond(R1_CRC, null, stuff);
      return;
    }
    const rule = ruleOf(index, application);
    if (rule === null || !this.legal(rule)) {
      this.respond(R1_ILLEGAL | this.interruptErase(rule), null, stuff);
      return;
    }
    this.respond(this.carryOut(rule), rule, stuff);
  }

  private carryOut(rule: CommandRule): number {
    const { parts } = this;
    const { argument } = this.frame;
    const interrupted = this.interruptErase(rule);
    const objection = objectionTo(rule.argument, parts, argument);
    if (objection === 0) return interrupted | rule.run(parts, argument);
    // An address out of range ends an erase sequence too (4.3.5).
    parts.erase.clear();
    return interrupted | objection;
  }

  /** A command that does not belong to an erase sequence ends it and says so. @param rule null if there is none */
  private interruptErase(rule: CommandRule | null): number {
    const { erase } = this.parts;
    if (!erase.begun || rule?.keepsErase === true) return 0;
    erase.clear();
    return R1_ERASE_RESET;
  }

  private legal(rule: CommandRule): boolean {
    const { identity, lock } = this.parts;
    if (((this.classes >>> rule.commandClass) & 1) === 0) return false;
    if (rule.unknownTo.includes(identity.generation)) return false;
    if (lock.locked && !rule.whenLocked) return false;
    return (rule.legalIn & this.state()) !== 0;
  }

  private state(): number {
    const { mode, read, write, busy } = this.parts;
    if (mode.idle) return IN_IDLE;
    if (read.active) return IN_READ;
    if (write.waiting) return IN_WRITE;
    return busy.held ? IN_BUSY : IN_READY;
  }

  /** @param rule null when the command was refused before it was looked at: then R1 is all there is */
  private respond(bits: number, rule: CommandRule | null, stuff: number): void {
    const { response, parts } = this;
    const { identity, mode, status, lock } = parts;
    response.begin(this.responseGap, stuff);
    response.push(bits | (mode.idle ? R1_IDLE : 0));
    if (rule === null) return;
    if (rule.response === "R2") response.push(status.take() | (lock.locked ? STATUS_LOCKED : 0));
    else if (rule.response === "R3") response.pushWord(encodeOcr(identity.generation, !mode.idle));
    else if (rule.response === "R7") response.pushWord(interfaceCondition(this.frame.argument));
  }
}

/** R7: command version 0, the voltage if it is accepted, and the check pattern sent back (7.3.2.6). */
function interfaceCondition(argument: number): number {
  const voltage = (argument >>> 8) & 0xf;
  return ((voltage === VOLTAGE_ACCEPTED ? voltage : 0) << 8) | (argument & 0xff);
}
