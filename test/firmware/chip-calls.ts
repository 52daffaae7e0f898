/**
 * Listens to the border of the exported C on the emulated chip: calls of its functions and of its callbacks, in order, with
 * arguments and results. Functions are told by their symbols; callbacks by the table that syncgate_start is given.
 */
import { exportName } from "../../host/export-c/c-names.js";
import type { Board, FirmwareSymbol } from "../../host/rp2040/index.js";

export interface CallListener {
  /** A function of the driver is called. */
  called?(name: string, values: readonly number[]): void;
  /** It calls back. */
  imported?(name: string, values: readonly number[]): void;
  /** The callback returns. */
  resumed?(name: string, values: readonly number[], result: number): void;
  /** The function returns; `result` means nothing where there is none. */
  returned?(name: string, values: readonly number[], result: number): void;
}

interface Frame {
  readonly name: string;
  readonly values: readonly number[];
  readonly isImport: boolean;
  readonly returnsTo: number;
  readonly stack: number;
}

const START = "syncgate_start";
const RAM_START = 0x20000000;
const ARGUMENT_REGISTERS = 4;
const ARGUMENTS_MAX = 7;

export class ChipCalls {
  /** Those that have not returned: a function, and a callback of it. */
  private readonly frames: Frame[] = [];
  private readonly watched = new Set<number>();

  /** Tells `listener` from now on. @param module the module that the C was made of */
  static listen(
    board: Board,
    symbols: ReadonlyMap<string, FirmwareSymbol>,
    module: WebAssembly.Module,
    listener: CallListener,
  ): ChipCalls {
    return new ChipCalls(board, symbols, module, listener);
  }

  private constructor(
    private readonly board: Board,
    symbols: ReadonlyMap<string, FirmwareSymbol>,
    private readonly module: WebAssembly.Module,
    private readonly listener: CallListener,
  ) {
    for (const { name, kind } of WebAssembly.Module.exports(module)) {
      const symbol = symbols.get(exportName(name));
      // What a program never calls the linker has left out.
      if (kind !== "function" || symbol === undefined) continue;
      board.watchCode(symbol.address, () => {
        // One function of the driver may call another, as a part of itself.
        if (this.frames.length === 0) this.enter(name, false);
      });
    }
    board.watchCode(symbols.get(START)!.address, () => this.started());
  }

  private get registers(): Uint32Array {
    return this.board.chip.core.registers;
  }

  /** The callbacks are in the order of the module's imports. */
  private started(): void {
    const table = this.registers[0]!;
    for (const [i, { module, name }] of WebAssembly.Module.imports(this.module).entries()) {
      const address = this.board.chip.readUint32(table + 4 * i) & ~1;
      const full = `${module}.${name}`;
      this.watchOnce(address, () => {
        if (this.frames.length === 1) this.enter(full, true);
      });
    }
  }

  private watchOnce(address: number, told: () => void): void {
    if (this.watched.has(address)) return;
    this.watched.add(address);
    this.board.watchCode(address, told);
  }

  private enter(name: string, isImport: boolean): void {
    const { registers } = this;
    const stack = registers[13]!;
    const values: number[] = [];
    for (let i = 0; i < ARGUMENTS_MAX; i++) {
      const onStack = stack + 4 * (i - ARGUMENT_REGISTERS) - RAM_START;
      const { sramView } = this.board.chip as unknown as { sramView: DataView };
      if (i < ARGUMENT_REGISTERS) values.push(registers[i]!);
      else if (onStack + 4 <= sramView.byteLength) values.push(sramView.getUint32(onStack, true));
    }
    const returnsTo = registers[14]! & ~1;
    this.frames.push({ name, values, isImport, returnsTo, stack });
    this.watchOnce(returnsTo, () => this.leave(returnsTo));
    if (isImport) this.listener.imported?.(name, values);
    else this.listener.called?.(name, values);
  }

  /** A callback in the place of a return leaves with the function that called it. */
  private leave(address: number): void {
    for (;;) {
      const frame = this.frames.at(-1);
      if (frame === undefined || frame.returnsTo !== address || frame.stack !== this.registers[13]) return;
      this.frames.pop();
      const result = this.registers[0]!;
      if (frame.isImport) this.listener.resumed?.(frame.name, frame.values, result);
      else this.listener.returned?.(frame.name, frame.values, result);
    }
  }
}
