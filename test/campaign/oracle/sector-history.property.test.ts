import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK } from "../../../assembly/layout.js";
import { SectorHistory } from "../../../host/campaign/oracle/sector-history.js";
import { VERDICT_OK } from "../../../host/campaign/oracle/sector-verdict.js";
import type { TransferBuffer } from "../../../host/sdcard-emulator/card.js";
import { SectorContents, UNREADABLE, ZERO_PIECE } from "../../../host/sdcard-emulator/sector-contents.js";

const SECTORS = 3;
const VALUES = 4;
const contents = new SectorContents();
const pieceIds = [ZERO_PIECE, ...Array.from({ length: VALUES - 1 }, (_, i) => contents.stamp(i + 1))];
const universe = [UNREADABLE];
for (const a of pieceIds) for (const b of pieceIds) universe.push(contents.sectorOf(a, b));

/** One write as a person would note it down: nothing is ever removed from the log, everything is derived. */
interface LoggedWrite {
  boot: number;
  sectors: number[];
  held: [Set<number>, Set<number>][];
  doneAt: number;
  isFailed: boolean;
}
interface LoggedEvent {
  kind: "flushed" | "pinned";
  at: number;
  /** Flush: boot and time of its submission. */
  boot: number;
  submittedAt: number;
  sector: number;
  content: number;
}

/** The rules again, straight from their wording, by going through the whole log for every question. */
class NaiveHistory {
  time = 0;
  boot = 0;
  readonly writes: LoggedWrite[] = [];
  readonly events: LoggedEvent[] = [];

  constructor(private readonly atomicSector: boolean) {}

  /** The allowed writes of a sector in submit order, and the contents pinned or given before them, if those count. */
  private allowed(sector: number): { pinned: number | null; writes: LoggedWrite[] } {
    let pinned: number | null = contents.sectorOf(ZERO_PIECE, ZERO_PIECE);
    let from = 0;
    for (const event of this.events) {
      if (event.kind === "pinned") {
        if (event.sector !== sector) continue;
        pinned = event.content;
        from = event.submittedAt;
        continue;
      }
      for (let i = this.writes.length - 1; i >= from; i--) {
        const write = this.writes[i]!;
        if (!write.sectors.includes(sector) || write.boot !== event.boot || write.isFailed) continue;
        if (write.doneAt > event.submittedAt) continue;
        pinned = null;
        from = i;
        break;
      }
    }
    return { pinned, writes: this.writes.slice(from).filter((write) => write.sectors.includes(sector)) };
  }

  permitted(sector: number, cutNow: boolean): Set<number> {
    const { pinned, writes } = this.allowed(sector);
    return this.outcomes(sector, pinned, writes, cutNow);
  }

  private outcomes(
    sector: number,
    pinned: number | null,
    writes: LoggedWrite[],
    cutNow: boolean,
  ): Set<number> {
    const result = new Set<number>();
    const firsts = new Set<number>();
    const seconds = new Set<number>();
    if (pinned !== null) {
      result.add(pinned);
      if (pinned !== UNREADABLE) {
        firsts.add(contents.pieceOf(pinned, 0));
        seconds.add(contents.pieceOf(pinned, 1));
      }
    }
    for (const write of writes) {
      const [first, second] = write.held[write.sectors.indexOf(sector)]!;
      for (const a of first) for (const b of second) result.add(contents.sectorOf(a, b));
      for (const a of first) firsts.add(a);
      for (const b of second) seconds.add(b);
      const isCut = write.doneAt === Infinity && (cutNow || write.boot < this.boot);
      if (!this.atomicSector && (isCut || write.isFailed)) result.add(UNREADABLE);
    }
    if (!this.atomicSector) {
      for (const a of firsts) for (const b of seconds) result.add(contents.sectorOf(a, b));
    }
    return result;
  }

  readable(sector: number): Set<number> {
    const { pinned, writes } = this.allowed(sector);
    const ofBoot = writes.filter((write) => write.boot === this.boot);
    const done = ofBoot.filter((write) => write.doneAt < Infinity && !write.isFailed);
    const last = done[done.length - 1];
    if (last === undefined) return this.outcomes(sector, pinned, writes, false);
    const unfinished = ofBoot.find((write) => write.doneAt === Infinity || write.isFailed);
    const oldest = Math.min(
      writes.indexOf(last),
      unfinished === undefined ? Infinity : writes.indexOf(unfinished),
    );
    return this.outcomes(sector, null, writes.slice(oldest), false);
  }

  read(sector: number, content: number): boolean {
    if (!this.readable(sector).has(content)) return false;
    const { writes } = this.allowed(sector);
    if (writes.some((write) => write.boot === this.boot)) return true;
    const submittedAt = this.writes.length;
    this.events.push({ kind: "pinned", at: this.time, boot: this.boot, submittedAt, sector, content });
    return true;
  }
}

const value = fc.integer({ min: 0, max: VALUES - 1 });
const sector = fc.integer({ min: 0, max: SECTORS - 1 });
const pick = fc.nat(7);
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constant("write" as const), sector, long: fc.boolean(), value }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant("modify" as const), pick, sector, value }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant("done" as const), pick, fails: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("flush" as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("flushed" as const), pick, fails: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("crash" as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("read" as const), sector, pick: fc.nat(50) }) },
);

describe("SectorHistory", () => {
  it.each([true, false])("agrees with a naive log (atomic sectors: %s)", (atomicSector) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        let real = new SectorHistory({ sectors: SECTORS, contents, atomicSector });
        const naive = new NaiveHistory(atomicSector);
        let open: { id: number; write: LoggedWrite }[] = [];
        let flushes: { id: number; submittedAt: number }[] = [];
        const versions = new Map<number, string>();
        for (const step of operations) {
          naive.time++;
          if (step.op === "write") {
            const count = step.long ? Math.min(2, SECTORS - step.sector) : 1;
            const sectors = Array.from({ length: count }, (_, i) => step.sector + i);
            const held = sectors.map((_, i): [Set<number>, Set<number>] => [
              new Set([pieceIds[(step.value + i) % VALUES]!]),
              new Set([pieceIds[(step.value + 2 * i) % VALUES]!]),
            ]);
            const buffer: TransferBuffer = {
              samplePiece: (s, p) => [...held[s]![p]!][0]!,
              storeSector: () => undefined,
            };
            const write = { boot: naive.boot, sectors, held, doneAt: Infinity, isFailed: false };
            open.push({ id: real.writeSubmitted(step.sector, count, buffer, 0), write });
            naive.writes.push(write);
          } else if (step.op === "modify" && open.length > 0) {
            const { id, write } = open[step.pick % open.length]!;
            const offset = step.sector % write.sectors.length;
            write.held[offset]![step.pick & 1]!.add(pieceIds[step.value]!);
            real.bufferModified(id, offset, step.pick & 1, pieceIds[step.value]!);
          } else if (step.op === "done" && open.length > 0) {
            const [{ id, write }] = open.splice(step.pick % open.length, 1) as [(typeof open)[0]];
            write.isFailed = step.fails === 0;
            if (!write.isFailed) write.doneAt = naive.time;
            real.writeDone(id, write.isFailed ? STATUS_CARD_FAILED : STATUS_OK);
          } else if (step.op === "flush") {
            flushes.push({ id: real.flushSubmitted(), submittedAt: naive.time });
          } else if (step.op === "flushed" && flushes.length > 0) {
            const [flush] = flushes.splice(step.pick % flushes.length, 1) as [(typeof flushes)[0]];
            real.flushDone(flush.id, step.fails === 0 ? STATUS_CARD_FAILED : STATUS_OK);
            const common = { at: naive.time, boot: naive.boot, sector: -1, content: -1 };
            if (step.fails > 0)
              naive.events.push({ kind: "flushed", submittedAt: flush.submittedAt, ...common });
          } else if (step.op === "crash") {
            real = real.fork();
            real.crashed();
            naive.boot++;
            open = [];
            flushes = [];
          } else if (step.op === "read") {
            const content = universe[step.pick % universe.length]!;
            expect(real.readReturned(step.sector, content) === VERDICT_OK).toBe(
              naive.read(step.sector, content),
            );
          }
          for (let s = 0; s < SECTORS; s++) {
            const permitted = naive.permitted(s, true);
            const answers = universe.map((content) => real.permits(s, content) === VERDICT_OK);
            expect(answers, real.describe(s)).toEqual(universe.map((content) => permitted.has(content)));
            const version = real.sectorVersion(s);
            if (version === 0) continue;
            const told = `${s}: ${answers.join()}`;
            expect(versions.get(version) ?? told).toBe(told);
            versions.set(version, told);
          }
        }
      }),
      { numRuns: 400, seed: 20241 },
    );
  });
});
