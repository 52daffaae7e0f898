/** The driver stopped itself: a failed assertion, or an instruction that cannot be executed. */
export class DriverTrap extends Error {
  /** @param place file, line and column of the assertion, or "" when it was none */
  constructor(
    readonly place: string,
    cause: unknown,
  ) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(place === "" ? `the driver trapped: ${what}` : `the driver trapped: assertion failed at ${place}`);
    this.name = "DriverTrap";
  }

  /** Reads the trap report at `address`: message, file (texts), line, column. */
  static of(error: unknown, memory: WebAssembly.Memory, address: number): DriverTrap {
    const words = new Uint32Array(memory.buffer, address, 4);
    const file = text(memory, words[1]!);
    return new DriverTrap(file === "" ? "" : `${file}:${words[2]}:${words[3]}`, error);
  }
}

/** The class word of a text in UTF-16, as AssemblyScript keeps it; any other has one byte a character. */
const UTF16_TEXT = 2;

/** A text: its length in bytes stands in the word before it, and before that its class. */
function text(memory: WebAssembly.Memory, address: number): string {
  if (address === 0) return "";
  const [kind, bytes] = new Uint32Array(memory.buffer, address - 8, 2);
  if (kind === UTF16_TEXT)
    return String.fromCharCode(...new Uint16Array(memory.buffer, address, bytes! >>> 1));
  return String.fromCharCode(...new Uint8Array(memory.buffer, address, bytes));
}
