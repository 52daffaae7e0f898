import {
  COUNTER_BYTES_PER_CALL_MAX,
  COUNTER_CLEAR_RECORDS,
  COUNTER_EPOCHS_FAILED,
  COUNTER_EPOCHS_OPENED,
  COUNTER_FINGERPRINT_MISMATCHES,
  COUNTER_MARK_WAITS,
  COUNTER_MEMBER_CHANGES,
  COUNTER_MEMBERS_LOST,
  COUNTER_READS_WRITTEN_BACK,
  COUNTER_READ_ERRORS_0,
  COUNTER_READ_ERRORS_1,
  COUNTER_RECORD_WRITES,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_MARKED,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_REGIONS_ZEROED,
  COUNTER_SCRUB_MISMATCHES,
  COUNTER_SCRUB_REGION,
  COUNTER_SECTORS_LOST,
  COUNTER_SECTORS_REPAIRED,
  COUNTER_SECTORS_RESYNCED,
  COUNTER_SECTORS_SCRUBBED,
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
  bytesPerCallMax: COUNTER_BYTES_PER_CALL_MAX,
  readErrorsA: COUNTER_READ_ERRORS_0,
  readErrorsB: COUNTER_READ_ERRORS_1,
  sectorsRepaired: COUNTER_SECTORS_REPAIRED,
  fingerprintMismatches: COUNTER_FINGERPRINT_MISMATCHES,
  sectorsScrubbed: COUNTER_SECTORS_SCRUBBED,
  scrubMismatches: COUNTER_SCRUB_MISMATCHES,
  regionsMarked: COUNTER_REGIONS_MARKED,
  membersLost: COUNTER_MEMBERS_LOST,
  regionsZeroed: COUNTER_REGIONS_ZEROED,
  clearRecords: COUNTER_CLEAR_RECORDS,
  scrubRegion: COUNTER_SCRUB_REGION,
  memberChanges: COUNTER_MEMBER_CHANGES,
} as const satisfies Record<string, number>;

export type CounterName = keyof typeof COUNTERS_BY_NAME;

/** Values of all counters, by name; since the last assembly. */
export type Counters = Readonly<Record<CounterName, number>>;

/** Reads every counter. @param counter the driver's export */
export function readCounters(counter: (key: number) => number): Counters {
  const entries = Object.entries(COUNTERS_BY_NAME).map(([name, key]) => [name, counter(key) >>> 0]);
  return Object.fromEntries(entries) as Record<CounterName, number>;
}
