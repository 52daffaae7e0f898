import { cardClass } from "../dut/card-class.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { FAULT_PROFILES, PROFILES, type CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { cardProfileNames } from "../sdcard-emulator/profile/load-profile.js";
import { decodeDutCase, shortProfile, type DutCase } from "../dut/dut-case.js";
import { replayDutCase } from "../dut/dut-replay.js";
import { deviceOf } from "./dut-device.js";
import type { DutOptions } from "./dut-options.js";
import { EXIT_BROKEN, EXIT_DIVERGED, EXIT_HELD } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** `syncgate replay` of a case of a device under test. @returns the exit code. @throws UsageError */
export async function replayDut(
  id: string,
  options: DutOptions,
  profile: string | undefined,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const failing = decodeDutCase(id);
  const characteristics = classOf(failing, profile);
  const dut = await deviceOf(options);
  const { seed } = failing;
  const workload = dut.workload ?? 0;
  const log = await dut.record({ characteristics, seed, contents: new SectorContents(), workload });
  const replayed = await replayDutCase(dut, log, failing, characteristics);
  if (json) terminal.print(`${JSON.stringify({ version: 1, id, ...replayed }, null, 2)}\n`);
  else if (replayed.ending === "fails") terminal.print(`${replayed.story}\n\nIt fails again.\n`);
  else if (replayed.ending === "holds") terminal.print("Held: the check accepts this case.\n");
  else terminal.print(`Diverged, so nothing is known: ${replayed.why}.\n`);
  if (replayed.ending === "holds") return EXIT_HELD;
  return replayed.ending === "fails" ? EXIT_BROKEN : EXIT_DIVERGED;
}

/** The class that an id names, or the one that is given, if the id can mean it. @throws UsageError, ProfileError */
export function classOf(
  { profile: short }: Pick<DutCase, "profile">,
  given: string | undefined,
): CardCharacteristics {
  const names = [...Object.keys(PROFILES), ...Object.keys(FAULT_PROFILES), ...cardProfileNames()];
  const found = given === undefined ? names.find((name) => shortProfile(name) === short) : given;
  if (found === undefined)
    throw new UsageError(
      `the case is on cards of class "${short}", which the package does not have: give --profile FILE`,
    );
  const characteristics = cardClass(found);
  if (shortProfile(characteristics.name) === short) return characteristics;
  throw new UsageError(
    `the case is on cards of class "${short}", not ${characteristics.name}: leave out --profile`,
  );
}
