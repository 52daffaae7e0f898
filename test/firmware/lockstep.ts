/**
 * Replays what happens on the chip in the module in Node, call by call: the same function with the same memory and the same
 * answers must call back the same, return the same and leave the same memory.
 */
import { expect } from "vitest";
import { readDriver } from "../../host/mirror/driver-binary.js";
import type { DriverPort } from "../../host/mirror/driver-module.js";
import { SpiModule, type BusPort } from "../../host/mirror/spi/spi-module.js";
import type { Board, FirmwareSymbol } from "../../host/rp2040/index.js";
import { ChipCalls, type CallListener } from "./chip-calls.js";

interface ImportCall {
  readonly name: string;
  readonly values: readonly number[];
  result: number;
  /** What a copy put into the driver's memory. */
  copied: Uint8Array | null;
}

interface Range {
  readonly address: number;
  readonly bytes: number;
}

const RAM_START = 0x20000000;
const SECTOR_BYTES = 512;
type Call = (...values: number[]) => number | void;

export class Lockstep implements CallListener {
  /** Calls of functions of the driver, by name. */
  readonly calls = new Map<string, number>();
  /** Calls that the driver made, by name. */
  readonly callbacks = new Map<string, number>();
  private readonly module = new SpiModule(readDriver("spi"));
  private readonly chipMemory: Uint8Array;
  private imports: ImportCall[] = [];
  private replayed = 0;
  /** Of each card: what the DMA fills by itself. */
  private readonly filling: (Range | null)[] = [null, null];

  constructor(board: Board, symbols: ReadonlyMap<string, FirmwareSymbol>) {
    const { address, bytes } = symbols.get("memory")!;
    const { sram } = board.chip as unknown as { sram: Uint8Array };
    this.chipMemory = sram.subarray(address - RAM_START, address - RAM_START + bytes);
    const compiled = new WebAssembly.Module(new Uint8Array(readDriver("spi")));
    const port = (module: string): unknown =>
      new Proxy(
        {},
        {
          get:
            (_, name) =>
            (...values: number[]) =>
              this.answer(`${module}.${String(name)}`, values),
        },
      );
    this.module.connect(port("upper") as DriverPort);
    this.module.connectBus(port("bus") as BusPort);
    ChipCalls.listen(board, symbols, compiled, this);
  }

  called(name: string, values: readonly number[]): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    if (name === "busDone") this.filling[values[0]!] = null;
    this.imports = [];
    // What transfers have brought meanwhile.
    this.module.memory.set(this.chipMemory);
  }

  imported(name: string, values: readonly number[]): void {
    this.callbacks.set(name, (this.callbacks.get(name) ?? 0) + 1);
    this.imports.push({ name, values, result: 0, copied: null });
    if (name === "bus.burst") this.filling[values[0]!] = { address: values[1]!, bytes: values[2]! };
    if (name === "bus.receiveBlock" && values[3] === 1)
      this.filling[values[0]!] = { address: values[1]!, bytes: SECTOR_BYTES };
  }

  resumed(name: string, values: readonly number[], result: number): void {
    const call = this.imports.at(-1)!;
    call.result = result;
    if (name !== "bus.copyBlock") return;
    call.copied = this.chipMemory.slice(values[2]!, values[2]! + SECTOR_BYTES);
  }

  returned(name: string, values: readonly number[], result: number): void {
    const call = this.module.exports[name as keyof typeof this.module.exports] as unknown as Call;
    this.replayed = 0;
    const again = call(...values.slice(0, call.length));
    const where = `${name}(${values.slice(0, call.length).join(", ")})`;
    if (this.replayed !== this.imports.length) {
      expect({ where, next: null }).toEqual({ where, next: this.imports[this.replayed] });
    }
    if (again !== undefined && again >>> 0 !== result)
      expect({ where, again }).toEqual({ where, again: result });
    this.compareMemory(where);
  }

  private answer(name: string, values: number[]): number {
    const expected = this.imports[this.replayed++];
    const given = values.map((value) => value >>> 0);
    const told = expected?.values.slice(0, values.length);
    if (expected?.name !== name || told!.some((value, i) => value !== given[i])) {
      expect({ name, values: given }).toEqual({ name: expected?.name, values: told });
    }
    if (expected!.copied !== null) this.module.memory.set(expected!.copied, given[2]);
    return expected!.result;
  }

  /** All of it, but for what the DMA of a transfer may have filled since it began. */
  private compareMemory(where: string): void {
    const { chipMemory } = this;
    const { memory } = this.module;
    for (const range of this.filling) {
      if (range !== null)
        memory.set(chipMemory.subarray(range.address, range.address + range.bytes), range.address);
    }
    if (Buffer.compare(memory.subarray(0, chipMemory.length), chipMemory) === 0) return;
    const at = chipMemory.findIndex((byte, i) => byte !== memory[i]);
    expect({ where, at, node: memory[at] }).toEqual({ where, at, node: chipMemory[at] });
  }
}
