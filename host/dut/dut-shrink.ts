/**
 * Makes a failing case small: a smaller workload if the device has one, the earliest cut, the fewest writes, and the
 * fewest of them lost.
 *
 * A log with writes left out is no run of the firmware. So writes are left out only where the check accepts what the
 * rest leaves when nothing is lost, at each flush up to the one behind the cut; and no flush that covers a write is
 * left out, for that would be another firmware's mistake.
 */
import { axesOf, imagesAfter, newestOptions } from "./crash-state.js";
import type { DeviceUnderTest } from "./device-under-test.js";
import { encodeDutCase, eventsUntil, type DutCase } from "./dut-case.js";
import type { FoundCase, ShrunkCase } from "./dut-report.js";
import { tellDutCase } from "./dut-story.js";
import { JudgeCache } from "./judge-cache.js";
import { LogReplay, type ReplaySetting } from "./log-replay.js";
import { coverOutcomes } from "./outcome-cover.js";
import { digestOf, type WriteLog } from "./write-log.js";

/** States judged while a case is made small. */
const JUDGED_MAX = 4000;

interface Place {
  readonly event: number;
  readonly phase: number;
  readonly choice: readonly number[];
  readonly wrong: string;
}

/** @param found of this log. @throws DutError, DutHang */
export async function shrinkDutCase(
  dut: DeviceUnderTest,
  log: WriteLog,
  setting: ReplaySetting,
  found: FoundCase,
  outcomesPerCut: number,
): Promise<ShrunkCase> {
  const writesBefore = writesAmong(log, found.failing.kept);
  const { characteristics, contents, seed } = setting;
  for (let workload = 1; workload < (dut.workload ?? 0); workload++) {
    const smaller = await dut.record({ characteristics, contents, seed, workload });
    const base = dut.base(smaller, contents);
    const shrinker = new DutShrinker(dut, smaller, { ...setting, base }, outcomesPerCut);
    const first = await shrinker.firstFailing();
    if (first !== null) return { ...(await shrinker.shrink(first)), workload, writesBefore };
  }
  const shrinker = new DutShrinker(dut, log, setting, outcomesPerCut);
  const first = await shrinker.firstFailing(found.failing.event);
  const { event, phase, choice } = found.failing;
  const shrunk = await shrinker.shrink(first ?? { event, phase, choice, wrong: found.wrong });
  return { ...shrunk, workload: dut.workload, writesBefore };
}

class DutShrinker {
  private readonly judged: JudgeCache;

  constructor(
    dut: DeviceUnderTest,
    private readonly log: WriteLog,
    private readonly setting: ReplaySetting,
    private readonly outcomesPerCut: number,
  ) {
    this.judged = new JudgeCache(dut, setting.contents);
  }

  /** The earliest cut that fails. @param last the last event that is looked at */
  async firstFailing(last = Infinity): Promise<Place | null> {
    return this.find(eventsUntil(this.log, this.log.events.length), -1, last);
  }

  async shrink(first: Place): Promise<Omit<ShrunkCase, "workload" | "writesBefore">> {
    const { log } = this;
    let place = first;
    let kept = eventsUntil(log, first.event);
    if (await this.isSound(kept, first.event)) {
      const droppable = (event: number): boolean => event !== place.event;
      for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let end = kept.length; end > 0; end -= size) {
          if (this.judged.distinct > JUDGED_MAX) break;
          const dropped = new Set(kept.slice(Math.max(0, end - size), end).filter(droppable));
          const rest = this.withoutIdleFlushes(
            kept.filter((event) => !dropped.has(event)),
            dropped,
          );
          if (rest === null || rest.length === kept.length) continue;
          if (!(await this.isSound(rest, place.event))) continue;
          const again = await this.find(rest, place.event, place.event);
          if (again === null) continue;
          kept = rest;
          place = again;
        }
      }
    }
    place = await this.fewestLost(kept, place);
    const failing: DutCase = {
      digest: digestOf(log),
      profile: this.setting.characteristics.name,
      seed: this.setting.seed,
      kept,
      event: place.event,
      phase: place.phase,
      choice: place.choice,
    };
    const { wrong } = place;
    const story = tellDutCase(log, this.setting, failing, wrong);
    return { id: encodeDutCase(failing), failing, wrong, log, writes: writesAmong(log, kept), story };
  }

  /** The first outcome that fails among the moments of the events `from` to `last`. */
  private async find(kept: readonly number[], from: number, last: number): Promise<Place | null> {
    let found: Place | null = null;
    for (const { cards, marks, event, phase } of new LogReplay(this.log, this.setting, kept).moments()) {
      if (event < from) continue;
      if (event > last || found !== null) break;
      const { outcomesPerCut, setting } = this;
      await coverOutcomes(
        axesOf(cards),
        newestOptions(cards),
        outcomesPerCut,
        setting.seed,
        async (choice) => {
          const wrong = await this.judged.judge(imagesAfter(cards, choice), marks);
          if (wrong !== null) found = { event, phase, choice: choice.slice(), wrong };
          return wrong === null;
        },
      );
    }
    return found;
  }

  /**
   * Whether what these events leave at each flush is accepted when nothing is lost, the flush behind the cut
   * included.
   */
  private async isSound(kept: readonly number[], event: number): Promise<boolean> {
    const { events } = this.log;
    const flush = events.findIndex(({ kind }, i) => i > event && kind === "flush");
    const tail = eventsUntil(this.log, flush < 0 ? events.length : flush).slice(event + 1);
    const all = [...kept, ...tail];
    const marks: string[] = [];
    for (const [at, index] of all.entries()) {
      const here = events[index]!;
      if (here.kind === "mark") marks.push(here.text);
      if (here.kind !== "flush" && at + 1 < all.length) continue;
      const replay = new LogReplay(this.log, this.setting, all.slice(0, at + 1));
      for (const _ of replay.moments()) void _;
      if ((await this.judged.judge(replay.viewImages(), marks)) !== null) return false;
    }
    return true;
  }

  /** null when a flush that covers a write was dropped; else without the flushes that cover none. */
  private withoutIdleFlushes(rest: readonly number[], dropped: ReadonlySet<number>): number[] | null {
    const left: number[] = [];
    const isRest = new Set(rest);
    const waiting = new Set<number>();
    for (let index = 0; index <= (rest.at(-1) ?? -1); index++) {
      const event = this.log.events[index]!;
      const isKept = isRest.has(index);
      if (event.kind === "flush") {
        if (waiting.has(event.card) && dropped.has(index)) return null;
        if (waiting.delete(event.card) && isKept) left.push(index);
      } else if (isKept) {
        left.push(index);
        if (event.kind !== "mark") waiting.add(event.card);
      }
    }
    return left;
  }

  /** As many sectors as can be hold what was written last. */
  private async fewestLost(kept: readonly number[], place: Place): Promise<Place> {
    for (const { cards, marks, event, phase } of new LogReplay(this.log, this.setting, kept).moments()) {
      if (event !== place.event || phase !== place.phase) continue;
      let best = place;
      for (const [at, option] of newestOptions(cards).entries()) {
        const choice = best.choice.with(at, option);
        const wrong = await this.judged.judge(imagesAfter(cards, choice), marks);
        if (wrong !== null) best = { ...best, choice, wrong };
      }
      return best;
    }
    return place;
  }
}

function writesAmong({ events }: WriteLog, kept: readonly number[]): number {
  return kept.filter((index) => ["write", "zero"].includes(events[index]!.kind)).length;
}
