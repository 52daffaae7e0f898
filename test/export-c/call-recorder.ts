import type { DriverModule, DriverPort } from "../../host/mirror/driver-module.js";
import { SpiModule, type BusPort } from "../../host/mirror/spi/spi-module.js";
import { memoryHash } from "./memory-hash.js";

/** What a recording and its replay tell each other; the replay is in replay-program.ts. */
export const RECORD = { call: 1, poke: 2, resume: 3, end: 4 } as const;
export const LOG = { called: 0x49, returned: 0x52 } as const;

type Call = (...values: number[]) => number | void;

/** Bytes that grow. */
class Bytes {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  byte(value: number): void {
    if (this.length + 1 > this.bytes.length) this.grow();
    this.bytes[this.length++] = value;
  }

  word(value: number): void {
    for (let i = 0; i < 4; i++) this.byte((value >>> (8 * i)) & 0xff);
  }

  all(bytes: Uint8Array): void {
    for (const value of bytes) this.byte(value);
  }

  get(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/**
 * Records what goes over the border of a module, in order: calls of its exports, what the host writes into its memory, and
 * what its imports return. Beside it grows what a replay has to answer: the calls of imports, the results, and a hash of the
 * whole memory after each call.
 */
export class CallRecorder {
  /** Names of the exports, as calls number them. */
  readonly exportNames: string[];
  /** Imports, as calls number them: "card.submit". */
  readonly importNames: string[] = [];
  /** Calls of each export. */
  readonly calls = new Map<string, number>();
  private readonly record = new Bytes();
  private readonly log = new Bytes();
  private readonly known: Uint32Array;
  private readonly memory: Uint32Array;

  /** @param memoryBytes how much of the memory is the module's state */
  constructor(module: DriverModule, memoryBytes: number) {
    this.memory = new Uint32Array(module.memory.buffer, 0, memoryBytes / 4);
    this.known = this.memory.slice();
    const exports = module.exports as unknown as Record<string, Call>;
    this.exportNames = Object.keys(exports).filter((name) => name !== "memory");
    const recorded = Object.fromEntries(
      this.exportNames.map((name, index) => [name, this.recordedExport(name, index, exports[name]!)]),
    );
    const replaced = { ...exports, ...recorded };
    Object.assign(module, { exports: replaced });
    const connect = module.connect.bind(module);
    module.connect = (port) => connect(this.recordedPort(port));
    if (!(module instanceof SpiModule)) return;
    Object.assign(module, { spi: replaced });
    const connectBus = module.connectBus.bind(module);
    module.connectBus = (port) => connectBus(this.recordedBus(port));
  }

  /** What a replay reads. */
  recorded(): Uint8Array {
    this.record.byte(RECORD.end);
    return this.record.get();
  }

  /** What a replay has to write. */
  expected(): Uint8Array {
    return this.log.get();
  }

  private recordedExport(name: string, index: number, call: Call): Call {
    return (...values) => {
      this.pokes();
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
      this.record.byte(RECORD.call);
      this.numbers(this.record, index, values);
      const result = call(...values);
      this.known.set(this.memory);
      this.log.byte(LOG.returned);
      this.log.word(result ?? 0);
      this.log.word(memoryHash(this.memory));
      return result;
    };
  }

  private recordedImport<C extends Call>(name: string, call: C): C {
    const known = this.importNames.indexOf(name);
    const index = known >= 0 ? known : this.importNames.push(name) - 1;
    return ((...values: number[]) => {
      this.log.byte(LOG.called);
      this.numbers(this.log, index, values);
      this.known.set(this.memory);
      const result = call(...values);
      this.pokes();
      this.record.byte(RECORD.resume);
      this.record.word(result ?? 0);
      return result;
    }) as C;
  }

  private numbers(into: Bytes, index: number, values: readonly number[]): void {
    into.byte(index);
    into.byte(values.length);
    for (const value of values) into.word(value);
  }

  /** Words that are others than when the module last had control. */
  private pokes(): void {
    const { memory, known } = this;
    for (let i = 0; i < memory.length; i++) {
      if (memory[i] === known[i]) continue;
      const first = i;
      while (i < memory.length && memory[i] !== known[i]) i++;
      this.record.byte(RECORD.poke);
      this.record.word(first * 4);
      this.record.word((i - first) * 4);
      this.record.all(new Uint8Array(memory.buffer, first * 4, (i - first) * 4));
    }
    known.set(memory);
  }

  private recordedPort(port: DriverPort): DriverPort {
    return {
      cardSubmit: this.recordedImport("card.submit", (...v: Parameters<DriverPort["cardSubmit"]>) =>
        port.cardSubmit(...v),
      ),
      done: this.recordedImport("upper.done", (tag: number, status: number) => port.done(tag, status)),
      zeros: this.recordedImport("upper.zeros", (...v: Parameters<DriverPort["zeros"]>) => port.zeros(...v)),
      requestSync: this.recordedImport("upper.requestSync", (epoch: number) => port.requestSync(epoch)),
    };
  }

  private recordedBus(port: BusPort): BusPort {
    return Object.fromEntries(
      BUS.map((name) => [
        name,
        this.recordedImport(`bus.${name}`, (...values: number[]) => (port[name] as Call)(...values)),
      ]),
    ) as unknown as BusPort;
  }
}

const BUS = [
  "select",
  "speed",
  "burst",
  "wait",
  "sendBlock",
  "queueBlock",
  "receiveBlock",
  "cancel",
  "checksum",
  "copyBlock",
] as const;
