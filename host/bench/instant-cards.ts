import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  MEMBERS,
  SECTOR_BYTES,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { DriverExports, DriverPort } from "../mirror/driver-module.js";

/** More commands than the driver has transfers are never under way. */
const COMMANDS_MAX = 64;

/**
 * Two cards that cost next to nothing, so that what is measured is the driver: they keep what the driver writes from
 * its own memory in front of the data, and nothing else; data reads as it happens to lie in the buffer. They answer
 * when they are asked to, the oldest command first.
 */
export class InstantCards implements DriverPort {
  /** Commands that the driver has submitted, ever. */
  submitted = 0;
  /** Epochs of syncs that were asked for and not answered. */
  readonly epochs: number[] = [];
  /** Status of the last answer to each tag. */
  readonly answers = new Map<number, number>();
  private readonly metadata = Array.from({ length: MEMBERS }, () => new Map<number, Uint8Array>());
  private readonly tokens = new Int32Array(COMMANDS_MAX);
  private answered = 0;

  /**
   * @param memory of the driver
   * @param dataStart first data sector: metadata lies before it
   */
  constructor(
    private readonly memory: Uint8Array,
    private readonly dataStart: number,
  ) {}

  /** Commands that wait for their answer. */
  get waiting(): number {
    return this.submitted - this.answered;
  }

  cardSubmit(
    member: number,
    command: number,
    sector: number,
    _count: number,
    buffer: number,
    _bufferSector: number,
    token: number,
  ): void {
    if (this.waiting === COMMANDS_MAX)
      throw new Error(`${COMMANDS_MAX} commands wait: the driver leaks transfers`);
    this.tokens[this.submitted++ % COMMANDS_MAX] = token;
    if ((command & CARD_OWN_BUFFER) !== 0 && sector < this.dataStart)
      this.transfer(member, command, sector, buffer);
  }

  done(tag: number, status: number): void {
    this.answers.set(tag, status);
  }

  zeros(): void {
    // Callers' buffers are numbers here.
  }

  requestSync(epoch: number): void {
    this.epochs.push(epoch);
  }

  /** Answers one command, the oldest. */
  answerOne(driver: DriverExports): void {
    driver.complete(this.tokens[this.answered++ % COMMANDS_MAX]!, STATUS_OK, 0);
  }

  /** Answers the commands that wait, and those that follow from the answers. @returns how many these were */
  answerAll(driver: DriverExports): number {
    const before = this.answered;
    while (this.waiting > 0) this.answerOne(driver);
    return this.answered - before;
  }

  /** The controller starts anew: nothing is under way. */
  forget(): void {
    this.answered = this.submitted;
    this.epochs.length = 0;
    this.answers.clear();
  }

  /** Every own transfer of metadata is one sector. */
  private transfer(member: number, command: number, sector: number, buffer: number): void {
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation === CARD_FLUSH) return;
    const address = buffer >>> 0;
    const kept = this.metadata[member]!;
    if (operation !== CARD_READ) kept.set(sector, this.memory.slice(address, address + SECTOR_BYTES));
    else this.memory.set(kept.get(sector) ?? BLANK, address);
  }
}

const BLANK = new Uint8Array(SECTOR_BYTES);
