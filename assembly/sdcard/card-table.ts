import { SPI_EVENTS, SPI_STATES, TRANSITION_IMPOSSIBLE } from "../layout";

/**
 * The card table: state x event -> state; 255 marks what no kind of state lets happen. What each state does is in
 * start-steps.ts, read-steps.ts, write-steps.ts, next-command.ts and card-machine.ts; SPEC.md shows the table with names.
 */
// A row of the table is a line.
// prettier-ignore
const TABLE: usize = memory.data<u8>([
  // GOOD, IDLE, REFUSED, CORRUPT, SILENT, choices 5 to 7
  // OFF
  1, 255, 255, 255, 255, 255, 255, 255,
  // CLOCKS
  2, 255, 255, 255, 255, 255, 255, 255,
  // GO_IDLE
  3, 4, 3, 3, 3, 255, 255, 255,
  // GO_IDLE_AGAIN
  1, 37, 255, 255, 255, 255, 255, 255,
  // VERSION
  36, 5, 6, 36, 36, 255, 255, 255,
  // ECHO
  6, 37, 255, 255, 255, 255, 255, 255,
  // CRC_ON
  36, 7, 36, 36, 36, 255, 255, 255,
  // VOLTAGE
  36, 8, 36, 36, 36, 255, 255, 255,
  // VOLTAGE_FITS
  9, 37, 255, 255, 255, 255, 255, 255,
  // OPERATE_APP
  10, 10, 37, 36, 36, 255, 255, 255,
  // OPERATE
  12, 11, 37, 11, 36, 255, 255, 255,
  // OPERATE_PAUSE
  9, 255, 255, 255, 37, 255, 255, 255,
  // CAPACITY: an idle bit is left to CMD16, which no idle card takes; QEMU's card sets it in every R3
  13, 13, 36, 36, 36, 255, 255, 255,
  // LENGTH
  14, 36, 36, 36, 36, 255, 255, 255,
  // CSD
  15, 36, 36, 36, 36, 255, 255, 255,
  // CSD_TOKEN
  16, 255, 36, 255, 36, 255, 255, 255,
  // CSD_BYTES
  17, 255, 255, 36, 255, 255, 255, 255,
  // CID
  18, 36, 36, 36, 36, 255, 255, 255,
  // CID_TOKEN
  19, 255, 36, 255, 36, 255, 255, 255,
  // CID_BYTES
  20, 255, 255, 36, 255, 255, 255, 255,
  // SCR_APP
  21, 36, 36, 36, 36, 255, 255, 255,
  // SCR
  22, 36, 36, 36, 36, 255, 255, 255,
  // SCR_TOKEN
  23, 255, 36, 255, 36, 255, 255, 255,
  // SCR_BYTES
  24, 255, 255, 36, 255, 255, 255, 255,
  // HAS_EXTENSION
  25, 35, 255, 255, 255, 255, 255, 255,
  // GENERAL
  26, 36, 35, 36, 36, 255, 255, 255,
  // GENERAL_TOKEN
  27, 255, 35, 255, 36, 255, 255, 255,
  // GENERAL_BLOCK
  28, 255, 255, 36, 255, 255, 255, 255,
  // HAS_PERFORMANCE
  29, 35, 255, 255, 255, 255, 255, 255,
  // PERFORMANCE
  30, 36, 35, 36, 36, 255, 255, 255,
  // PERFORMANCE_TOKEN
  31, 255, 35, 255, 36, 255, 255, 255,
  // PERFORMANCE_BLOCK
  32, 255, 255, 36, 255, 255, 255, 255,
  // HAS_CACHE
  33, 35, 255, 255, 255, 255, 255, 255,
  // CACHE_ON
  34, 36, 36, 36, 36, 255, 255, 255,
  // CACHE_ON_BLOCK
  35, 255, 36, 36, 36, 255, 255, 255,
  // STARTED
  38, 255, 255, 255, 255, 255, 255, 255,
  // RESTART
  1, 37, 255, 255, 255, 255, 255, 255,
  // START_FAILED
  0, 255, 255, 255, 255, 255, 255, 255,
  // READY
  39, 87, 255, 255, 255, 255, 255, 255,
  // PICK
  43, 55, 69, 80, 38, 40, 41, 42,
  // SETTLE
  39, 255, 255, 255, 89, 255, 255, 255,
  // STREAM_STOP
  39, 255, 255, 255, 255, 255, 255, 255,
  // CHECK
  39, 88, 89, 89, 89, 255, 255, 255,
  // READ
  44, 88, 54, 48, 89, 255, 255, 255,
  // READ_TOKEN
  45, 255, 48, 255, 48, 255, 255, 255,
  // READ_BLOCK
  46, 255, 255, 48, 255, 255, 255, 255,
  // READ_NEXT
  44, 47, 53, 43, 255, 255, 255, 255,
  // READ_STOP
  53, 88, 53, 89, 89, 255, 255, 255,
  // READ_AGAIN
  49, 51, 255, 255, 255, 255, 255, 255,
  // READ_ABORT
  50, 88, 50, 89, 89, 255, 255, 255,
  // READ_ABORTED
  51, 255, 255, 255, 89, 255, 255, 255,
  // READ_STATUS
  52, 88, 52, 52, 89, 255, 255, 255,
  // READ_JUDGE
  39, 54, 255, 255, 255, 255, 255, 255,
  // DONE
  39, 255, 255, 255, 255, 255, 255, 255,
  // FAILED
  39, 255, 255, 255, 255, 255, 255, 255,
  // WRITE_BEGIN
  59, 58, 56, 255, 255, 255, 255, 255,
  // COUNT_APP
  57, 88, 58, 58, 89, 255, 255, 255,
  // COUNT
  58, 88, 58, 58, 89, 255, 255, 255,
  // WRITE
  59, 88, 54, 63, 89, 255, 255, 255,
  // WRITE_READY
  60, 255, 255, 255, 89, 255, 255, 255,
  // WRITE_PREPARE
  61, 39, 255, 255, 255, 255, 255, 255,
  // WRITE_BLOCK
  62, 255, 63, 64, 63, 255, 255, 255,
  // WRITE_NEXT
  59, 39, 61, 255, 255, 255, 255, 255,
  // WRITE_AGAIN
  65, 66, 255, 255, 255, 255, 255, 255,
  // WRITE_CONFLICT
  65, 66, 255, 255, 255, 255, 255, 255,
  // WRITE_ABORT
  66, 88, 66, 89, 89, 255, 255, 255,
  // WRITE_ABORTED
  67, 255, 255, 255, 89, 255, 255, 255,
  // WRITE_STATUS
  68, 88, 54, 54, 89, 255, 255, 255,
  // WRITE_JUDGE
  39, 54, 255, 255, 255, 255, 255, 255,
  // FLUSH_STATUS
  70, 88, 54, 79, 89, 255, 255, 255,
  // FLUSH_HOW
  71, 53, 255, 255, 255, 255, 255, 255,
  // FLUSH
  72, 88, 79, 79, 89, 255, 255, 255,
  // FLUSH_BLOCK
  73, 255, 79, 79, 79, 255, 255, 255,
  // FLUSH_READY
  74, 255, 255, 255, 89, 255, 255, 255,
  // FLUSH_READ
  75, 88, 79, 79, 89, 255, 255, 255,
  // FLUSH_TOKEN
  76, 255, 79, 255, 89, 255, 255, 255,
  // FLUSH_ANSWER
  77, 255, 255, 79, 255, 255, 255, 255,
  // FLUSH_OVER
  53, 78, 255, 255, 255, 255, 255, 255,
  // FLUSH_PAUSE
  74, 255, 255, 255, 54, 255, 255, 255,
  // FLUSH_AGAIN
  39, 54, 255, 255, 255, 255, 255, 255,
  // ZERO_BEGIN
  81, 55, 255, 255, 255, 255, 255, 255,
  // ERASE_FIRST
  82, 88, 86, 86, 89, 255, 255, 255,
  // ERASE_LAST
  83, 88, 86, 86, 89, 255, 255, 255,
  // ERASE
  84, 88, 86, 86, 89, 255, 255, 255,
  // ERASED
  85, 255, 255, 255, 89, 255, 255, 255,
  // ERASE_STATUS
  53, 88, 54, 54, 89, 255, 255, 255,
  // ERASE_AGAIN
  39, 54, 255, 255, 255, 255, 255, 255,
  // PROBE
  39, 88, 89, 89, 89, 255, 255, 255,
  // POWER_LOST
  0, 255, 255, 255, 255, 255, 255, 255,
  // LOST
  0, 255, 255, 255, 255, 255, 255, 255,
]);

/** SPI_KIND_... of each state. */
// prettier-ignore
const KINDS: usize = memory.data<u8>([
  0, 7, 2, 1, 2, 1, 2, 2, 1, 2, 2, 8, 2, 2, 2, 4, 7, 2, 4, 7,
  2, 2, 4, 7, 1, 2, 4, 5, 1, 2, 4, 5, 1, 2, 6, 1, 1, 1, 0, 1,
  3, 7, 2, 2, 4, 5, 1, 2, 1, 2, 3, 2, 1, 1, 1, 1, 2, 2, 2, 3,
  1, 6, 1, 1, 1, 2, 3, 2, 1, 2, 1, 2, 6, 3, 2, 4, 5, 1, 8, 1,
  1, 2, 2, 2, 3, 2, 1, 2, 1, 1,
]);

/** The state after `event`, or TRANSITION_IMPOSSIBLE. */
export function cardTransition(state: u32, event: u32): u32 {
  assert(state < SPI_STATES && event < SPI_EVENTS);
  return <u32>load<u8>(TABLE + <usize>(state * SPI_EVENTS + event));
}

/** The state after `event`; stops the module in an impossible cell. */
export function nextCardState(state: u32, event: u32): u32 {
  const next = cardTransition(state, event);
  assert(next != TRANSITION_IMPOSSIBLE);
  return next;
}

/** How a state comes to its event: SPI_KIND_... */
export function cardStateKind(state: u32): u32 {
  assert(state < SPI_STATES);
  return <u32>load<u8>(KINDS + <usize>state);
}
