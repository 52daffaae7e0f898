import { describe, expect, it } from "vitest";
import { LogFileError, readDmLog, writeDmLog } from "../../host/dut/dm-log-writes.js";
import { digestOf, type WriteLog } from "../../host/dut/write-log.js";

/** The kernel's format, written down once more. */
const MAGIC = 0x6a736677736872n;
const FLUSH = 1;
const FUA = 2;
const DISCARD = 4;
const MARK = 8;
const METADATA = 16;

type Entry = readonly [sector: number, sectors: number, flags: number, mark?: string, fill?: number];

/** A log as the kernel's target writes it: units of `unit` bytes, no data behind discards and marks. */
function kernelLog(entries: readonly Entry[], unit = 512, version = 1n): Buffer {
  const head = Buffer.alloc(unit);
  head.writeBigUInt64LE(MAGIC, 0);
  head.writeBigUInt64LE(version, 8);
  head.writeBigUInt64LE(BigInt(entries.length), 16);
  head.writeUInt32LE(unit, 24);
  const parts = [head];
  for (const [sector, sectors, flags, mark = "", fill = 0xaa] of entries) {
    const entry = Buffer.alloc(unit);
    for (const [i, value] of [sector, sectors, flags, mark.length].entries())
      entry.writeBigUInt64LE(BigInt(value), 8 * i);
    entry.write(mark, 32, "latin1");
    parts.push(entry);
    if ((flags & (DISCARD | MARK)) === 0) parts.push(Buffer.alloc(sectors * unit, fill));
  }
  return Buffer.concat(parts);
}

const bytes = (sectors: number, fill: number): Uint8Array => new Uint8Array(sectors * 512).fill(fill);

describe("a log of the kernel", () => {
  it("is read: writes, flushes before and without data, FUA, discards, marks", () => {
    const log = readDmLog(
      kernelLog([
        [8, 2, 0],
        [0, 0, MARK, "fsync 1"],
        [0, 0, FLUSH],
        [10, 1, FLUSH | FUA | METADATA, "", 0xbb],
        [4, 4, DISCARD],
        [0, 0, MARK, "dm-log-writes-end"],
      ]),
      "x.log",
    );
    const plain = { card: 0, joined: false };
    expect(log.sectors).toEqual([11]);
    expect(log.events).toEqual([
      { kind: "write", ...plain, sector: 8, bytes: Buffer.from(bytes(2, 0xaa)), fua: false },
      { kind: "mark", text: "fsync 1" },
      { kind: "flush", ...plain },
      { kind: "flush", ...plain },
      { kind: "write", ...plain, sector: 10, bytes: Buffer.from(bytes(1, 0xbb)), fua: true },
      { kind: "zero", ...plain, sector: 4, count: 4, fua: false, discards: true },
    ]);
  });

  it("with sectors of 4096 bytes counts in these", () => {
    const log = readDmLog(kernelLog([[1, 2, 0]], 4096), "x.log", 100);
    expect(log).toMatchObject({ sectors: [100], events: [{ sector: 8, bytes: { length: 8192 } }] });
  });

  it.each([
    ["another file", Buffer.from("hello"), /^x.log: is no dm-log-writes log/],
    ["a future version", kernelLog([], 512, 2n), /version 2: only version 1/],
    ["a wrong unit", ((b) => (b.writeUInt32LE(100, 24), b))(kernelLog([])), /sectors of 100 bytes/],
    ["too few entries", kernelLog([[0, 1, 0]]).subarray(0, 512), /entry 1 lies behind the end/],
    ["too little data", kernelLog([[0, 9, 0]]).subarray(0, 2048), /entry 1 has its data behind the end/],
    ["an unknown flag", kernelLog([[0, 0, 32]]), /entry 1 has flags 32/],
    ["a place beyond every card", kernelLog([[2 ** 40, 1, DISCARD]]), /entry 1 reaches sector/],
    ["data in an entry", kernelLog([[0, 0, FLUSH, "boo"]]), /data of its own \(data_len 3\)/],
    [
      "another release's mark",
      kernelLog([[0, 0, MARK, "syncgate:what"]]),
      /which this release does not know/,
    ],
    ["too many entries", ((b) => (b.writeBigUInt64LE(2n ** 40n, 16), b))(kernelLog([])), /cut it to/],
  ])("%s is refused in one sentence", (_, file, message) => {
    expect(() => readDmLog(file, "x.log")).toThrow(LogFileError);
    expect(() => readDmLog(file, "x.log")).toThrow(message);
  });

  it("that is larger than the device is refused", () => {
    expect(() => readDmLog(kernelLog([[8, 2, 0]]), "x.log", 9)).toThrow("give a larger size");
  });
});

describe("a log of ours", () => {
  const log: WriteLog = {
    sectors: [64, 32],
    events: [
      { kind: "write", card: 0, joined: false, sector: 3, bytes: bytes(2, 7), fua: false },
      { kind: "write", card: 1, joined: true, sector: 3, bytes: bytes(2, 7), fua: true },
      { kind: "mark", text: "kept 1" },
      { kind: "flush", card: 1, joined: false },
      { kind: "zero", card: 0, joined: false, sector: 9, count: 3, fua: false, discards: true },
    ],
  };

  it("is read as it was written, cards and what was under way together included", () => {
    const again = readDmLog(writeDmLog(log), "x.log");
    expect(digestOf(again)).toBe(digestOf(log));
    expect(again.sectors).toEqual([64, 32]);
    expect(again.events.map(({ kind }) => kind)).toEqual(log.events.map(({ kind }) => kind));
  });

  it("has a digest of everything in it, the same in every release", () => {
    expect(digestOf(log)).toMatchInlineSnapshot(`"5mc5g6e5frep"`);
    for (const [at, event] of log.events.entries()) {
      if (event.kind === "mark") continue;
      const events = log.events.with(at, { ...event, joined: !event.joined });
      expect(digestOf({ ...log, events })).not.toBe(digestOf(log));
    }
    expect(digestOf({ ...log, sectors: [64, 33] })).not.toBe(digestOf(log));
  });

  it("with a mark that does not fit is refused", () => {
    const events = [{ kind: "mark", text: "x".repeat(481) } as const];
    expect(() => writeDmLog({ sectors: [1], events })).toThrow("at most 480");
  });
});
