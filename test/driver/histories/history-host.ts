import * as layout from "../../../assembly/layout.js";
import { readDriver, type DriverBuild } from "../../../host/mirror/driver-binary.js";
import { DriverModule, type DriverPort } from "../../../host/mirror/driver-module.js";
import { configureDriver } from "../../../host/mirror/driver-options.js";
import type { Chance } from "./chance.js";
import { EXTENT_SECTORS_MAX, type DrawnArray } from "./drawn-array.js";
import { OpenRequests } from "./open-requests.js";
import { VolatileCard, type CardCommand } from "./volatile-card.js";

const OPERATION_NAMES = ["read", "write", "flush", "zero"] as const;
const CARD_NAMES = "AB";
/** Answers and ticks after which a driver that has not come to rest counts as hung; the slowest rebuilds take a few hundred. */
const STEPS_MAX = 6000;
/** The same for a format or an assembly, which end before anything is copied. */
const START_STEPS_MAX = 4000;
const TICK_MS = 20;
const FORMAT_TICK_MS = 10;

/** The driver, its two cards and what is under way between them; chance decides what is answered when. */
export class HistoryHost implements DriverPort {
  readonly driver: DriverModule;
  /** What has happened, in words. */
  readonly log: string[] = [];
  readonly requests = new OpenRequests(this.log);
  readonly cards: readonly [VolatileCard, VolatileCard];
  private commands: CardCommand[] = [];
  private readonly buffers = new Map<number, Uint8Array>();
  private readonly epochs: number[] = [];
  private nowMs = 0;
  private bootNonce = 1;

  constructor(
    build: DriverBuild,
    private readonly array: DrawnArray,
    private readonly chance: Chance,
  ) {
    this.driver = new DriverModule(readDriver(build));
    this.driver.connect(this);
    this.cards = [
      new VolatileCard(array.drawCard(), array.dataStart),
      new VolatileCard(array.drawCard(), array.dataStart),
    ];
  }

  get exports(): DriverModule["exports"] {
    return this.driver.exports;
  }

  get bothInSync(): boolean {
    return [0, 1].every((member) => this.exports.memberState(member) === layout.MEMBER_IN_SYNC);
  }

  cardSubmit(
    member: number,
    command: number,
    sector: number,
    count: number,
    buffer: number,
    bufferSector: number,
    token: number,
  ): void {
    const own = (command & layout.CARD_OWN_BUFFER) !== 0;
    const memory = own ? this.driver.memory.subarray(buffer) : this.bufferOf(buffer);
    const first = own ? 0 : bufferSector;
    this.commands.push({
      member,
      operation: command & ~layout.CARD_OWN_BUFFER,
      sector,
      count,
      token,
      memory: (index) =>
        memory.subarray((first + index) * layout.SECTOR_BYTES, (first + index + 1) * layout.SECTOR_BYTES),
    });
  }

  done(tag: number, status: number): void {
    this.requests.end(tag, status);
  }

  zeros(buffer: number, bufferSector: number, count: number): void {
    this.bufferOf(buffer).fill(
      0,
      bufferSector * layout.SECTOR_BYTES,
      (bufferSector + count) * layout.SECTOR_BYTES,
    );
  }

  requestSync(epoch: number): void {
    this.epochs.push(epoch);
  }

  /** A caller's buffer; the tag of the request serves as its handle. */
  bufferOf(tag: number): Uint8Array {
    let bytes = this.buffers.get(tag);
    if (bytes === undefined) {
      bytes = new Uint8Array(EXTENT_SECTORS_MAX * layout.SECTOR_BYTES);
      this.buffers.set(tag, bytes);
    }
    return bytes;
  }

  /** One card command is answered, mostly the oldest; or time goes on. */
  step(): void {
    const { chance, commands } = this;
    if (commands.length > 0 && chance.below(10) < 9) {
      this.answer(chance.oneIn(3) ? chance.below(commands.length) : 0);
      return;
    }
    this.tick(chance.upTo(15));
    if (!chance.oneIn(2)) this.answerSyncs();
  }

  steps(count: number): void {
    for (let step = 0; step < count; step++) this.step();
  }

  tick(ms: number): void {
    this.nowMs += ms;
    this.log.push(`tick ${this.nowMs}`);
    this.exports.tick(this.nowMs);
  }

  /** The layer above answers the syncs that the driver asked for. */
  answerSyncs(well = !this.chance.oneIn(5)): void {
    for (const epoch of this.epochs.splice(0)) {
      this.log.push(`sync ${epoch} ${well ? "is done" : "fails"}`);
      this.exports.syncDone(epoch, well ? layout.STATUS_OK : layout.STATUS_CARD_FAILED);
    }
  }

  /** Answers everything until no request and no command is left. */
  settle(): void {
    for (let steps = 0; this.requests.count > 0 || this.commands.length > 0; steps++) {
      if (steps === STEPS_MAX) {
        throw new Error(`hangs: ${this.requests.describe() || "commands without an end"}`);
      }
      if (this.commands.length > 0) this.answer(0);
      else this.tickWithSyncs();
    }
  }

  /** Time goes on, and nothing goes wrong in it. */
  tickWithSyncs(): void {
    this.tick(TICK_MS);
    this.answerSyncs(true);
  }

  format(): void {
    this.driver.reset();
    configureDriver(this.exports, this.array.options);
    const begin = (tag: number): number => this.exports.format(this.array.regionShift, 1, tag);
    const status = this.startArray("format", begin, FORMAT_TICK_MS, START_STEPS_MAX);
    if (status !== layout.STATUS_OK) throw new Error(`format ends with ${status ?? "nothing"}`);
  }

  /**
   * The controller starts anew: nothing that was under way is.
   * @returns the status of the assembly
   */
  assemble(): number {
    const status = this.assembleWithin(START_STEPS_MAX);
    if (status === null) throw new Error("hangs: assemble");
    return status;
  }

  /**
   * The same, but the power fails again.
   * @param steps answers and ticks until it does
   * @returns the status of the assembly, or null if it did not come to its end
   */
  assembleWithin(steps: number): number | null {
    this.driver.reset();
    this.commands = [];
    this.epochs.length = 0;
    this.requests.forget();
    configureDriver(this.exports, this.array.options);
    const nonce = ++this.bootNonce;
    const begin = (tag: number): number => this.exports.assemble(layout.POLICY_SYNC_GATED, nonce, tag);
    return this.startArray("assemble", begin, TICK_MS, steps);
  }

  /** One card loses its power for an instant, and with it its cache and what was under way to it. */
  reinitialise(member: number): void {
    this.log.push(`${CARD_NAMES[member]} initialises itself anew`);
    this.losePowerOf(member);
    this.commands = this.commands.filter((command) => command.member !== member);
  }

  losePower(): void {
    this.log.push("the power fails");
    [0, 1].forEach((member) => this.losePowerOf(member));
  }

  recoverCards(): void {
    for (const card of this.cards) card.recover();
  }

  /** @returns the status of what begins, or null if it takes more than so many answers and ticks */
  private startArray(
    what: string,
    begin: (tag: number) => number,
    tickMs: number,
    stepsMax: number,
  ): number | null {
    const answers: number[] = [];
    this.requests.begin(what, begin, (status) => answers.push(status));
    for (let steps = 0; steps < stepsMax && answers.length === 0; steps++) {
      if (this.commands.length > 0) this.answer(0);
      else this.tick(tickMs);
    }
    return answers[0] ?? null;
  }

  private losePowerOf(member: number): void {
    const card = this.cards[member]!;
    card.losePower(
      this.chance,
      this.commands.filter((command) => command.member === member),
    );
    card.recover();
  }

  private answer(index: number): void {
    const [command] = this.commands.splice(index, 1) as [CardCommand];
    const card = this.cards[command.member]!;
    if (card.silent) return;
    const failed = { status: layout.STATUS_CARD_FAILED, fingerprint: 0 };
    const { status, fingerprint } = card.failing ? failed : card.execute(command);
    const name = `${CARD_NAMES[command.member]} ${OPERATION_NAMES[command.operation]}`;
    const place = command.operation === layout.CARD_FLUSH ? "" : ` ${command.sector}+${command.count}`;
    this.log.push(`${name}${place}${status === layout.STATUS_OK ? "" : `: ${status}`}`);
    this.exports.complete(command.token, status, fingerprint);
  }
}
