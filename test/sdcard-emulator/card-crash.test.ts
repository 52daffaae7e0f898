/** Properties of any workload on any profile, checked against a model that knows only commands and answers. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STATUS_OK } from "../../assembly/layout.js";
import { FAULT_PROFILES, PROFILES, profile } from "../../host/sdcard-emulator/characteristics.js";
import { UNREADABLE, ZEROS } from "../../host/sdcard-emulator/sector-contents.js";
import { CardOnBench, LiveBuffer } from "./card-on-bench.js";

const SECTORS = 6;
const names = fc.constantFrom(...Object.keys(PROFILES));
const allNames = fc.constantFrom(...Object.keys(PROFILES), ...Object.keys(FAULT_PROFILES));
const seeds = fc.nat(0xffff);

/** One step of a workload: a command, a change of the buffer, or the next event of the clock. */
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      sector: fc.nat(SECTORS - 1),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("modify" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reset" as const) }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("step" as const) }) },
);
const anyScript = fc.array(action, { minLength: 5, maxLength: 60 });
/** Half of the workloads are without resets: for those the floor of what must survive is exact. */
const script = fc
  .tuple(anyScript, fc.boolean())
  .map(([steps, resets]) => (resets ? steps : steps.filter((step) => step.kind !== "reset")));
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Every content that a sector's buffer showed, in order of submission, and what the answers promise. */
interface Write {
  readonly token: number;
  readonly sector: number;
  readonly count: number;
  readonly pieces: Set<number>[];
  readonly buffer: LiveBuffer;
  doneAtUs: number;
}
interface Flush {
  readonly token: number;
  readonly covers: readonly Write[];
}

class ModelledRun {
  readonly bench: CardOnBench;
  readonly writes: Write[] = [];
  readonly flushes: Flush[] = [];
  private stamp = 0;

  constructor(name: string, seed: number) {
    this.bench = new CardOnBench(profile(name), seed);
  }

  apply(step: Action): void {
    if (step.kind === "write") this.write(step.sector, Math.min(step.count, SECTORS - step.sector));
    else if (step.kind === "flush") this.flush();
    else if (step.kind === "modify") this.modify();
    else if (step.kind === "reset") this.bench.card.controllerReset();
    else if (this.bench.clock.step()) this.noteAnswers();
  }

  /** Writes and flushes answered OK by now, the settle time included where it counts. */
  settledFloor(sector: number): number {
    const { cache, settleUs } = this.bench.characteristics;
    // At the very instant of settling, the card's own event may still be waiting.
    const before = (atUs: number) => atUs + (settleUs === 0 ? 0 : settleUs + 1) <= this.bench.clock.nowUs;
    let floor = -1;
    if (cache === "none") {
      this.writes.forEach((write, i) => {
        if (covers(write, sector) && before(write.doneAtUs)) floor = i;
      });
    } else {
      for (const flush of this.flushes) {
        const answer = this.bench.answers.find((one) => one.token === flush.token);
        if (answer === undefined || !before(answer.atUs)) continue;
        for (const write of flush.covers) {
          if (covers(write, sector)) floor = Math.max(floor, this.writes.indexOf(write));
        }
      }
    }
    return floor;
  }

  private write(sector: number, count: number): void {
    const buffer = new LiveBuffer();
    for (let i = 0; i < 2 * count; i++) buffer.pieces.push(this.bench.contents.stamp(++this.stamp));
    const pieces = buffer.pieces.map((piece) => new Set([piece]));
    const token = this.bench.writeFrom(buffer, sector, count);
    this.writes.push({ token, sector, count, pieces, buffer, doneAtUs: Infinity });
  }

  private flush(): void {
    const covered = this.writes.filter((write) => write.doneAtUs < Infinity);
    this.flushes.push({ token: this.bench.flush(), covers: covered });
  }

  private modify(): void {
    const write = this.writes.at(-1);
    if (write === undefined || write.doneAtUs < Infinity) return;
    const at = this.stamp % write.buffer.pieces.length;
    const piece = this.bench.contents.stamp(++this.stamp);
    write.buffer.pieces[at] = piece;
    write.pieces[at]!.add(piece);
  }

  private noteAnswers(): void {
    const answer = this.bench.answers.at(-1);
    const write = this.writes.find((one) => one.token === answer?.token);
    if (write !== undefined && write.doneAtUs === Infinity) write.doneAtUs = answer!.atUs;
  }
}

function covers(write: Write, sector: number): boolean {
  return sector >= write.sector && sector < write.sector + write.count;
}

/** Whether a sector may hold this content after a cut: from the settled write on, or torn where that is possible. */
function allowed(run: ModelledRun, sector: number, content: number, resets: boolean): boolean {
  const { contents, characteristics } = run.bench;
  const unfinished = run.writes.some((write) => covers(write, sector) && write.doneAtUs === Infinity);
  const mayTear = !characteristics.atomicSector && unfinished;
  if (content === UNREADABLE) return mayTear;
  // A write cut short by a reset is answered though not all of its sectors came: then only the pieces count.
  const floor = resets ? -1 : run.settledFloor(sector);
  const [first, second] = [contents.pieceOf(content, 0), contents.pieceOf(content, 1)];
  const from = (piece: number, at: number, write: Write) =>
    write.pieces[2 * (sector - write.sector) + at]!.has(piece);
  const candidates = run.writes.filter((write, i) => i >= floor && covers(write, sector));
  const zeros = floor === -1;
  if (zeros && content === ZEROS) return true;
  if (candidates.some((write) => from(first, 0, write) && from(second, 1, write))) return true;
  if (!mayTear) return false;
  const one = (piece: number, at: number) =>
    candidates.some((write) => from(piece, at, write)) || (zeros && piece === 0);
  return one(first, 0) && one(second, 1);
}

describe("every crash outcome of every workload", () => {
  it("is made of versions, mixes and errors that the fault model allows, and keeps what has settled", () => {
    fc.assert(
      fc.property(
        names,
        seeds,
        script,
        fc.array(fc.nat(100), { minLength: 8, maxLength: 8 }),
        (name, seed, steps, picks) => {
          const run = new ModelledRun(name, seed);
          for (const step of steps) run.apply(step);
          const { card } = run.bench;
          const resets = steps.some((step) => step.kind === "reset");
          const space = card.crashSpace();
          const choice = space.map((axis, i) => picks[i % picks.length]! % axis.options.length);
          const expected = Array.from({ length: SECTORS }, (_, sector) => card.media.get(sector));
          space.forEach((axis, i) => {
            const option = axis.options[choice[i]!]!;
            option.sectors.forEach((sector, k) => (expected[sector] = option.contents[k]!));
          });
          card.cutPower(choice);
          for (let sector = 0; sector < SECTORS; sector++) {
            const content = card.media.get(sector);
            expect(content).toBe(expected[sector]);
            expect(card.view(sector)).toBe(content);
            expect(
              allowed(run, sector, content, resets),
              `sector ${sector} = ${run.bench.name(content)}`,
            ).toBe(true);
          }
          expect(card.crashSpace()).toEqual([]);
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
  });

  it("axes are disjoint, ascending, start with the kept contents and never repeat an effect", () => {
    fc.assert(
      fc.property(allNames, seeds, script, (name, seed, steps) => {
        const run = new ModelledRun(name, seed);
        for (const step of steps) run.apply(step);
        const touched = new Set<number>();
        let last = -1;
        for (const axis of run.bench.card.crashSpace()) {
          expect(axis.options.length).toBeGreaterThan(1);
          expect(axis.options[0]).toEqual({ sectors: [], contents: [] });
          expect(new Set(axis.options.map((option) => JSON.stringify(option))).size).toBe(
            axis.options.length,
          );
          const own = new Set(axis.options.flatMap((option) => option.sectors));
          expect(axis.sector).toBe(Math.min(...own));
          expect(axis.sector).toBeGreaterThan(last);
          last = axis.sector;
          for (const option of axis.options) {
            option.sectors.forEach((sector, i) => {
              expect(option.contents[i]).not.toBe(run.bench.card.media.get(sector));
            });
          }
          for (const sector of own) {
            expect(touched.has(sector)).toBe(false);
            touched.add(sector);
          }
        }
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it("is a single one after everything was flushed and has settled, and equals what reads return", () => {
    fc.assert(
      fc.property(names, seeds, script, (name, seed, steps) => {
        const run = new ModelledRun(name, seed);
        for (const step of steps) run.apply(step);
        run.bench.drain();
        const flush = run.bench.flush();
        run.bench.drain();
        expect(run.bench.answers.at(-1)).toMatchObject({ token: flush, status: STATUS_OK });
        expect(run.bench.card.crashSpace()).toEqual([]);
        const { media } = run.bench.card;
        const view = run.bench.card.viewImage();
        expect(view.differences(media, 1)).toEqual([]);
        expect([view.hashLow, view.hashHigh]).toEqual([media.hashLow, media.hashHigh]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("a run", () => {
  it("is the same again for the same seed, and its timing another for another seed", () => {
    const trace = (name: string, seed: number, steps: readonly Action[]) => {
      const run = new ModelledRun(name, seed);
      for (const step of steps) run.apply(step);
      run.bench.drain();
      return JSON.stringify([run.bench.answers, run.bench.durable, run.bench.clock.nowUs]);
    };
    fc.assert(
      fc.property(allNames, seeds, script, (name, seed, steps) => {
        expect(trace(name, seed, steps)).toBe(trace(name, seed, steps));
      }),
      { numRuns: 100, seed: 1 },
    );
    const writes: Action[] = Array.from({ length: 20 }, () => ({ kind: "write", sector: 0, count: 3 }));
    expect(trace("mlc", 1, writes)).not.toBe(trace("mlc", 2, writes));
  });
});
