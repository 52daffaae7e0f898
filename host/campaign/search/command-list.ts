import { TRANSFERS } from "../../../assembly/layout.js";

const FIELDS = 7;

/** Card commands not answered yet, in the order they came: a ring that never grows. */
export class CommandList {
  member = 0;
  command = 0;
  sector = 0;
  count = 0;
  buffer = 0;
  bufferSector = 0;
  token = 0;
  private readonly ring = new Int32Array(TRANSFERS * FIELDS);
  private head = 0;
  private length = 0;

  clear(): void {
    this.head = 0;
    this.length = 0;
  }

  /** @throws Error when the driver has more transfers under way than its limit */
  push(
    member: number,
    command: number,
    sector: number,
    count: number,
    buffer: number,
    bufferSector: number,
    token: number,
  ): void {
    if (this.length === TRANSFERS)
      throw new Error(`the driver has more than ${TRANSFERS} transfers under way`);
    const at = ((this.head + this.length) % TRANSFERS) * FIELDS;
    this.length++;
    const ring = this.ring;
    ring[at] = member;
    ring[at + 1] = command;
    ring[at + 2] = sector;
    ring[at + 3] = count;
    ring[at + 4] = buffer;
    ring[at + 5] = bufferSector;
    ring[at + 6] = token;
  }

  /** Takes the oldest command into the fields; false when there is none. */
  next(): boolean {
    if (this.length === 0) return false;
    const at = this.head * FIELDS;
    const ring = this.ring;
    this.member = ring[at]!;
    this.command = ring[at + 1]!;
    this.sector = ring[at + 2]!;
    this.count = ring[at + 3]!;
    this.buffer = ring[at + 4]!;
    this.bufferSector = ring[at + 5]!;
    this.token = ring[at + 6]!;
    this.head = (this.head + 1) % TRANSFERS;
    this.length--;
    return true;
  }
}
