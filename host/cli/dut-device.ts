import path from "node:path";
import { pathToFileURL } from "node:url";
import { adapterUnderTest, type CardAdapter } from "../dut/adapter-dut.js";
import type { DeviceUnderTest } from "../dut/device-under-test.js";
import { logUnderTest, readLogFile } from "../dut/log-dut.js";
import { processUnderTest } from "../dut/process-dut.js";
import type { DutOptions } from "./dut-options.js";
import { UsageError } from "./usage-error.js";

/** Of a process's card: 1 MiB. */
const SECTORS = 2048;

/** The device that the options speak of. @throws UsageError, DutError */
export async function deviceOf(options: DutOptions): Promise<DeviceUnderTest> {
  const { dut, run, check, recover, log, image, sectors, workload, deadlineMs } = options;
  const withImage = image === undefined ? {} : { image };
  const withRecovery = recover === undefined ? {} : { recover };
  const withWorkload = workload === undefined ? {} : { workload };
  if (dut === "log") {
    const read = readLogFile(log!, sectors);
    return logUnderTest({ log: read, check: check!, name: log!, deadlineMs, ...withImage, ...withRecovery });
  }
  if (dut === "nbd") {
    return processUnderTest({
      run: run!,
      check: check!,
      sectors: sectors ?? SECTORS,
      deadlineMs,
      ...withImage,
      ...withRecovery,
      ...withWorkload,
    });
  }
  return adapterUnderTest({ ...(await adapterOf(dut)), ...withWorkload });
}

async function adapterOf(file: string): Promise<CardAdapter<unknown>> {
  const module = (await import(pathToFileURL(path.resolve(file)).href).catch((error: Error) => {
    throw new UsageError(
      `${file} cannot be loaded as a module (${error.message}): give nbd, log or the path of one`,
    );
  })) as { default?: Partial<CardAdapter<unknown>> };
  const adapter = module.default;
  const missing = (["cards", "sectors", "boot", "run", "check"] as const).filter(
    (part) => adapter?.[part] === undefined,
  );
  if (missing.length > 0)
    throw new UsageError(`${file} exports no adapter as its default: it lacks ${missing.join(", ")}`);
  return { name: file, ...(adapter as CardAdapter<unknown>) };
}
