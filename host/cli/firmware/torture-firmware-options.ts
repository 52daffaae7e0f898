import type { Command } from "commander";
import type { FirmwareUnderTest } from "../../dut/firmware/firmware-device.js";
import { VerdictPatterns } from "../../rp2040/index.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { DutOptions } from "../dut-options.js";
import { NEEDS_FIRMWARE, optionName, type CampaignRequest } from "../campaign/campaign-request.js";
import { POWER_ONE } from "../../sdcard-emulator/power-topology.js";
import { sectorsOfSize } from "../sectors-of-size.js";
import { UsageError, wholeNumberIn } from "../usage-error.js";
import { rawImage } from "./board-cards.js";
import { cutPower, regularExpression, type CutPower } from "./cut-plan.js";
import { firmwareOfFile } from "./firmware-file.js";
import { CHIP_SELECTS, FAIL_DEFAULT, MAX_CYCLES, PASS_DEFAULT, SIZE_DEFAULT } from "./run-command.js";

/** What was asked of firmware under test beside what is asked of any device, as texts. */
export type FirmwareTexts = Pick<CampaignRequest, (typeof NEEDS_FIRMWARE)[number]>;

/** Of other devices. */
const FOREIGN = ["run", "recover", "log", "image", "workload"] as const;
const PIN_MAX = 29;

/** Whether --dut names firmware for the emulated board. */
export function isFirmwareFile(dut: string | undefined): dut is string {
  return dut !== undefined && /\.(uf2|elf|bin)$/i.test(dut);
}

/** Adds what firmware under test needs. */
export function addFirmwareOptions(command: Command): Command {
  return command
    .option("--card-a <image>", "--dut FIRMWARE: what the card on SPI0 holds at first (default: it is blank)")
    .option("--card-b <image>", "and the card on SPI1")
    .option("--cs-a <gpio>", "chip select of the card on SPI0 (default: 17)")
    .option("--cs-b <gpio>", "and of the card on SPI1 (default: 9)")
    .option("--pass <regex>", "what its UART says when all is well (default: PASS)")
    .option("--fail <regex>", "what it says when not (default: FAIL)")
    .option("--max-cycles <number>", "of each boot (default: 1000000000)")
    .option("--power <topology>", "how its power goes: shared (default), reset, skew:MICROSECONDS, one")
    .option("--first <card>", "of skew and one: the card that loses its power, a (default) or b")
    .option("--lenient", "let pass what the emulated chip's strict mode stops at");
}

/** @throws UsageError for an option that only firmware has */
export function refuseFirmwareOptions(texts: FirmwareTexts): void {
  const given = NEEDS_FIRMWARE.find((option) => texts[option] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`--${optionName(given)} is for firmware: add --dut FILE, an .uf2, .elf or .bin file`);
}

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
