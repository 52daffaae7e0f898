/** A trace of a board as a text file: what goes over the buses, and instructions of a window of cycles. */
import { closeSync, openSync, writeSync } from "node:fs";
import type { Board, BusNote, RunEnd, RunLimits } from "../../rp2040/index.js";
import { UsageError, wholeNumberIn } from "../usage-error.js";

/** Cycles of which each instruction is written down. */
export interface CycleWindow {
  readonly from: number;
  readonly to: number;
}

const WINDOW_MAX = 10_000_000;
const CHUNK_CHARACTERS = 1 << 16;
const REGISTERS = [
  "r0",
  "r1",
  "r2",
  "r3",
  "r4",
  "r5",
  "r6",
  "r7",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "sp",
  "lr",
];

/** `--trace-instructions`: FROM+CYCLES. @throws UsageError */
export function cycleWindow(text: string): CycleWindow {
  const [, from, cycles] = /^(\d+)\+(\d+)$/.exec(text) ?? [];
  if (cycles === undefined)
    throw new UsageError(`--trace-instructions is "${text}": give FROM+CYCLES, 1000000+500 for one`);
  const first = wholeNumberIn("--trace-instructions", from!, 0, Number.MAX_SAFE_INTEGER);
  return { from: first, to: first + wholeNumberIn("--trace-instructions", cycles, 1, WINDOW_MAX) };
}

export class BoardTrace {
  private readonly fd: number;
  private text = "";

  /** @throws UsageError when the file cannot be written */
  constructor(
    private readonly file: string,
    private readonly window: CycleWindow | null,
  ) {
    try {
      this.fd = openSync(file, "w");
    } catch (error) {
      throw new UsageError(`the trace cannot be written to ${file}: ${(error as Error).message}`);
    }
  }

  line(text: string): void {
    this.text += `${text}\n`;
    if (this.text.length > CHUNK_CHARACTERS) this.flush();
  }

  /** What a card was told or given. */
  note(cycle: number, bus: number, { what, answer }: BusNote): void {
    this.line(`${cycle} spi${bus} ${what} -> ${answer}`);
  }

  close(): void {
    this.flush();
    closeSync(this.fd);
  }

  /** As board.run, with the instructions of the window written down. */
  run(board: Board, limits: RunLimits): RunEnd {
    const { window } = this;
    const { untilCycle, untilUart, sleepsOn = false } = limits;
    if (window === null || board.cycle >= window.to) return board.run(limits);
    const uartFrom = board.uart.length;
    if (board.cycle < window.from) {
      const end = board.run({ ...limits, untilCycle: Math.min(untilCycle, window.from) });
      if (end !== "cycle" || board.cycle >= untilCycle) return end;
    }
    const { core } = board.chip;
    while (board.cycle < Math.min(window.to, untilCycle)) {
      if (!core.waiting) this.instruction(board);
      const said = board.uart.length;
      // It ends with the first instruction at or after the next cycle: after one.
      const end = board.run({ untilCycle: board.cycle + 1, sleepsOn });
      if (end === "asleep") return end;
      if (board.uart.length > said && untilUart?.test(board.uart.slice(uartFrom)) === true) return "uart";
    }
    return board.cycle >= untilCycle ? "cycle" : board.run(limits);
  }

  private instruction({ cycle, chip: { core } }: Board): void {
    const registers = REGISTERS.map((name, i) => `${name}=${hex(core.registers[i]!)}`);
    this.line(`${cycle} cpu ${hex(core.PC & ~1)} ${registers.join(" ")}`);
  }

  private flush(): void {
    try {
      writeSync(this.fd, this.text);
    } catch (error) {
      throw new UsageError(`the trace cannot be written to ${this.file}: ${(error as Error).message}`);
    }
    this.text = "";
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
