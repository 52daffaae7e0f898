/** A person at the UART, from a file: what is typed, and when. */
import { readFileSync } from "node:fs";
import type { Board, RunEnd, RunLimits } from "../../rp2040/index.js";
import { UsageError } from "../usage-error.js";
import { regularExpression } from "./cut-plan.js";

/** A line to type. */
interface TypedLine {
  /** In the file, for people. */
  readonly number: number;
  readonly text: string;
  /** Typed once the UART has said this since the line before, and so many cycles later; null: cycles are those of the boot. */
  readonly after: RegExp | null;
  readonly cycles: number;
}

const LINE = /^(?:at (\d+)|after "(.+)"(?: \+(\d+))?): (.+)$/;
/** So much of the text is looked at when another character comes. */
const WINDOW = 4096;
const ANYTHING = /[^]/;

export class UartScript {
  private at = 0;
  private board: Board | null = null;
  /** What the UART had said when the line before was typed. */
  private since = 0;
  /** When the line that comes next is due; null: that is not known yet. */
  private due: number | null = null;

  private constructor(private readonly lines: readonly TypedLine[]) {}

  /** @throws UsageError for a file that cannot be read, or a line that is none */
  static read(file: string): UartScript {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
    }
    const lines: TypedLine[] = [];
    for (const [i, line] of text.split("\n").entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue;
      const [matches, cycle, pattern, later, typed] = LINE.exec(line.trim()) ?? [];
      if (matches === undefined)
        throw new UsageError(
          `line ${i + 1} of ${file} is "${line}": give 'at CYCLE: TEXT' or 'after "PATTERN" +CYCLES: TEXT'`,
        );
      const after = pattern === undefined ? null : regularExpression(`line ${i + 1} of ${file}`, pattern);
      lines.push({ number: i + 1, text: typed!, after, cycles: Number(cycle ?? later ?? 0) });
    }
    if (lines.length === 0) throw new UsageError(`${file} has no line to type`);
    return new UartScript(lines);
  }

  /** Why a line was not typed; null when all were. */
  get left(): string | null {
    const line = this.lines[this.at];
    if (line === undefined) return null;
    const due = this.due ?? (line.after === null ? line.cycles : null);
    const why =
      due === null
        ? `the UART did not say what matches "${line.after!.source}"`
        : `cycle ${due} was not reached`;
    return `line ${line.number} of the script, "${line.text}", was not typed: ${why}`;
  }

  /** As `run`, with what is due typed on the way. @throws FirmwareError when the firmware does not listen */
  run(board: Board, limits: RunLimits, run: (limits: RunLimits) => RunEnd): RunEnd {
    const from = board.uart.length;
    if (board !== this.board) {
      // Another boot: cycles are those of it, and nobody has said anything yet.
      this.board = board;
      this.since = 0;
      this.due = null;
    }
    for (;;) {
      this.typeWhatIsDue(board);
      const untilCycle = Math.min(limits.untilCycle, this.due ?? Infinity);
      // A sleep may be one that only what is typed then ends.
      const end = run({ untilCycle, untilUart: ANYTHING, sleepsOn: this.due !== null });
      if (end === "uart" && limits.untilUart?.test(textFrom(board, from)) === true) return end;
      if (end === "asleep" || (end === "cycle" && board.cycle >= limits.untilCycle)) return end;
    }
  }

  private typeWhatIsDue(board: Board): void {
    for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
      if (this.due === null) {
        if (line.after === null) this.due = line.cycles;
        else if (line.after.test(textFrom(board, this.since))) this.due = board.cycle + line.cycles;
      }
      if (this.due === null || board.cycle < this.due) return;
      board.type(`${line.text}\n`);
      this.since = board.uart.length;
      this.due = null;
      this.at++;
    }
  }
}

function textFrom({ uart }: Board, from: number): string {
  return uart.slice(Math.max(from, uart.length - WINDOW));
}
