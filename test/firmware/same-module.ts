/** The logger on the chip, through a power cut and a resync, with the module in Node beside it. */
import { POWER_SHARED } from "../../host/sdcard-emulator/power-topology.js";
import { Lockstep } from "./lockstep.js";
import { lastTold, loggerFirmware, type LoggerScenario } from "./logger-firmware.js";
import { TwoCards } from "./two-cards.js";

export interface SameModuleReport {
  /** Calls of the driver's functions, and of its callbacks, of both boots. */
  readonly calls: ReadonlyMap<string, number>;
  readonly callbacks: ReadonlyMap<string, number>;
  /** Sectors that the second boot copied. */
  readonly resynced: number;
  /** The comparison of the second boot. */
  readonly last: Lockstep;
}

/** @param cutAt cycle of the power cut @throws AssertionError at the first call that differs */
export function compareWithNode(scenario: LoggerScenario, cutAt: number): SameModuleReport {
  const { image, symbols } = loggerFirmware(scenario);
  const bench = new TwoCards(image);
  const first = bench.power.powerOn();
  const before = new Lockstep(first, symbols);
  first.run({ untilCycle: cutAt });
  bench.power.cut({
    topology: POWER_SHARED,
    chooseOutcome: (card, member) => card.crashSpace().map(() => member),
  });
  const second = bench.power.powerOn();
  const after = new Lockstep(second, symbols);
  bench.expectPass(second);
  return {
    calls: sum(before.calls, after.calls),
    callbacks: sum(before.callbacks, after.callbacks),
    resynced: lastTold(second.uart, "resynced"),
    last: after,
  };
}

function sum(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const both = new Map(a);
  for (const [name, count] of b) both.set(name, (both.get(name) ?? 0) + count);
  return both;
}
