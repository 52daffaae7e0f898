import binaryen from "assemblyscript/binaryen";
import type { DriverModule } from "../../host/mirror/driver-module.js";

const STEPS = "steps";
/** What binaryen's pass "log-execution" calls at the beginning of every function and of every turn of a loop. */
const LOG = "log_execution";

/**
 * The same module with an exported counter of steps: functions entered and turns of loops taken. A measure of work that
 * is the same on every machine. Fills and copies of memory count as nothing.
 */
export function withCountedSteps(binary: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(binary);
  module.setFeatures(binaryen.Features.All);
  module.runPasses(["log-execution"]);
  module.removeFunction(LOG);
  module.addGlobal(STEPS, binaryen.i32, true, module.i32.const(0));
  const more = module.i32.add(module.global.get(STEPS, binaryen.i32), module.i32.const(1));
  module.addFunction(LOG, binaryen.i32, binaryen.none, [], module.global.set(STEPS, more));
  module.addGlobalExport(STEPS, STEPS);
  if (module.validate() === 0) throw new Error("the module with counted steps is not valid");
  return module.emitBinary();
}

/** Steps that a module from withCountedSteps has taken. */
export function stepsOf(driver: DriverModule): () => number {
  const { steps } = driver.exports as unknown as Record<typeof STEPS, WebAssembly.Global>;
  return () => steps.value as number;
}
