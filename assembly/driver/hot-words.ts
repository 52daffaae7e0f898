/**
 * The words that nearly every call looks at, side by side and first of all in memory: an address below 128 is one byte
 * less in the module, and the smallest cores reach the first 124 bytes of a table with no constant to load (measured: about
 * 150 of 2,280 cycles of a write). Each belongs to the file that takes its place here.
 */
const WORDS: usize = memory.data(120, 8);

/** What goes on beside requests: 16 bytes of under-way.ts. Bytes are reached as far as the 31st only. */
export const UNDER_WAY_WORDS: usize = WORDS;
/** What the driver as a whole is doing: four words of mode.ts. */
export const MODE_WORDS: usize = WORDS + 16;
/** Four words of requests.ts. */
export const REQUEST_WORDS: usize = WORDS + 32;
/** Five words of transfers.ts. */
export const TRANSFER_WORDS: usize = WORDS + 48;
/** One word of regions.ts. */
export const DURABLE_MARKS_WORD: usize = WORDS + 68;
/** Two words of work-meter.ts. */
export const METER_WORDS: usize = WORDS + 72;
/** Two words of unproven-range.ts. */
export const UNPROVEN_WORDS: usize = WORDS + 80;
/** Four words of geometry.ts. */
export const GEOMETRY_WORDS: usize = WORDS + 88;
/** Three words of members.ts. */
export const MEMBER_WORDS: usize = WORDS + 104;
export const HOT_WORDS_END: usize = WORDS + 120;
