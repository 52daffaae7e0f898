import { exportC } from "../export-c/export-c.js";
import type { Compilation, CompiledSize } from "../export-c/compiled-size.js";
import { readDriver } from "../mirror/driver-binary.js";
import { BITMAP_SETTINGS_USUAL, tuningOf } from "./bitmap-settings.js";
import { ChipDriver } from "./chip-driver.js";
import { loadEverything, writeCycles } from "./cycle-load.js";
import { CycleSamples, type CycleFigures } from "./cycle-samples.js";
import { linkedDriver } from "./linked-driver.js";

/** Requests under way, beside each other in the tables. */
export const DEPTHS = [1, 8] as const;
/** What a write is made of; "write" is the sum. */
export const WRITE_PARTS = ["write", "submit", "first completion", "last completion"] as const;

export type WritePart = (typeof WRITE_PARTS)[number];

/** What the driver takes of a Cortex-M0+, compiled in one way. */
export interface CycleResult {
  readonly compilation: Compilation;
  readonly size: CompiledSize;
  /** Of a write into a dirty region, by the queue's depth. */
  readonly writes: ReadonlyMap<number, Readonly<Record<WritePart, CycleFigures>>>;
  /** The most that a call of each export took in a run through everything, the longest first, cycles. */
  readonly longest: readonly (readonly [export_: string, cycles: number])[];
  /** The deepest stack in that run, bytes; callbacks took none. */
  readonly stack: number;
  /** Cycles of a write at depth 1 by C function, on average; the most expensive first; null unless asked for. */
  readonly profile: readonly (readonly [function_: string, cycles: number])[] | null;
}

const WRITES = 400;

/**
 * The exported C, compiled, on an emulated Cortex-M0+ of an RP2040: cycles of the system clock, with code and data that never
 * have to be waited for, and callbacks that take none.
 * @param isProfiled also by C function
 * @throws Error without arm-none-eabi-gcc
 */
export function benchCycles(compilation: Compilation, isProfiled: boolean): CycleResult {
  const exported = exportC();
  const { elf, size } = linkedDriver(exported.source, exported.header, compilation);
  const binary = readDriver("production");
  const driver = (): ChipDriver => new ChipDriver(binary, exported, elf, tuningOf(BITMAP_SETTINGS_USUAL));
  const writes = DEPTHS.map((depth) => {
    const samples = new CycleSamples();
    writeCycles(driver(), depth, WRITES, samples);
    const parts = WRITE_PARTS.map((part) => [part, samples.figures(part)] as const);
    return [depth, Object.fromEntries(parts) as Record<WritePart, CycleFigures>] as const;
  });
  const everything = driver();
  const calls = new CycleSamples();
  loadEverything(everything, calls);
  return {
    compilation,
    size,
    writes: new Map(writes),
    longest: calls.byLongest(),
    stack: everything.core.deepestStack,
    profile: isProfiled ? profileOf(driver()) : null,
  };
}

function profileOf(driver: ChipDriver): [string, number][] {
  const { core } = driver;
  writeCycles(driver, 1, WRITES, new CycleSamples(), () => (core.profile = new Map()));
  return [...(core.profile ?? [])]
    .map(([name, cycles]): [string, number] => [name, cycles / WRITES])
    .toSorted((a, b) => b[1] - a[1]);
}
