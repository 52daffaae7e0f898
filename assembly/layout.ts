/**
 * Every number that the module and the host both need, and the only place any of them is written.
 * Compiled by asc (for the microcontroller) and by tsc (for the host), so it holds nothing but
 * `export const NAME: u32 = literal`: no function, no enum, no division, no import.
 */

// ── Sizes and limits ────────────────────────────────────────────────────────────────────────────
/** Bytes of a sector, on the cards and in every request. */
export const SECTOR_BYTES: u32 = 512;
/** Cards of an array. */
export const MEMBERS: u32 = 2;
/** Regions in one bitmap sector: one bit each in the marked plane and in the written plane. */
export const REGIONS_PER_BITMAP_SECTOR: u32 = 1920;
/** Bitmap sectors of the largest array. */
export const BITMAP_SECTORS_MAX: u32 = 5;
/** Regions of the largest array: `BITMAP_SECTORS_MAX` x `REGIONS_PER_BITMAP_SECTOR`. */
export const REGIONS_MAX: u32 = 9600;
/** Regions are 2^shift sectors: 512 B (shift 0, for tests) to 16 MiB. */
export const REGION_SHIFT_MAX: u32 = 15;
/** Entries of the request pool. Entry 0 belongs to resync; callers get BUSY when the others are taken. */
export const REQUESTS: u32 = 16;
/** Sectors of one request. */
export const REQUEST_SECTORS_MAX: u32 = 128;
/** Card transfers under way at once: two for each request and two for each of the driver's engines. */
export const TRANSFERS: u32 = 40;
/** Sectors copied at a time by resync and by the write-back of reads. */
export const COPY_SECTORS: u32 = 8;
/** Regions looked at per call by the background scans together, so that the work of a call is bounded. */
export const SCAN_REGIONS: u32 = 256;

// ── Card commands: import card.submit ───────────────────────────────────────────────────────────
/** Fill the buffer from the card. */
export const CARD_READ: u32 = 0;
/** Write the buffer; complete when the card has taken it, be it into its cache. */
export const CARD_WRITE: u32 = 1;
/** Make durable at least what was complete when the flush was submitted; has no buffer and no sectors. */
export const CARD_FLUSH: u32 = 2;
/** Added to the command when `buffer` is an address in the module's own linear memory. */
export const CARD_OWN_BUFFER: u32 = 0x100;

// ── Requests: export submit ─────────────────────────────────────────────────────────────────────
/** Read data sectors. */
export const REQUEST_READ: u32 = 0;
/** Write data sectors; done when both cards have taken them. */
export const REQUEST_WRITE: u32 = 1;
/** Make every write that was done before durable on both cards. */
export const REQUEST_FLUSH: u32 = 2;

// ── Status: answers of exports, of complete(), syncDone() and upper.done() ──────────────────────
/** Success. */
export const STATUS_OK: u32 = 0;
/** Every entry of the request pool is taken; nothing was touched; submit again after a completion. */
export const STATUS_BUSY: u32 = 1;
/** Not allowed in the present state (not assembled, stopping, stopped, failed). */
export const STATUS_STATE: u32 = 2;
/** An argument is outside its limits. */
export const STATUS_RANGE: u32 = 3;
/** A sector could be read from no card. */
export const STATUS_READ_ERROR: u32 = 4;
/** A card failed a write or a flush; the driver stopped. */
export const STATUS_CARD_FAILED: u32 = 5;
/** A card carries no valid superblock at the given base sector. */
export const STATUS_NO_SUPERBLOCK: u32 = 6;
/** The two cards belong to different arrays. */
export const STATUS_FOREIGN: u32 = 7;
/** The two cards are of one array but in each other's place. */
export const STATUS_SWAPPED: u32 = 8;
/** The two cards have different histories: a person must choose. */
export const STATUS_LINEAGE: u32 = 9;
/** The geometry on the cards is impossible, differs between them, or exceeds the limits of this build. */
export const STATUS_GEOMETRY: u32 = 10;
/** A card is smaller than its superblock says, or not one region fits. */
export const STATUS_TOO_SMALL: u32 = 11;
/** The on-card format is of a version that this build does not know. */
export const STATUS_VERSION: u32 = 12;

// ── Clearing policies: assemble(policy, ...) ────────────────────────────────────────────────────
/** Clear behind a sync of the whole device that began later, and a flush of both cards. */
export const POLICY_SYNC_GATED: u32 = 0;
/** Clear at stop alone, behind the same gate. */
export const POLICY_NEVER: u32 = 1;
/** Unsafe: clear as soon as the writes have ended. The policies from here on exist in the rig build only. */
export const POLICY_IMMEDIATE: u32 = 2;
/** Unsafe: clear regions that were not written for a while. */
export const POLICY_COOLDOWN: u32 = 3;

// ── Options: configure(option, value), accepted before format and assemble ──────────────────────
/** First sector of the mirror on each card (partition offset), sectors; any u32. */
export const OPTION_BASE_SECTOR: u32 = 0;
/** Sectors of the smaller card, the base offset included; any u32. */
export const OPTION_CARD_SECTORS: u32 = 1;
/** Sectors between two metadata areas: one erase block or more, 1 to 2^20. Assembly looks for superblock 1 there. */
export const OPTION_METADATA_STRIDE: u32 = 2;
/** Shortest time between two sync epochs, ms; 0 to 3,600,000. */
export const OPTION_EPOCH_MS: u32 = 3;
/** Time after a flush until the card class has really kept the data, ms; 0 to 3,600,000. */
export const OPTION_SETTLE_MS: u32 = 4;
/** Identity of the array, four words; used by format, which must be given one that was never used before. */
export const OPTION_ARRAY_ID_0: u32 = 5;
export const OPTION_ARRAY_ID_1: u32 = 6;
export const OPTION_ARRAY_ID_2: u32 = 7;
export const OPTION_ARRAY_ID_3: u32 = 8;
/** Identity of each card (from its CID register), two words each; used by format. */
export const OPTION_CARD_A_ID_0: u32 = 9;
export const OPTION_CARD_A_ID_1: u32 = 10;
export const OPTION_CARD_B_ID_0: u32 = 11;
export const OPTION_CARD_B_ID_1: u32 = 12;
/** Rig build only: hold time of the cooldown policy, ms; 0 to 3,600,000. */
export const OPTION_COOLDOWN_MS: u32 = 13;
/** Rig build only: whether immediate and cooldown flush both cards before they clear (0 or 1). */
export const OPTION_FLUSH_BEFORE_CLEAR: u32 = 14;
/** Rig build only: the seeded bug that is switched on (BUG_...). */
export const OPTION_SEEDED_BUG: u32 = 15;
/** Number of options. */
export const OPTIONS: u32 = 16;

// ── Region states and events: the table is in bitmap/region-states.ts ───────────────────────────
/** Never written since format: reads as zeros. Not entered yet. */
export const REGION_UNWRITTEN: u32 = 0;
/** Both cards hold the same bytes; the only state whose bit is clear. */
export const REGION_CLEAN: u32 = 1;
/** A write is in flight. */
export const REGION_DIRTY: u32 = 2;
/** No write is in flight; that the cards are equal is unproven. */
export const REGION_MAYBE_DIRTY: u32 = 3;
/** MAYBE_DIRTY when the pass under way began, and not written since. */
export const REGION_CLEAN_CANDIDATE: u32 = 4;
/** Found marked at assembly: the cards may differ. */
export const REGION_NEEDS_SYNC: u32 = 5;
/** Is being copied from the source card. */
export const REGION_SYNCING: u32 = 6;
/** Number of states; what `regionState` answers for a region that does not exist. */
export const REGION_STATES: u32 = 7;
/** One byte a region: the state in the low bits, the in-flight count above it. */
export const REGION_STATE_MASK: u32 = 0x07;
export const REGION_IN_FLIGHT_ONE: u32 = 0x08;
export const REGION_IN_FLIGHT_SHIFT: u32 = 3;
export const REGION_IN_FLIGHT_MAX: u32 = 31;

/** A request (or a write of the driver's own) touches the region. */
export const EVENT_TOUCH: u32 = 0;
/** The last request that touched the region has finished. */
export const EVENT_WRITES_ENDED: u32 = 1;
/** A clearing pass collects candidates. */
export const EVENT_COLLECT: u32 = 2;
/** The pass came to nothing: the sync failed. */
export const EVENT_SYNC_FAILED: u32 = 3;
/** The pass went through the gate. */
export const EVENT_GATE_PASSED: u32 = 4;
/** Found marked at assembly. */
export const EVENT_FOUND_MARKED: u32 = 5;
/** Its copy begins. */
export const EVENT_RESYNC_STARTED: u32 = 6;
/** The copy is finished and flushed, requests to the region are unfinished. */
export const EVENT_RESYNC_ENDED_BUSY: u32 = 7;
/** The copy is finished and flushed, no request to the region is unfinished. */
export const EVENT_RESYNC_ENDED_IDLE: u32 = 8;
/** Number of events. */
export const REGION_EVENTS: u32 = 9;
/** Cell of the transition table that no run may reach. */
export const TRANSITION_IMPOSSIBLE: u32 = 0xff;

// ── On the card: superblock (little-endian, one sector) ─────────────────────────────────────────
/** "SGSB" */
export const SUPERBLOCK_MAGIC: u32 = 0x42534753;
/** Version of superblock and record. */
export const FORMAT_VERSION: u32 = 1;
/** Copies of the superblock on a card. */
export const SUPERBLOCK_COPIES: u32 = 2;
/** u32: `SUPERBLOCK_MAGIC`, the characters "SGSB" */
export const SUPERBLOCK_MAGIC_AT: u32 = 0;
/** u32: `FORMAT_VERSION` */
export const SUPERBLOCK_VERSION_AT: u32 = 4;
/** u32: index of the member that this card is, 0 or 1 */
export const SUPERBLOCK_MEMBER_AT: u32 = 8;
/** u32: sequence, 1 after format; the valid copy with the greater one counts (wrapping) */
export const SUPERBLOCK_SEQUENCE_AT: u32 = 12;
/** 16 bytes: identity of the array, the same on both cards */
export const SUPERBLOCK_ARRAY_ID_AT: u32 = 16;
/** 8 bytes: identity of this card */
export const SUPERBLOCK_CARD_ID_AT: u32 = 32;
/** 8 bytes: identity of the other card */
export const SUPERBLOCK_PARTNER_ID_AT: u32 = 40;
/** 8 bytes: lineage token; CRC32C of the array id, then (CRC32C of its first half XOR 0x53474c31) + nonce x 0x9e3779b1 */
export const SUPERBLOCK_LINEAGE_AT: u32 = 48;
/** 8 bytes: lineage token of the parent; 0 after format */
export const SUPERBLOCK_PARENT_AT: u32 = 56;
/** u32: flags of later versions (alone, rebuilding); written as 0 and ignored */
export const SUPERBLOCK_FLAGS_AT: u32 = 64;
/** u32: regions are of 2^shift sectors */
export const SUPERBLOCK_REGION_SHIFT_AT: u32 = 68;
/** u32: number of regions */
export const SUPERBLOCK_REGIONS_AT: u32 = 72;
/** u32: sectors between two areas */
export const SUPERBLOCK_STRIDE_AT: u32 = 76;
/** u32: first sector of the mirror on the card */
export const SUPERBLOCK_BASE_AT: u32 = 80;
/** u32: CRC32C of the bytes before it */
export const SUPERBLOCK_CRC_AT: u32 = 508;

// ── On the card: bitmap record (little-endian, one sector) ──────────────────────────────────────
/** "SGBM" */
export const BITMAP_MAGIC: u32 = 0x4d424753;
/** Slots of a bitmap sector on a card. */
export const BITMAP_SLOTS: u32 = 2;
/** u32: `BITMAP_MAGIC`, the characters "SGBM" */
export const BITMAP_MAGIC_AT: u32 = 0;
/** u32: `FORMAT_VERSION` */
export const BITMAP_VERSION_AT: u32 = 4;
/** u32: number of the bitmap sector */
export const BITMAP_INDEX_AT: u32 = 8;
/** u32: sequence of the record; it lies in slot sequence mod 2 */
export const BITMAP_SEQUENCE_AT: u32 = 12;
/** 8 bytes: lineage token of the array, or of its parent */
export const BITMAP_LINEAGE_AT: u32 = 16;
/** 4 bytes: 0 */
export const BITMAP_RESERVED_AT: u32 = 24;
/** 240 bytes: marked plane; bit r set means that region r may differ between the cards */
export const BITMAP_MARKED_AT: u32 = 28;
/** 240 bytes: written plane; bit r set means that region r was written since format */
export const BITMAP_WRITTEN_AT: u32 = 268;
/** Bytes of a plane: 1920 bits. */
export const BITMAP_PLANE_BYTES: u32 = 240;
/** u32: CRC32C of the bytes before it */
export const BITMAP_CRC_AT: u32 = 508;

// ── On the card: the areas, in strides from the base sector ─────────────────────────────────────
// superblock 0 │ superblock 1 │ bitmap slot 0 │ bitmap slot 1 │ data ...
/** Superblock, copy 0. */
export const AREA_SUPERBLOCK_0: u32 = 0;
/** Superblock, copy 1. */
export const AREA_SUPERBLOCK_1: u32 = 1;
/** Slot 0 of every bitmap sector, one after the other. */
export const AREA_BITMAP_SLOT_0: u32 = 2;
/** Slot 1 of every bitmap sector. */
export const AREA_BITMAP_SLOT_1: u32 = 3;
/** Data, region after region. */
export const AREA_DATA: u32 = 4;

// ── Geometry: export geometry(key), valid once assembled ────────────────────────────────────────
/** Regions are of 2^shift sectors. */
export const GEOMETRY_REGION_SHIFT: u32 = 0;
/** Number of regions. */
export const GEOMETRY_REGIONS: u32 = 1;
/** Card sector of the first data sector. */
export const GEOMETRY_DATA_START: u32 = 2;
/** Number of data sectors. */
export const GEOMETRY_DATA_SECTORS: u32 = 3;
/** Number of bitmap sectors. */
export const GEOMETRY_BITMAP_SECTORS: u32 = 4;
/** Number of keys. */
export const GEOMETRY_KEYS: u32 = 5;

// ── Counters: export counter(key), since assemble ───────────────────────────────────────────────
/** Bitmap records written, each card counted. */
export const COUNTER_RECORD_WRITES: u32 = 0;
/** Regions that went to CLEAN through the gate. */
export const COUNTER_REGIONS_CLEARED: u32 = 1;
/** Regions whose copy is finished and flushed. */
export const COUNTER_REGIONS_RESYNCED: u32 = 2;
/** Sectors copied by resync. */
export const COUNTER_SECTORS_RESYNCED: u32 = 3;
/** Reads written back to the other card before they were answered. */
export const COUNTER_READS_WRITTEN_BACK: u32 = 4;
/** Sectors that no card could give. */
export const COUNTER_SECTORS_LOST: u32 = 5;
/** Syncs asked of the layer above. */
export const COUNTER_EPOCHS_OPENED: u32 = 6;
/** Syncs that the layer above reported as failed. */
export const COUNTER_EPOCHS_FAILED: u32 = 7;
/** Regions now in DIRTY, MAYBE_DIRTY or CLEAN_CANDIDATE (a gauge, not a total). */
export const COUNTER_REGIONS_UNPROVEN: u32 = 8;
/** Regions now in NEEDS_SYNC or SYNCING (a gauge, not a total). */
export const COUNTER_REGIONS_TO_SYNC: u32 = 9;
/** Completions and sync answers that matched nothing under way. */
export const COUNTER_STALE_ANSWERS: u32 = 10;
/** Largest number of card.submit calls made by one export call. */
export const COUNTER_SUBMITS_PER_CALL_MAX: u32 = 11;
/** Requests whose data write had to wait for a mark. */
export const COUNTER_MARK_WAITS: u32 = 12;
/** Number of counters. */
export const COUNTERS: u32 = 13;

// ── Seeded bugs: switches of the rig build, absent from production ──────────────────────────────
export const BUG_NONE: u32 = 0;
export const BUG_NO_FLUSH_BEFORE_CLEAR: u32 = 1;
export const BUG_FLUSH_IN_FLIGHT_COUNTS: u32 = 2;
export const BUG_DIRTY_BECOMES_CANDIDATE: u32 = 3;
export const BUG_TOUCH_AT_DISPATCH: u32 = 4;
export const BUG_WRITE_KEEPS_CANDIDATE: u32 = 5;
export const BUG_REMARK_TRUSTS_CLEAR_IN_FLIGHT: u32 = 6;
export const BUG_OVERLAPPING_WRITES: u32 = 7;
export const BUG_COPY_RACES_WRITE: u32 = 8;
export const BUG_WRITE_ENDS_NEEDS_SYNC: u32 = 9;
export const BUG_JOINED_SYNC: u32 = 10;
export const BUG_LATE_EPOCH: u32 = 11;
export const BUG_FAILED_SYNC_IGNORED: u32 = 12;
export const BUG_SETTLE_IGNORED_FOR_DATA: u32 = 13;
export const BUG_SETTLE_IGNORED_FOR_MARKS: u32 = 14;
export const BUG_SPAN_MARKS_FIRST_REGION: u32 = 15;
export const BUG_REGION_EDGE_OFF_BY_ONE: u32 = 16;
export const BUG_MARK_AFTER_DATA: u32 = 17;
export const BUG_ONE_CARD_BELIEVED_ALONE: u32 = 18;
export const BUG_ANSWER_BEFORE_WRITE_BACK: u32 = 19;
export const BUG_ANSWER_BEFORE_FLUSH: u32 = 20;
export const BUG_RESYNC_WRONG_WAY: u32 = 21;
export const BUG_SOURCE_CHANGES: u32 = 22;
export const BUG_NO_FLUSH_AT_ASSEMBLY: u32 = 23;
export const BUG_NO_FLUSH_AFTER_COPY: u32 = 24;
export const BUG_STALE_SYNC_ANSWER: u32 = 25;
export const BUG_RECORD_FROM_LIVE_BITS: u32 = 26;
export const BUG_OLDEST_RECORD_BELIEVED: u32 = 27;
export const BUG_EARLY_ACKNOWLEDGE: u32 = 28;
export const BUG_FLUSH_ONE_CARD_ONLY: u32 = 29;
export const BUG_MARK_EVERYTHING: u32 = 30;
/** a record goes first to the card whose slot is valid */
export const BUG_WRONG_FIRST_CARD: u32 = 31;
export const BUGS: u32 = 32;
