/** What firmware says on its UART when all is well, and when not. */
import type { Board, RunEnd, RunLimits } from "./board.js";

/** The verdict of a boot. */
export type BoardVerdict =
  | { readonly is: "pass" }
  /** The line of the UART that says so. */
  | { readonly is: "fail"; readonly line: string }
  /** Why there is none. */
  | { readonly is: "none"; readonly why: string };

/** Cycles that a firmware gets to end the line of its verdict. */
const LINE_CYCLES = 1_000_000;

/** Patterns of the UART, and how long they are waited for. */
export class VerdictPatterns {
  private readonly either: RegExp;

  /** @param maxCycles of each boot */
  constructor(
    pass: RegExp,
    private readonly fail: RegExp,
    readonly maxCycles: number,
  ) {
    this.either = new RegExp(`(?:${pass.source})|(?:${fail.source})`);
  }

  /**
   * Runs until the verdict, and to the end of its line.
   * @param run board.run, or what is around it
   * @throws FirmwareError
   */
  await(board: Board, run: (limits: RunLimits) => RunEnd = (limits) => board.run(limits)): BoardVerdict {
    const { either, maxCycles } = this;
    let end: RunEnd = "uart";
    if (!either.test(board.uart)) end = run({ untilCycle: maxCycles, untilUart: either });
    if (end === "uart") {
      if (!board.uart.endsWith("\n")) run({ untilCycle: board.cycle + LINE_CYCLES, untilUart: /\n/ });
      return this.failure(board) ?? { is: "pass" };
    }
    const why =
      end === "asleep" ? "the chip sleeps and nothing can wake it" : `${maxCycles} cycles have passed`;
    return { is: "none", why };
  }

  /** The failure that has been told already; null when none has. */
  failure({ uart }: Board): Extract<BoardVerdict, { is: "fail" }> | null {
    const found = this.fail.exec(uart);
    if (found === null) return null;
    const from = uart.lastIndexOf("\n", found.index) + 1;
    const to = uart.indexOf("\n", found.index);
    return { is: "fail", line: uart.slice(from, to < 0 ? uart.length : to).trim() };
  }
}
