import * as layout from "../../assembly/layout.js";
import { readDriver, type DriverBuild } from "../../host/mirror/driver-binary.js";
import { DriverModule, type DriverPort } from "../../host/mirror/driver-module.js";
import { readEventRing, type RingEvent } from "../../host/mirror/event-ring.js";
import { configureDriver, type DriverOptions } from "../../host/mirror/driver-options.js";

/** A command the driver has sent and nobody has answered yet. */
export interface SentCommand {
  readonly member: number;
  readonly name: (typeof NAMES)[number];
  readonly sector: number;
  readonly count: number;
  readonly own: boolean;
  readonly buffer: number;
  readonly bufferSector: number;
  readonly token: number;
}

const NAMES = ["read", "write", "flush", "zero"] as const;

export const OPTIONS: DriverOptions = { cardSectors: 12, metadataStride: 1, epochMs: 10 };

/** Region of one sector shift 1: four regions of two sectors behind four metadata sectors. */
export const REGION_SHIFT = 1;

function copyOf(card: readonly Uint8Array[]): Uint8Array[] {
  return card.map((sector) => sector.slice());
}

/** The driver with two plain arrays as cards; commands wait until the test answers them. */
export class ScriptedHost implements DriverPort {
  readonly cards: [Uint8Array[], Uint8Array[]];
  readonly pending: SentCommand[] = [];
  /** Every command since the last `forgetTrace`, as text: "A write 2+1", "B flush". */
  trace: string[] = [];
  readonly answers = new Map<number, number>();
  readonly epochs: number[] = [];
  /** Sectors that a card fails to read: `member * 1000 + sector`. */
  readonly unreadable = new Set<number>();
  /** Slots whose card is not there: it fails every command. */
  readonly absent = new Set<number>();
  /** What callers' buffers hold, by handle. */
  readonly buffers = new Map<number, Uint8Array>();
  readonly driver: DriverModule;
  now = 0;

  constructor(build: DriverBuild = "production", sectors = 12) {
    this.driver = new DriverModule(readDriver(build));
    this.driver.connect(this);
    const blank = (): Uint8Array[] => Array.from({ length: sectors }, () => new Uint8Array(512));
    this.cards = [blank(), blank()];
  }

  get exports(): DriverModule["exports"] {
    return this.driver.exports;
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
    const name = NAMES[command & ~layout.CARD_OWN_BUFFER]!;
    this.pending.push({ member, name, sector, count, own, buffer, bufferSector, token });
    this.trace.push(`${"AB"[member]} ${name}${name === "flush" ? "" : ` ${sector}+${count}`}`);
  }

  done(tag: number, status: number): void {
    if (this.answers.has(tag)) throw new Error(`tag ${tag} was answered twice`);
    this.answers.set(tag, status);
  }

  zeros(buffer: number, bufferSector: number, count: number): void {
    this.bufferOf(buffer).fill(0, bufferSector * 512, (bufferSector + count) * 512);
  }

  requestSync(epoch: number): void {
    this.epochs.push(epoch);
  }

  /** Answers the oldest command that `matches`, as a card would. @returns the command */
  answer(
    matches: (command: SentCommand) => boolean = () => true,
    status?: number,
    fingerprint = 0,
  ): SentCommand {
    const index = this.pending.findIndex(matches);
    if (index < 0) throw new Error(`no such command waits: ${JSON.stringify(this.pending)}`);
    const [command] = this.pending.splice(index, 1) as [SentCommand];
    const given = status ?? this.execute(command);
    this.exports.complete(command.token, given, fingerprint);
    return command;
  }

  /** The card was dropped: its host ends what it has under way. */
  endTransfersOf(member: number): void {
    const others = this.pending.filter((command) => command.member !== member);
    this.pending.splice(0, Infinity, ...others);
  }

  /** Answers everything until the driver asks for nothing more. */
  settle(): void {
    for (let answers = 0; this.pending.length > 0; answers++) {
      if (answers === 100_000) throw new Error("the driver never comes to rest");
      this.answer();
    }
  }

  tick(ms: number): void {
    this.now += ms;
    this.exports.tick(this.now);
  }

  forgetTrace(): string[] {
    const trace = this.trace;
    this.trace = [];
    return trace;
  }

  /** A new array, assembled, resynchronised and clean, with nothing under way. */
  static clean(
    build: DriverBuild = "production",
    options: DriverOptions = OPTIONS,
    regionShift = REGION_SHIFT,
  ): ScriptedHost {
    const host = new ScriptedHost(build, options.cardSectors);
    host.format(options, regionShift);
    host.assemble(options);
    // Each tick looks at a bounded number of regions, so a large array takes several.
    while (host.exports.counter(layout.COUNTER_REGIONS_TO_SYNC) > 0) {
      host.tick(1);
      host.settle();
    }
    host.clear();
    host.forgetTrace();
    return host;
  }

  format(options: DriverOptions = OPTIONS, regionShift = REGION_SHIFT): void {
    this.driver.reset();
    configureDriver(this.exports, options);
    this.expectOk(this.exports.format(regionShift, 1, 9001));
    this.settle();
    this.expectOk(this.answers.get(9001));
  }

  /** Assembles and returns the status it ends with. */
  assemble(options: DriverOptions = OPTIONS, policy = layout.POLICY_SYNC_GATED, bootNonce = 7): number {
    this.driver.reset();
    this.pending.length = 0;
    this.answers.clear();
    this.epochs.length = 0;
    configureDriver(this.exports, options);
    this.expectOk(this.exports.assemble(policy, bootNonce, 9002));
    this.settle();
    return this.answers.get(9002) ?? -1;
  }

  /** Writes one sector filled with `byte`. @returns how it was answered */
  write(sector: number, byte: number, tag: number): number | undefined {
    this.bufferOf(tag).fill(byte);
    this.expectOk(this.exports.submit(layout.REQUEST_WRITE, sector, 1, tag, tag));
    this.settle();
    return this.answers.get(tag);
  }

  /** Reads one sector. @returns its first byte, or the status that was no success, negated */
  read(sector: number, tag: number): number {
    this.expectOk(this.exports.submit(layout.REQUEST_READ, sector, 1, tag, tag));
    this.settle();
    const status = this.answers.get(tag);
    return status === layout.STATUS_OK ? this.bufferOf(tag)[0]! : -(status ?? 0xff);
  }

  flush(tag: number): number | undefined {
    this.expectOk(this.exports.submit(layout.REQUEST_FLUSH, 0, 0, 0, tag));
    this.settle();
    return this.answers.get(tag);
  }

  /** Copies of both cards as they are now. */
  snapshot(): [Uint8Array[], Uint8Array[]] {
    return [copyOf(this.cards[0]), copyOf(this.cards[1])];
  }

  /** Puts copies of these cards in. */
  insert(cards: readonly [readonly Uint8Array[], readonly Uint8Array[]]): void {
    [0, 1].forEach((slot) => (this.cards[slot] = copyOf(cards[slot]!)));
    this.absent.clear();
  }

  /** Ticks until `reached`. */
  until(reached: () => boolean): void {
    for (let ticks = 0; !reached(); ticks++) {
      if (ticks === 2000) throw new Error("it never comes to that");
      this.tick(10);
      this.settle();
      for (const epoch of this.epochs.splice(0)) this.exports.syncDone(epoch, layout.STATUS_OK);
      this.settle();
    }
  }

  /** Runs clearing passes with good syncs until every region is clean. */
  clear(): void {
    for (let passes = 0; this.exports.counter(layout.COUNTER_REGIONS_UNPROVEN) > 0; passes++) {
      if (passes === 1000) throw new Error("regions do not become clean");
      this.tick(10);
      this.settle();
      for (const epoch of this.epochs.splice(0)) this.exports.syncDone(epoch, layout.STATUS_OK);
      this.settle();
    }
    // The record that clears may have been left to the next call.
    this.tick(0);
    this.settle();
  }

  /** The events in the ring, the oldest first. */
  events(): RingEvent[] {
    return readEventRing(this.driver);
  }

  states(): number[] {
    return [0, 1, 2, 3].map((region) => this.exports.regionState(region));
  }

  private expectOk(status: number | undefined): void {
    if (status !== layout.STATUS_OK) throw new Error(`status ${status}, not OK`);
  }

  private execute(command: SentCommand): number {
    const { member, name, sector, count } = command;
    if (this.absent.has(member)) return layout.STATUS_CARD_FAILED;
    if (name === "flush") return layout.STATUS_OK;
    for (let i = 0; i < count; i++) {
      const block = this.cards[member]![sector + i]!;
      if (name === "zero") {
        block.fill(0);
        continue;
      }
      const memory = command.own
        ? this.driver.memory.subarray(command.buffer + i * 512, command.buffer + (i + 1) * 512)
        : this.bufferOf(command.buffer).subarray((command.bufferSector + i) * 512);
      if (name === "read") {
        if (this.unreadable.has(member * 1000 + sector + i)) return layout.STATUS_READ_ERROR;
        memory.set(block);
      } else {
        block.set(memory.subarray(0, 512));
        this.unreadable.delete(member * 1000 + sector + i);
      }
    }
    return layout.STATUS_OK;
  }

  private bufferOf(handle: number): Uint8Array {
    let bytes = this.buffers.get(handle);
    if (bytes === undefined) {
      bytes = new Uint8Array(layout.REQUEST_SECTORS_MAX * 512);
      this.buffers.set(handle, bytes);
    }
    return bytes;
  }
}
