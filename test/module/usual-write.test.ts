import { beforeAll, describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import { builtModule, compileRelease, RELEASE } from "./shipped.js";

/**
 * The short ways of the usual write, by file: what is replaced, and by what, so that every write goes the long way through
 * the region table, the pool and the pump.
 */
const LONG_WAY: Readonly<Record<string, readonly (readonly [short: string, long: string])[]>> = {
  "assembly/driver/write.ts": [["if (!usual) return false;", "return false; "]],
  "assembly/driver/completion.ts": [["if (ofRequest && ", "if (false && ofRequest && "]],
  "assembly/bitmap/regions.ts": [
    ["if ((used & (used - 1)) != 0 && isTouched(region)) return;", "if (isTouched(region)) return;"],
    ["if (regionState(region) != REGION_DIRTY) {", "if (true) {"],
  ],
};
/** `writeComes` changes the region: it must not be asked either. */
const NOT_ASKED = ["  const usual =\n", "  const usual = false &&\n"] as const;

const SEEDS = 60;
const CALLS = 700;
const OPTIONS: readonly (readonly [option: number, most: number])[] = [
  [layout.OPTION_EPOCH_MS, 40],
  [layout.OPTION_MARK_AHEAD, 6],
  [layout.OPTION_MARKED_MAX, 30],
  [layout.OPTION_QUIET_MS, 80],
  [layout.OPTION_FINGERPRINT, 1],
  [layout.OPTION_FORMAT, 1],
];

type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 0x9e3779b1) + 0x7f4a7c15) >>> 0;
    return Math.floor(((state ^ (state >>> 15)) >>> 0) % below);
  };
}

/** A driver whose cards answer when told to; what it says outwards is in `log`. */
class Side {
  readonly driver: DriverModule;
  readonly log: number[][] = [];
  private readonly media = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()];
  private readonly addresses = new Map<number, number>();

  constructor(binary: Uint8Array) {
    this.driver = new DriverModule(binary);
    this.driver.connect({
      cardSubmit: (member, command, sector, count, buffer, bufferSector, token) => {
        this.addresses.set(token >>> 0, buffer);
        this.log.push([0, member, command, sector, count, buffer, bufferSector, token >>> 0]);
      },
      done: (tag, status) => this.log.push([1, tag, status]),
      zeros: (...place) => this.log.push([2, ...place]),
      requestSync: (epoch) => this.log.push([3, epoch]),
    });
  }

  /** Moves the bytes of a command of the driver's own: metadata and copies. */
  transfer([, member, command, sector, count, , , token]: readonly number[]): void {
    if ((command! & layout.CARD_OWN_BUFFER) === 0) return;
    const media = this.media[member!]!;
    const kind = command! & ~layout.CARD_OWN_BUFFER;
    for (let i = 0; i < count!; i++) {
      const at = this.addresses.get(token!)! + i * layout.SECTOR_BYTES;
      if (kind === layout.CARD_WRITE)
        media.set(sector! + i, this.driver.memory.slice(at, at + layout.SECTOR_BYTES));
      else if (kind === layout.CARD_READ)
        this.driver.memory.set(media.get(sector! + i) ?? new Uint8Array(layout.SECTOR_BYTES), at);
    }
  }
}

/** Two drivers that get the same calls. */
class Pair {
  readonly pending: number[][] = [];
  sync: number | null = null;
  private readonly sides: readonly [Side, Side];

  constructor(binaries: readonly [Uint8Array, Uint8Array]) {
    this.sides = [new Side(binaries[0]), new Side(binaries[1])];
  }

  call(name: "configure" | "format" | "assemble" | "geometry", ...values: number[]): number;
  call(name: "submit" | "complete" | "tick" | "syncDone" | "memberCommand", ...values: number[]): number;
  call(name: string, ...values: number[]): number {
    const [short, long] = this.sides.map((side) => {
      side.log.length = 0;
      const exports = side.driver.exports as unknown as Record<string, (...values: number[]) => number>;
      return { result: exports[name]!(...values), log: side.log };
    });
    // Said in words only when they differ: there are many calls.
    if (JSON.stringify(short) !== JSON.stringify(long))
      expect(short, `${name}(${values.join(", ")})`).toEqual(long);
    for (const said of short!.log) {
      if (said[0] === 0) this.pending.push(said);
      else if (said[0] === 3) this.sync = said[1]!;
    }
    return short!.result;
  }

  answer(at: number, status: number = layout.STATUS_OK, fingerprint = 7): void {
    const [asked] = this.pending.splice(at, 1);
    for (const side of this.sides) if (status === layout.STATUS_OK) side.transfer(asked!);
    this.call("complete", asked![7]!, status, fingerprint);
  }

  answerAll(): void {
    while (this.pending.length > 0) this.answer(0);
  }

  /** Counters, and the tables of the regions: states and durable marks. */
  state(): unknown[] {
    return this.sides.map(({ driver: { exports, memory } }) => [
      Array.from({ length: layout.COUNTERS }, (_, key) => exports.counter(key)),
      Buffer.from(
        memory.slice(exports.staticBytes(), exports.geometry(layout.GEOMETRY_STATE_BYTES)),
      ).toString("hex"),
    ]);
  }
}

/** One life of an array under random calls. @returns how many writes were accepted */
function live(binaries: readonly [Uint8Array, Uint8Array], seed: number): number {
  const pair = new Pair(binaries);
  const random = randomFrom(seed);
  const losesMembers = random(3) === 0;
  pair.call("configure", layout.OPTION_CARD_SECTORS, 9000);
  pair.call("configure", layout.OPTION_METADATA_STRIDE, 64);
  for (const [option, most] of OPTIONS) if (random(2) === 0) pair.call("configure", option, random(most + 1));
  pair.call("format", 3 + random(3), seed, 1);
  pair.answerAll();
  pair.call("assemble", layout.POLICY_SYNC_GATED, seed + 1, 2);
  pair.answerAll();
  const sectors = Math.min(pair.call("geometry", layout.GEOMETRY_DATA_SECTORS), 64 + random(1000));
  const most = 1 + random(30);
  let now = 0;
  let next = 0;
  let writes = 0;
  for (let tag = 3; tag < CALLS; tag++) {
    const what = random(1000);
    const count = 1 + random(8);
    const sector = random(3) === 0 ? next : random(sectors - count);
    if (what < 450 && pair.pending.length < most) {
      next = (sector + count) % (sectors - 8);
      const kind = random(20) === 0 ? layout.REQUEST_WRITE_FUA : layout.REQUEST_WRITE;
      if (pair.call("submit", kind, sector, count, 900 + tag, tag) === layout.STATUS_OK) writes++;
    } else if (what < 490) pair.call("submit", layout.REQUEST_READ, sector, count, 5, tag);
    else if (what < 500) pair.call("submit", layout.REQUEST_FLUSH, 0, 0, 0, tag);
    else if (what < 505) pair.call("submit", layout.REQUEST_DISCARD, sector, 40, 0, tag);
    else if (what < 550) pair.call("tick", (now += random(12)));
    else if (what < 560 && pair.sync !== null) {
      pair.call("syncDone", pair.sync, random(5) === 0 ? layout.STATUS_ABORTED : layout.STATUS_OK);
      pair.sync = null;
    } else if (what < 562 && losesMembers) pair.call("memberCommand", random(4), random(2), tag);
    else if (pair.pending.length > 0) {
      const fails = losesMembers && random(300) === 0;
      const status = fails ? layout.STATUS_READ_ERROR : layout.STATUS_OK;
      pair.answer(random(pair.pending.length), status, random(25) === 0 ? 8 : 7);
    }
  }
  pair.answerAll();
  const [short, long] = pair.state();
  expect(short).toEqual(long);
  return writes;
}

describe("the usual write", () => {
  let binaries: readonly [Uint8Array, Uint8Array];
  const replaced = new Set<string>();

  beforeAll(async () => {
    const long = await compileRelease((file, text) => {
      let edited = text;
      for (const [from, to] of [
        ...(LONG_WAY[file] ?? []),
        ...(file.endsWith("/write.ts") ? [NOT_ASKED] : []),
      ]) {
        if (!edited.includes(from)) continue;
        edited = edited.replace(from, to);
        replaced.add(from);
      }
      return edited;
    });
    binaries = [builtModule(RELEASE), long];
  }, 120_000);

  it("has its short ways where this test looks for them", () => {
    expect(replaced.size).toBe(Object.values(LONG_WAY).flat().length + 1);
    expect(Buffer.compare(binaries[0], binaries[1])).not.toBe(0);
  });

  it("ends as it does on the long way: commands, answers, counters and tables, through random calls", () => {
    let writes = 0;
    for (let seed = 1; seed <= SEEDS; seed++) writes += live(binaries, seed);
    expect(writes).toBeGreaterThan(4000);
  }, 60_000);
});
