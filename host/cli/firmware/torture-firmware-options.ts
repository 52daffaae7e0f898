import type { FirmwareUnderTest } from "../../dut/firmware/firmware-device.js";
import { VerdictPatterns } from "../../rp2040/index.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { DutOptions } from "../dut-options.js";
import { POWER_ONE } from "../../sdcard-emulator/power-topology.js";
import { sectorsOfSize } from "../sectors-of-size.js";
import { UsageError, wholeNumberIn } from "../usage-error.js";
import { rawImage } from "./board-cards.js";
import { cutPower, regularExpression, type CutPower } from "./cut-plan.js";
import { firmwareOfFile } from "./firmware-file.js";
import type { FirmwareTexts } from "./firmware-options.js";
import { CHIP_SELECTS, FAIL_DEFAULT, MAX_CYCLES, PASS_DEFAULT, SIZE_DEFAULT } from "./run-command.js";

/** Of other devices. */
const FOREIGN = ["run", "recover", "log", "image", "workload"] as const;
const PIN_MAX = 29;

/** @param power instead of what the texts say of it: of a case @throws UsageError */
export function firmwareUnderTest(
  texts: FirmwareTexts,
  options: DutOptions,
  power: CutPower = cutPower(texts.power, texts.first),
): FirmwareUnderTest {
  const { dut, check = null, deadlineMs, sectors = sectorsOfSize(SIZE_DEFAULT) } = options;
  const foreign = FOREIGN.find((option) => options[option] !== undefined);
  if (foreign !== undefined)
    throw new UsageError(
      `--${foreign === "workload" ? "ops" : foreign} is for other devices: leave it out beside firmware`,
    );
  if (options.depth > 1 && power.topology === POWER_ONE)
    throw new UsageError(
      "--cuts depth cuts the boot behind a cut, and with --power one the chip goes on: give another power or leave out the depth",
    );
  return {
    name: dut,
    firmware: firmwareOfFile(dut),
    base: imagesOf(texts, sectors),
    chipSelectPins: [pinOf("--cs-a", texts.csA, 0), pinOf("--cs-b", texts.csB, 1)],
    strict: texts.lenient !== true,
    power,
    verdict: new VerdictPatterns(
      regularExpression("--pass", texts.pass ?? PASS_DEFAULT),
      regularExpression("--fail", texts.fail ?? FAIL_DEFAULT),
      wholeNumberIn("--max-cycles", texts.maxCycles ?? MAX_CYCLES, 1, Number.MAX_SAFE_INTEGER),
    ),
    check,
    deadlineMs,
  };
}

function pinOf(option: string, text: string | undefined, slot: 0 | 1): number {
  return wholeNumberIn(option, text ?? CHIP_SELECTS[slot], 0, PIN_MAX);
}

/** Each run has forks of images that are read once. */
function imagesOf({ cardA, cardB }: FirmwareTexts, sectors: number): FirmwareUnderTest["base"] {
  const known = new WeakMap<SectorContents, readonly [CardImage, CardImage]>();
  return (contents) => {
    let images = known.get(contents);
    if (images === undefined) {
      const imageOf = (file: string | undefined): CardImage =>
        file === undefined ? new CardImage(sectors) : rawImage(file, contents);
      known.set(contents, (images = [imageOf(cardA), imageOf(cardB)]));
    }
    return [images[0].fork(), images[1].fork()];
  };
}
