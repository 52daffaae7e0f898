import type { Command } from "commander";
import { NEEDS_FIRMWARE, optionName, type CampaignRequest } from "../campaign/campaign-request.js";
import { UsageError } from "../usage-error.js";

/** What was asked of firmware under test beside what is asked of any device, as texts. */
export type FirmwareTexts = Pick<CampaignRequest, (typeof NEEDS_FIRMWARE)[number]>;

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
