import type { BusyLine } from "./busy-line.js";
import type { CardIdentity } from "./card-identity.js";
import type { CardMedium } from "./card-medium.js";
import type { CardMode } from "./card-mode.js";
import type { EraseRange } from "./erase-range.js";
import type { MemorySink } from "./memory-sink.js";
import type { MemorySource } from "./memory-source.js";
import type { PasswordLock } from "./password-lock.js";
import type { PerformanceExtension } from "./performance-extension.js";
import type { ReadStream } from "./read-stream.js";
import type { SwitchFunctions } from "./registers/switch-status.js";
import type { StatusBits } from "./status-bits.js";
import type { WriteProtection } from "./write-protection.js";
import type { WriteStream } from "./write-stream.js";

/** Everything that a command may act on. */
export interface CardParts {
  readonly identity: CardIdentity;
  readonly cid: Uint8Array;
  readonly csd: Uint8Array;
  readonly scr: Uint8Array;
  readonly ssr: Uint8Array;
  /** What CMD56 wrote last, and reads back. */
  readonly general: Uint8Array;
  readonly mode: CardMode;
  readonly status: StatusBits;
  readonly busy: BusyLine;
  /** Busy after CMD12 has ended a read, µs. */
  readonly stopBusyUs: number;
  readonly medium: CardMedium;
  readonly source: MemorySource;
  readonly sink: MemorySink;
  readonly read: ReadStream;
  readonly write: WriteStream;
  readonly erase: EraseRange;
  readonly protection: WriteProtection;
  readonly lock: PasswordLock;
  readonly functions: SwitchFunctions;
  readonly extension: PerformanceExtension;
}
