import type { ExportObserver } from "../nbd/card-export.js";
import type { LogEvent, WriteLog } from "./write-log.js";

/** Records what is written to one card behind a NBD export, and what the firmware says meanwhile. */
export class LogRecorder implements ExportObserver {
  private readonly events: LogEvent[] = [];

  constructor(private readonly sectors: number) {}

  onWrite(sector: number, bytes: Uint8Array, fua: boolean): void {
    this.events.push({ kind: "write", card: 0, joined: false, sector, bytes: bytes.slice(), fua });
  }

  onZero(sector: number, count: number, fua: boolean, discards: boolean): void {
    this.events.push({ kind: "zero", card: 0, joined: false, sector, count, fua, discards });
  }

  onFlush(): void {
    this.events.push({ kind: "flush", card: 0, joined: false });
  }

  mark(text: string): void {
    this.events.push({ kind: "mark", text });
  }

  /** What was recorded until now. */
  log(): WriteLog {
    return { sectors: [this.sectors], events: this.events.slice() };
  }
}
