/**
 * Makes a failing case small: a smaller workload if the device has one, the fewest cuts, the earliest one, the fewest
 * writes, and the fewest of them lost.
 *
 * A log with writes left out is no run of the firmware. So writes are left out only where the check accepts what the
 * rest leaves when nothing is lost, at each flush up to the one behind the cut; and no flush that covers a write is
 * left out, for that would be another firmware's mistake. Recoveries are never shortened: the device makes them.
 */
import { followCase, type CaseStage } from "./case-path.js";
import { newestOptions } from "./crash-state.js";
import { isAt, statesLeft } from "./cut-states.js";
import type { DeviceUnderTest } from "./device-under-test.js";
import { encodeDutCase, eventsUntil, type Cut, type DutCase, type RecoveryCut } from "./dut-case.js";
import type { FoundCase, ShrunkCase } from "./dut-report.js";
import { tellDutCase } from "./dut-story.js";
import { JudgeCache } from "./judge-cache.js";
import { LogReplay, type ReplaySetting } from "./log-replay.js";
import { cutRecoveries, whyStuck, type DeepState, type RecoveryLimits } from "./recovery-cuts.js";
import { digestOf, type WriteLog } from "./write-log.js";

/** States judged while a case is made small. */
const JUDGED_MAX = 4000;

/** Cuts that lead to what the check does not accept. */
interface Place {
  readonly cut: Cut;
  readonly recoveries: readonly RecoveryCut[];
  readonly wrong: string;
  /** See FoundCase. */
  readonly stuck: boolean;
}

interface FirstCutState extends DeepState {
  readonly cut: Cut;
}

/** @param found of this log. @throws DutError, DutHang */
export async function shrinkDutCase(
  dut: DeviceUnderTest,
  log: WriteLog,
  setting: ReplaySetting,
  found: FoundCase,
  limits: RecoveryLimits,
): Promise<ShrunkCase> {
  const writesBefore = writesAmong(log, found.failing.kept);
  const { characteristics, contents, seed } = setting;
  for (let workload = 1; workload < (dut.workload ?? 0); workload++) {
    const smaller = await dut.record({ characteristics, contents, seed, workload });
    const base = dut.base(smaller, contents);
    const shrinker = new DutShrinker(dut, smaller, { ...setting, base }, limits);
    const first = await shrinker.firstFailing();
    if (first !== null) return { ...(await shrinker.shrink(first)), workload, writesBefore };
  }
  const { wrong, stuck } = found;
  const { event, phase, choice, recoveries } = found.failing;
  // The campaign has found no case of fewer cuts. Who is stuck has one recovery more, which is not cut.
  const depth = recoveries.length + (stuck ? 2 : 1);
  const shrinker = new DutShrinker(dut, log, setting, { ...limits, depth });
  const first = await shrinker.firstFailing(recoveries.length === 0 ? event : Infinity);
  const shrunk = await shrinker.shrink(first ?? { cut: { event, phase, choice }, recoveries, wrong, stuck });
  return { ...shrunk, workload: dut.workload, writesBefore };
}

class DutShrinker {
  private readonly judged: JudgeCache;

  constructor(
    private readonly dut: DeviceUnderTest,
    private readonly log: WriteLog,
    private readonly setting: ReplaySetting,
    private readonly limits: RecoveryLimits,
  ) {
    this.judged = new JudgeCache(dut, setting);
  }

  /** The earliest cut that fails, of the cases with the fewest cuts. @param last the last event that is looked at */
  async firstFailing(last = Infinity): Promise<Place | null> {
    return this.find(eventsUntil(this.log, this.log.events.length), -1, last);
  }

  async shrink(first: Place): Promise<Omit<ShrunkCase, "workload" | "writesBefore">> {
    const { log } = this;
    let place = first;
    let kept = eventsUntil(log, first.cut.event);
    if (await this.isSound(kept, first.cut.event)) {
      const droppable = (event: number): boolean => event !== place.cut.event;
      for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let end = kept.length; end > 0; end -= size) {
          if (this.judged.distinct > JUDGED_MAX) break;
          const dropped = new Set(kept.slice(Math.max(0, end - size), end).filter(droppable));
          const rest = this.withoutIdleFlushes(
            kept.filter((event) => !dropped.has(event)),
            dropped,
          );
          if (rest === null || rest.length === kept.length) continue;
          if (!(await this.isSound(rest, place.cut.event))) continue;
          const again = await this.find(rest, place.cut.event, place.cut.event);
          if (again === null || !isLike(again, first)) continue;
          kept = rest;
          place = again;
        }
      }
    }
    place = await this.fewestLost(kept, place);
    const failing = this.caseOf(kept, place);
    const { wrong, stuck } = place;
    const path = await followCase(this.dut, log, this.setting, failing);
    if ("why" in path) throw new Error(`a case that was made small leads nowhere: ${path.why}`);
    const story = tellDutCase(path.stages, wrong);
    const writes = writesAmong(log, kept);
    return { id: encodeDutCase(failing), failing, wrong, stuck, log, writes, story };
  }

  private caseOf(kept: readonly number[], { cut, recoveries }: Place): DutCase {
    const { characteristics, seed } = this.setting;
    return { digest: digestOf(this.log), profile: characteristics.name, seed, kept, ...cut, recoveries };
  }

  /** The first outcome that fails among the moments of the events `from` to `last`, of one cut if there is one. */
  private async find(kept: readonly number[], from: number, last: number): Promise<Place | null> {
    const { dut, judged, log, setting, limits } = this;
    const { outcomesPerCut, depth } = limits;
    const { seed } = setting;
    const accepted = new Map<string, FirstCutState>();
    for (const left of statesLeft(log, setting, { kept, from, last, outcomesPerCut, seed })) {
      const wrong = await judged.judge(left.images, left.marks);
      if (wrong !== null) return { cut: left.cut, recoveries: [], wrong, stuck: false };
      if (depth > 1 && !accepted.has(left.key)) accepted.set(left.key, { ...left, recoveries: [] });
    }
    let found: Place | null = null;
    await cutRecoveries(dut, judged, setting, limits, [...accepted.values()], {
      isKnown: () => false,
      onRecovery: () => undefined,
      onState: ({ cut, recoveries }, wrong) => {
        if (wrong !== null) found = { cut, recoveries, wrong, stuck: false };
        return wrong === null && judged.distinct <= JUDGED_MAX;
      },
      onStuck: ({ cut, recoveries }, wrong) => {
        found = { cut, recoveries, wrong, stuck: true };
        return false;
      },
    });
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

  /** As many sectors as can be hold what was written last, at each cut. */
  private async fewestLost(kept: readonly number[], place: Place): Promise<Place> {
    let best = place;
    for (let number = 0; number <= place.recoveries.length; number++) {
      const stage = await this.stageOf(kept, best, number);
      if (stage === null) return best;
      for (const [at, option] of newestOf(stage).entries()) {
        const tried = withChoice(best, number, at, option);
        const wrong = await this.wrongAt(kept, tried);
        if (wrong !== null) best = { ...tried, wrong };
      }
    }
    return best;
  }

  /** The cut of this number, from 0; null if the case does not come to it. */
  private async stageOf(kept: readonly number[], place: Place, number: number): Promise<CaseStage | null> {
    const path = await followCase(this.dut, this.log, this.setting, this.caseOf(kept, place));
    return "why" in path ? null : path.stages[number]!;
  }

  /** What is wrong after these cuts; null for nothing, or when the recoveries that they cut are others then. */
  private async wrongAt(kept: readonly number[], place: Place): Promise<string | null> {
    const path = await followCase(this.dut, this.log, this.setting, this.caseOf(kept, place));
    if ("why" in path) return null;
    const wrong = await this.judged.judge(path.images, path.marks);
    if (!place.stuck) return wrong;
    return wrong === null ? whyStuck(this.dut, this.setting, path) : null;
  }
}

/** For each axis of the cut's crash space the option that leaves what was written last. */
function newestOf({ log, setting, kept, cut }: CaseStage): number[] {
  for (const point of new LogReplay(log, setting, kept).moments()) {
    if (isAt(point, cut)) return newestOptions(point.cards);
  }
  return [];
}

/**
 * Whether a case of fewer writes may stand for another one: what the whole log does not show with fewer cuts, or of the
 * check, is no mistake of the firmware but of the log that is left.
 */
function isLike(one: Place, other: Place): boolean {
  return one.recoveries.length === other.recoveries.length && one.stuck === other.stuck;
}

function withChoice(place: Place, number: number, axis: number, option: number): Place {
  const changed = <C extends Cut>(cut: C): C => ({ ...cut, choice: cut.choice.with(axis, option) });
  if (number === 0) return { ...place, cut: changed(place.cut) };
  const recoveries = place.recoveries.map((cut, i) => (i === number - 1 ? changed(cut) : cut));
  return { ...place, recoveries };
}

function writesAmong({ events }: WriteLog, kept: readonly number[]): number {
  return kept.filter((index) => ["write", "zero"].includes(events[index]!.kind)).length;
}
