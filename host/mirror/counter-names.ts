import {
  COUNTER_EPOCHS_FAILED,
  COUNTER_EPOCHS_OPENED,
  COUNTER_MARK_WAITS,
  COUNTER_READS_WRITTEN_BACK,
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SECTORS_LOST,
  COUNTER_SECTORS_RESYNCED,
  COUNTER_STALE_ANSWERS,
  COUNTER_SUBMITS_PER_CALL_MAX,
} from "../../assembly/layout.js";

/** What the driver's counters are called, with their keys; SPEC.md says what each counts. */
const COUNTERS_BY_NAME = {
  recordWrites: COUNTER_RECORD_WRITES,
  regionsCleared: COUNTER_REGIONS_CLEARED,
  regionsResynced: COUNTER_REGIONS_RESYNCED,
  sectorsResynced: COUNTER_SECTORS_RESYNCED,
  readsWrittenBack: COUNTER_READS_WRITTEN_BACK,
  sectorsLost: COUNTER_SECTORS_LOST,
  epochsOpened: COUNTER_EPOCHS_OPENED,
  epochsFailed: COUNTER_EPOCHS_FAILED,
  regionsUnproven: COUNTER_REGIONS_UNPROVEN,
  regionsToSync: COUNTER_REGIONS_TO_SYNC,
  staleAnswers: COUNTER_STALE_ANSWERS,
  submitsPerCallMax: COUNTER_SUBMITS_PER_CALL_MAX,
  markWaits: COUNTER_MARK_WAITS,
} as const satisfies Record<string, number>;

export type CounterName = keyof typeof COUNTERS_BY_NAME;

/** Values of all counters, by name; since the last assembly. */
export type Counters = Readonly<Record<CounterName, number>>;

/** Reads every counter. @param counter the driver's export */
export function readCounters(counter: (key: number) => number): Counters {
  const entries = Object.entries(COUNTERS_BY_NAME).map(([name, key]) => [name, counter(key) >>> 0]);
  return Object.fromEntries(entries) as Record<CounterName, number>;
}
