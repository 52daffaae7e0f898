import { COUNTERS } from "./layout";

const VALUES: usize = memory.data(112, 16);
if (COUNTERS * 4 > 112) ERROR("sizes drifted from layout.ts");

/** A counter or gauge (COUNTER_...); 0 for an unknown key. */
export function counterValue(key: u32): u32 {
  return key < COUNTERS ? load<u32>(VALUES + ((<usize>key) << 2)) : 0;
}

export function count(key: u32, amount: u32): void {
  const at = VALUES + ((<usize>key) << 2);
  store<u32>(at, load<u32>(at) + amount);
}

/** A gauge goes down; it must never pass zero. */
export function uncount(key: u32): void {
  const at = VALUES + ((<usize>key) << 2);
  const value = load<u32>(at);
  assert(value > 0);
  store<u32>(at, value - 1);
}

export function setGauge(key: u32, value: u32): void {
  store<u32>(VALUES + ((<usize>key) << 2), value);
}

export function countMax(key: u32, value: u32): void {
  const at = VALUES + ((<usize>key) << 2);
  if (value > load<u32>(at)) store<u32>(at, value);
}

export function clearCounters(): void {
  memory.fill(VALUES, 0, (<usize>COUNTERS) << 2);
}
