import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { decodeCase } from "../campaign/case/case-id.js";
import { emittedTest } from "../campaign/case/emitted-test.js";
import { replayCase, type Replayed, type ReplayEnding } from "../campaign/case/replay.js";
import { storyOf, traceOf } from "../campaign/case/story.js";
import { isRigPolicy } from "../campaign/world/policy-choice.js";
import { isDutCaseId } from "../dut/dut-case.js";
import { isFirmwareCaseId } from "../dut/firmware/firmware-case.js";
import { addFirmwareOptions, type FirmwareTexts } from "./firmware/firmware-options.js";
import { DRIVER_HELP, hasRigOptions, readDriverFile } from "./driver-file.js";
import { dutOptions } from "./dut-options.js";
import { EXIT_BROKEN, EXIT_CODES_HELP, EXIT_DIVERGED, EXIT_HELD, EXIT_TRAPPED } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const HELP = `
An id holds every decision of a case: cards, timing, what threads did, the moment of the cut, what each card kept.

Examples:
  syncgate replay sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b
  syncgate replay sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b --trace
  syncgate replay wl1:... --log writes.log --check "./store check {image} {marks}"
  syncgate replay sg1:immediate:slc:t9:s0:s5eg:c1d:a1:b --emit-test test/mirror.test.ts
${EXIT_CODES_HELP}`;

interface ReplayFlags {
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly driver?: string;
  readonly dut?: string;
  readonly ops?: string;
  readonly log?: string;
  readonly check?: string;
  readonly recover?: string;
  readonly image?: string;
  readonly profile?: string;
  readonly size?: string;
  /** Where a test goes that replays the case. */
  readonly emitTest?: string;
}

/** `syncgate replay`. @param finish gets the exit code */
export function replayCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Runs one case again, and says whether it still breaks a promise.")
    .argument("<id>", "id of the case, as torture prints it")
    .option("--trace", "also print everything that happened, with times")
    .option("--emit-test <file>", "write a vitest file that fails while this case breaks a promise")
    .option("--json", "print the result as JSON")
    .option("--driver <file>", DRIVER_HELP)
    .option("--log <file>", "for a case of another device (wl1:..., wl2:...): the log that it is of")
    .option("--check <command>", "the same check as then")
    .option("--recover <command>", "the same recovery as then, if it was cut")
    .option("--image <file>", "the same image as then, if there was one")
    .option("--dut <module>", "instead of log and check: the module with the adapter")
    .option("--ops <number>", "with --dut: the workload of the case")
    .option("--profile <file>", "the same profile as then, if it was a file")
    .option("--size <size>", "the same size of a card as then");
  addFirmwareOptions(command)
    .addHelpText("after", HELP)
    .action(async (id: string, flags: ReplayFlags & FirmwareTexts) => {
      if (isFirmwareCaseId(id)) {
        const { dut = "", check, size } = flags;
        const options = dutOptions({ dut, ...(check && { check }), ...(size && { size }) })!;
        const { replayFirmware } = await import("./firmware/replay-firmware.js");
        finish(await replayFirmware(id, flags, options, terminal));
        return;
      }
      if (isDutCaseId(id)) {
        const { json, trace: _trace, emitTest: _emitTest, profile, dut = "log", ...texts } = flags;
        const { replayDut } = await import("./dut-replay.js");
        finish(await replayDut(id, dutOptions({ ...texts, dut })!, profile, terminal, json === true));
        return;
      }
      if (flags.driver !== undefined && flags.emitTest !== undefined)
        throw new UsageError(
          "an emitted test runs the package's own driver: leave out --driver or --emit-test",
        );
      const replayed = replayCase(driverFor(id, flags.driver), decodeCase(id));
      terminal.print(flags.json === true ? replayJson(id, replayed, flags) : replayText(replayed, flags));
      if (flags.emitTest !== undefined) emitTest(flags.emitTest, id, replayed);
      finish(exitCodeOfReplay(replayed));
    });
}

/** @throws UsageError for a file that is no driver, or a production build that has not the case's policy */
function driverFor(id: string, file: string | undefined): Uint8Array {
  const binary = readDriverFile(file);
  const { policy } = decodeCase(id).scenario;
  if (file === undefined || !isRigPolicy(policy) || hasRigOptions(binary)) return binary;
  throw new UsageError(
    `${file} is a production build, which has not this case's policy ${policy.name}: give a rig build`,
  );
}

/** @throws UsageError for a case that does not come to its cut, and when the file cannot be written */
function emitTest(file: string, id: string, replayed: Replayed): void {
  if (replayed.ending === "diverged") {
    throw new UsageError(`no test is written: the case diverged, ${replayed.divergence}`);
  }
  const story =
    replayed.ending === "broken" ? storyOf(replayed) : `Case ${id}, which held when this was written.`;
  try {
    writeFileSync(file, emittedTest(id, replayed, story));
  } catch (error) {
    throw new UsageError(`the test cannot be written to ${file}: ${(error as Error).message}`);
  }
}

const ENDINGS: Readonly<Record<ReplayEnding, (replayed: Replayed) => string>> = {
  broken: ({ violation }) => `The violation shows again: ${violation!.promises.join(" and ")} broken.`,
  held: () => "Held: this case breaks no promise with this build.",
  diverged: ({ divergence }) => `Diverged, so nothing is known: ${divergence}.`,
};

function replayText(replayed: Replayed, { trace, driver }: ReplayFlags): string {
  const parts = trace === true ? [traceOf(replayed)] : [];
  if (replayed.ending === "broken") parts.push(storyOf(replayed, { driver }));
  parts.push(ENDINGS[replayed.ending](replayed));
  return `${parts.join("\n\n")}\n`;
}

function replayJson(id: string, replayed: Replayed, { trace, driver }: ReplayFlags): string {
  const { ending, violation, divergence, depth } = replayed;
  const result = {
    version: 1,
    id,
    ending,
    promises: violation?.promises ?? [],
    sector: violation?.sector ?? null,
    text: violation?.text ?? divergence,
    depth,
    story: ending === "broken" ? storyOf(replayed, { driver }) : null,
    ...(trace === true ? { trace: traceOf(replayed).split("\n") } : {}),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function exitCodeOfReplay({ ending, violation }: Replayed): number {
  if (ending === "held") return EXIT_HELD;
  if (ending === "diverged") return EXIT_DIVERGED;
  return violation!.promises.includes("trap") ? EXIT_TRAPPED : EXIT_BROKEN;
}
