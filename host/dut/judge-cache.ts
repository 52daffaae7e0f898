import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { CrashImage, keyOf, type CrashState } from "./crash-state.js";
import type { CardSetting, DeviceUnderTest } from "./device-under-test.js";

/** Has each state judged once, however many cuts lead to it. */
export class JudgeCache {
  private readonly verdicts = new Map<string, string | null>();

  constructor(
    private readonly dut: DeviceUnderTest,
    private readonly setting: CardSetting & { readonly contents: SectorContents },
  ) {}

  /** Distinct states judged: of the images and of what was said before. */
  get distinct(): number {
    return this.verdicts.size;
  }

  /** @returns null when the state is well. @throws DutError, DutHang */
  async judge(images: readonly CardImage[], marks: readonly string[]): Promise<string | null> {
    const key = keyOf(images, marks);
    const known = this.verdicts.get(key);
    if (known !== undefined) return known;
    const { dut, setting } = this;
    const verdict = await dut.judge(crashStateOf(images, marks, setting.contents), setting);
    this.verdicts.set(key, verdict);
    return verdict;
  }
}

/** What a check is given of a state. */
export function crashStateOf(
  images: readonly CardImage[],
  marks: readonly string[],
  contents: SectorContents,
): CrashState {
  return { images: images.map((image) => new CrashImage(image, contents)), marks: marks.slice() };
}
