import { decodeFirmwareCase } from "../../dut/firmware/firmware-case.js";
import { digestOfFirmware } from "../../dut/firmware/firmware-device.js";
import { tellFirmwareCase } from "../../dut/firmware/firmware-story.js";
import { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { DutOptions } from "../dut-options.js";
import { classOf } from "../dut-replay.js";
import { EXIT_BROKEN, EXIT_DIVERGED, EXIT_HELD } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { isFirmwareFile, type FirmwareTexts } from "./firmware-options.js";
import { firmwareUnderTest } from "./torture-firmware-options.js";

/** `syncgate replay` of a case of firmware. @returns the exit code. @throws UsageError, CaseIdError */
export async function replayFirmware(
  id: string,
  texts: FirmwareTexts & { readonly profile?: string; readonly json?: boolean },
  options: DutOptions,
  terminal: Terminal,
): Promise<number> {
  const failing = decodeFirmwareCase(id);
  if (!isFirmwareFile(options.dut))
    throw new UsageError("a case fw1:... is of firmware: add --dut FILE, the same .uf2, .elf or .bin file");
  const dut = firmwareUnderTest(texts, options, failing.power);
  const contents = new SectorContents();
  const characteristics = classOf(failing, texts.profile);
  const digest = digestOfFirmware(dut, contents);
  const told =
    digest === failing.digest
      ? await tellFirmwareCase(dut, { contents, characteristics, seed: failing.seed }, failing)
      : {
          wrong: null,
          story: "",
          misfit: `the case is of ${failing.digest}, and this firmware on these cards is ${digest}`,
        };
  const ending = told.misfit !== null ? "diverged" : told.wrong === null ? "holds" : "fails";
  const { story } = told;
  if (texts.json === true)
    terminal.print(
      `${JSON.stringify({ version: 1, id, ending, ...told, story: story.split("\n") }, null, 2)}\n`,
    );
  else if (ending === "diverged") terminal.print(`Diverged, so nothing is known: ${told.misfit}.\n`);
  else terminal.print(`${story}\n\n${ending === "fails" ? "It fails again." : "Held: it is well now."}\n`);
  return { diverged: EXIT_DIVERGED, holds: EXIT_HELD, fails: EXIT_BROKEN }[ending];
}
