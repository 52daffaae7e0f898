import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { followCase } from "./case-path.js";
import type { DeviceUnderTest } from "./device-under-test.js";
import type { DutCase } from "./dut-case.js";
import { tellDutCase } from "./dut-story.js";
import { JudgeCache } from "./judge-cache.js";
import { whyStuck } from "./recovery-cuts.js";
import { digestOf, type WriteLog } from "./write-log.js";

/** How a replay of one case ended. */
export type DutReplay =
  | { readonly ending: "fails"; readonly wrong: string; readonly story: string }
  | { readonly ending: "holds" }
  | { readonly ending: "diverged"; readonly why: string };

/**
 * One case again, on the log that it is of.
 * @param failing decoded from its id
 * @param characteristics of the class that the case names
 * @throws DutError, DutHang
 */
export async function replayDutCase(
  dut: DeviceUnderTest,
  log: WriteLog,
  failing: DutCase,
  characteristics: CardCharacteristics,
): Promise<DutReplay> {
  const digest = digestOf(log);
  if (digest !== failing.digest)
    return { ending: "diverged", why: `the case is of the log ${failing.digest}, and this one is ${digest}` };
  const contents = new SectorContents();
  const setting = { characteristics, contents, seed: failing.seed, base: dut.base(log, contents) };
  const path = await followCase(dut, log, setting, failing);
  if ("why" in path) return { ending: "diverged", why: path.why };
  const { images, marks, stages } = path;
  const judged = new JudgeCache(dut, setting);
  const wrong = (await judged.judge(images, marks)) ?? (await whyStuck(dut, setting, { images, marks }));
  if (wrong === null) return { ending: "holds" };
  return { ending: "fails", wrong, story: tellDutCase(stages, wrong) };
}
