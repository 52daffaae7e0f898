/** The way of a case: its cuts one after another, each on what the one before has left. */
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { axesOf, imagesAfter } from "./crash-state.js";
import { isAt } from "./cut-states.js";
import type { DeviceUnderTest } from "./device-under-test.js";
import { eventsUntil, type Cut, type DutCase } from "./dut-case.js";
import { crashStateOf } from "./judge-cache.js";
import { LogReplay, type ReplaySetting } from "./log-replay.js";
import { digestOf, type WriteLog } from "./write-log.js";

/** One cut of a case, and the log that it cuts. */
export interface CaseStage {
  readonly log: WriteLog;
  readonly setting: ReplaySetting;
  /** Events of the log that are replayed. */
  readonly kept: readonly number[];
  readonly cut: Cut;
}

/** Where a case leads; or why it does not. */
export type CasePath =
  | {
      readonly stages: readonly CaseStage[];
      readonly images: readonly CardImage[];
      readonly marks: readonly string[];
    }
  | { readonly why: string };

/**
 * Goes the way of a case. Recoveries are carried out again, and must write what they wrote.
 * @param log that the case is of
 * @throws DutError, DutHang
 */
export async function followCase(
  dut: DeviceUnderTest,
  log: WriteLog,
  setting: ReplaySetting,
  failing: DutCase,
): Promise<CasePath> {
  const stages: CaseStage[] = [{ log, setting, kept: failing.kept, cut: failing }];
  let left = afterCut(stages[0]!);
  if ("why" in left) return left;
  let marks = left.marks;
  for (const cut of failing.recoveries) {
    if (dut.recover === undefined)
      return { why: "the case has cuts during recovery, and no recovery was given (--recover)" };
    const recovery = await dut.recover(crashStateOf(left.images, marks, setting.contents), setting);
    if ("wrong" in recovery) return { why: `the recovery that the case cuts fails: ${recovery.wrong}` };
    const written = digestOf(recovery.log);
    if (written !== cut.digest)
      return { why: `the recovery writes the log ${written}, and the case cuts ${cut.digest}` };
    const kept = eventsUntil(recovery.log, recovery.log.events.length);
    const stage = { log: recovery.log, setting: { ...setting, base: left.images }, kept, cut };
    stages.push(stage);
    left = afterCut(stage);
    if ("why" in left) return left;
    marks = [...marks, ...left.marks];
  }
  return { stages, images: left.images, marks };
}

function afterCut({
  log,
  setting,
  kept,
  cut,
}: CaseStage):
  { readonly images: readonly CardImage[]; readonly marks: readonly string[] } | { readonly why: string } {
  for (const point of new LogReplay(log, setting, kept).moments()) {
    if (!isAt(point, cut)) continue;
    const axes = axesOf(point.cards);
    const fits =
      axes.length === cut.choice.length &&
      axes.every(({ options }, i) => options[cut.choice[i]!] !== undefined);
    if (!fits) return { why: "the crash space at the cut is another one" };
    return { images: imagesAfter(point.cards, cut.choice), marks: point.marks.slice() };
  }
  return { why: "the replay does not come to the moment of the cut" };
}
