/**
 * Write logs as files, in the format of the kernel's dm-log-writes target
 * (Documentation/admin-guide/device-mapper/log-writes.rst; struct log_write_super and log_write_entry of
 * drivers/md/dm-log-writes.c), little-endian:
 *
 *     [super, one sector] ([entry, one sector, a mark's text behind it] [data, nr_sectors])...
 *
 * Logs of that target are read, and logs written here can be read by its tools. What the format has no place for, the
 * sizes of the cards and entries on a second card or under way together, stands in marks that begin with "syncgate:".
 */
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { sectorsWritten, type LogEvent, type WriteLog } from "./write-log.js";
import { InputError } from "../input-error.js";

/** A file that is no log: one sentence that names the file, the entry and the remedy. */
export class LogFileError extends InputError {
  override readonly name = "LogFileError";
}

const MAGIC = 0x6a736677736872n;
const VERSION = 1n;
const SUPER_BYTES = 28;
const ENTRY_BYTES = 32;
const FLUSH = 1;
const FUA = 2;
const DISCARD = 4;
const MARK = 8;
const METADATA = 16;
const FLAGS = FLUSH | FUA | DISCARD | MARK | METADATA;
/** The target's own mark at its end. */
const END_MARK = "dm-log-writes-end";
const OWN = "syncgate:";
const SIZES = /^syncgate:cards (\d+)(?: (\d+))?$/;
const PLACE = /^syncgate:next card (\d)( joined)?$/;
/** Entries of a log: more than a campaign can cut through. */
const ENTRIES_MAX = 1 << 20;
const SECTORS_MAX = 1 << 27;

/**
 * Reads a log.
 * @param file    its name, for errors
 * @param sectors of the device, if the log does not say; default: as far as the log reaches
 * @throws LogFileError
 */
export function readDmLog(bytes: Uint8Array, file: string, sectors?: number): WriteLog {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (what: string): never => {
    throw new LogFileError(`${file}: ${what}`);
  };
  if (view.length < SUPER_BYTES || view.readBigUInt64LE(0) !== MAGIC)
    refuse("is no dm-log-writes log, its first 8 bytes are others: give the log device or a copy of it");
  if (view.readBigUInt64LE(8) !== VERSION)
    refuse(`is of version ${view.readBigUInt64LE(8)}: only version ${VERSION} is known`);
  const entries = Number(view.readBigUInt64LE(16));
  const unit = view.readUInt32LE(24);
  if (unit < SECTOR_BYTES || unit > 1 << 16 || (unit & (unit - 1)) !== 0)
    refuse(`has sectors of ${unit} bytes: expected a power of two from ${SECTOR_BYTES} to 65536`);
  if (entries > ENTRIES_MAX) refuse(`has ${entries} entries: cut it to ${ENTRIES_MAX} at most`);
  const reader = new EntryReader(view, unit, refuse);
  for (let i = 0; i < entries; i++) reader.next(i);
  return reader.log(sectors);
}

class EntryReader {
  private at: number;
  private readonly events: LogEvent[] = [];
  private sizes: number[] | null = null;
  private card = 0;
  private joined = false;
  private reach = 0;

  constructor(
    private readonly view: Buffer,
    private readonly unit: number,
    private readonly refuse: (what: string) => never,
  ) {
    this.at = unit;
  }

  next(index: number): void {
    const { view, unit, at } = this;
    const where = `entry ${index + 1}`;
    if (at + unit > view.length) this.refuse(`${where} lies behind the end of the file: copy the whole log`);
    const [sector, count, flags, dataLength] = [0, 8, 16, 24].map((o) =>
      Number(view.readBigUInt64LE(at + o)),
    );
    this.at += unit;
    if ((flags! & ~FLAGS) !== 0 || flags! > FLAGS)
      this.refuse(`${where} has flags ${flags}, of which some are unknown: is the log damaged?`);
    if ((flags! & MARK) !== 0) {
      if (dataLength! > unit - ENTRY_BYTES)
        this.refuse(`${where} is a mark of ${dataLength} bytes, more than fit: is the log damaged?`);
      this.mark(view.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + dataLength!), where);
      return;
    }
    if (dataLength !== 0)
      this.refuse(`${where} has data of its own (data_len ${dataLength}), which only marks may have`);
    this.device(sector! * (unit / SECTOR_BYTES), count! * (unit / SECTOR_BYTES), flags!, where);
  }

  log(asked: number | undefined): WriteLog {
    const { sizes, events, reach } = this;
    if (sizes !== null) return { sectors: sizes, events };
    if (asked !== undefined && asked < reach)
      this.refuse(`writes sector ${reach - 1}, and the device has ${asked}: give a larger size`);
    return { sectors: [asked ?? Math.max(reach, 1)], events };
  }

  private device(sector: number, count: number, flags: number, where: string): void {
    const { view, card, joined } = this;
    const limit = this.sizes?.[card] ?? SECTORS_MAX;
    if (!Number.isSafeInteger(sector + count) || sector + count > limit)
      this.refuse(
        `${where} reaches sector ${sector + count}, behind the device's ${limit}: is the log damaged?`,
      );
    const fua = (flags & FUA) !== 0;
    if ((flags & FLUSH) !== 0) this.push({ kind: "flush", card, joined });
    if (count === 0) return;
    this.reach = Math.max(this.reach, sector + count);
    if ((flags & DISCARD) !== 0) {
      this.push({ kind: "zero", card, joined, sector, count, fua, discards: true });
      return;
    }
    const end = this.at + count * SECTOR_BYTES;
    if (end > view.length)
      this.refuse(`${where} has its data behind the end of the file: copy the whole log`);
    this.push({ kind: "write", card, joined, sector, bytes: view.subarray(this.at, end), fua });
    this.at = end;
  }

  private push(event: LogEvent): void {
    this.events.push(event);
    this.card = 0;
    this.joined = false;
  }

  private mark(text: string, where: string): void {
    if (!text.startsWith(OWN)) {
      if (text !== END_MARK) this.events.push({ kind: "mark", text });
      return;
    }
    const sizes = SIZES.exec(text);
    const place = PLACE.exec(text);
    if (sizes !== null && this.events.length === 0) {
      this.sizes = sizes
        .slice(1)
        .filter((size) => size !== undefined)
        .map(Number);
      if (this.sizes.some((size) => size < 1 || size > SECTORS_MAX))
        this.refuse(`${where} gives a card of ${text.slice(OWN.length)} sectors`);
    } else if (place !== null && Number(place[1]) < (this.sizes?.length ?? 1)) {
      this.card = Number(place[1]);
      this.joined = place[2] !== undefined;
    } else {
      this.refuse(`${where} is a mark "${text}", which this release does not know`);
    }
  }
}

/** Writes a log. @throws LogFileError for a mark that is too long for the format */
export function writeDmLog(log: WriteLog): Uint8Array {
  const parts: Buffer[] = [];
  let entries = 0;
  const add = (sector: number, count: number, flags: number, text: string, data: Uint8Array | null): void => {
    const head = Buffer.alloc(SECTOR_BYTES);
    const length = Buffer.byteLength(text);
    if (length > SECTOR_BYTES - ENTRY_BYTES)
      throw new LogFileError(
        `a mark of ${length} bytes does not fit a log: at most ${SECTOR_BYTES - ENTRY_BYTES}`,
      );
    for (const [i, value] of [sector, count, flags, length].entries())
      head.writeBigUInt64LE(BigInt(value), 8 * i);
    head.write(text, ENTRY_BYTES);
    parts.push(head);
    if (data !== null) parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    entries++;
  };
  add(0, 0, MARK, `${OWN}cards ${log.sectors.join(" ")}`, null);
  for (const event of log.events) {
    if (event.kind === "mark") {
      add(0, 0, MARK, event.text, null);
      continue;
    }
    const { card, joined } = event;
    if (card > 0 || joined) add(0, 0, MARK, `${OWN}next card ${card}${joined ? " joined" : ""}`, null);
    if (event.kind === "flush") {
      add(0, 0, FLUSH, "", null);
      continue;
    }
    const flags = event.fua ? FUA : 0;
    const count = sectorsWritten(event);
    if (event.kind === "write") add(event.sector, count, flags, "", event.bytes);
    else if (event.discards) add(event.sector, count, flags | DISCARD, "", null);
    else add(event.sector, count, flags, "", new Uint8Array(count * SECTOR_BYTES));
  }
  const head = Buffer.alloc(SECTOR_BYTES);
  head.writeBigUInt64LE(MAGIC, 0);
  head.writeBigUInt64LE(VERSION, 8);
  head.writeBigUInt64LE(BigInt(entries), 16);
  head.writeUInt32LE(SECTOR_BYTES, 24);
  return Buffer.concat([head, ...parts]);
}
