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
export const BITMAP_SECTORS_MAX: u32 = 16;
/** Regions of the largest array: `BITMAP_SECTORS_MAX` x `REGIONS_PER_BITMAP_SECTOR`. */
export const REGIONS_MAX: u32 = 30720;
/** Regions are 2^shift sectors: 512 B (shift 0, for tests) to 16 MiB. */
export const REGION_SHIFT_MAX: u32 = 15;
/** Entries of the request pool, the driver's own included; callers get BUSY when theirs are taken. */
export const REQUESTS: u32 = 16;
/** Entries of the request pool that belong to the driver: resync, repair, scrub. The first ones. */
export const REQUESTS_OWN: u32 = 3;
/** Sectors of one request. */
export const REQUEST_SECTORS_MAX: u32 = 128;
/** Card transfers under way at once: two for each request and two for each of the driver's engines. */
export const TRANSFERS: u32 = 40;
/** Sectors copied at a time by resync, rebuild and the write-back of reads: the size of the driver's buffer. */
export const COPY_SECTORS: u32 = 4;
/** Steps of all scans and sweeps of regions together in one call. A step is a region in a state that marks it, or eight that are in none. */
export const SCAN_STEPS: u32 = 32;
/** Calls of card.submit that one export call makes at most; SPEC.md section 1 says why. */
export const SUBMITS_PER_CALL_MAX: u32 = 32;
/** Bytes of sectors and planes that one export call goes through in linear memory at most; SPEC.md section 1 says why. */
export const BYTES_PER_CALL_MAX: u32 = 7096;

// ── Card commands: import card.submit ───────────────────────────────────────────────────────────
/** Fill the buffer from the card. */
export const CARD_READ: u32 = 0;
/** Write the buffer; complete when the card has taken it, be it into its cache. */
export const CARD_WRITE: u32 = 1;
/** Make durable at least what was complete when the flush was submitted; has no buffer and no sectors. */
export const CARD_FLUSH: u32 = 2;
/** Write zeros; has no buffer, and never more than `REQUEST_SECTORS_MAX` sectors. An erase may serve that leaves zeros. */
export const CARD_ZERO: u32 = 3;
/** Added to the command when `buffer` is an address in the module's own linear memory. */
export const CARD_OWN_BUFFER: u32 = 0x100;

// ── Requests: export submit ─────────────────────────────────────────────────────────────────────
/** Read data sectors. */
export const REQUEST_READ: u32 = 0;
/** Write data sectors; done when both cards have taken them. */
export const REQUEST_WRITE: u32 = 1;
/** Make every write that was done before durable on both cards. */
export const REQUEST_FLUSH: u32 = 2;
/** Write data sectors; done when they are durable on both cards (force unit access). */
export const REQUEST_WRITE_FUA: u32 = 3;
/** Give data sectors back: every region that lies in them as a whole becomes UNWRITTEN, durably; the rest is left. */
export const REQUEST_DISCARD: u32 = 4;
/** Number of operations. */
export const REQUEST_OPERATIONS: u32 = 5;

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
/** The card failed a command (an answer of a card), or no card is left that could serve (an answer of the driver). */
export const STATUS_CARD_FAILED: u32 = 5;
/** A card carries no valid superblock at the given base sector. */
export const STATUS_NO_SUPERBLOCK: u32 = 6;
/** The two cards belong to different arrays. */
export const STATUS_FOREIGN: u32 = 7;
/** The two cards claim to be the same member of one array: one is a copy of the other, or both were replaced apart. */
export const STATUS_SAME_MEMBER: u32 = 8;
/** The two cards have different histories: a person must choose (OPTION_CHOOSE). */
export const STATUS_LINEAGE: u32 = 9;
/** The geometry on the cards is impossible, differs between them, or exceeds the limits of this build. */
export const STATUS_GEOMETRY: u32 = 10;
/** A card is smaller than its superblock says, or not one region fits. */
export const STATUS_TOO_SMALL: u32 = 11;
/** The on-card format is of a version that this build does not know. */
export const STATUS_VERSION: u32 = 12;
/** Both cards ran alone since they last ran together: a person must choose (OPTION_CHOOSE). */
export const STATUS_SPLIT: u32 = 13;
/** One card only, and it never ran alone: the other may know more. A person decides, or OPTION_START_DEGRADED. */
export const STATUS_ONE_CARD: u32 = 14;
/** The only usable card is half rebuilt; its contents are worth nothing without the card it was copied from. */
export const STATUS_HALF_REBUILT: u32 = 15;
/** A rebuild met sectors that the only complete card cannot read; the array goes on alone until they are written. */
export const STATUS_SOURCE_UNREADABLE: u32 = 16;
/** The command was superseded: the member was lost, or the array stopped, before it came to its end. */
export const STATUS_ABORTED: u32 = 17;

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
/** Longest time that a card may take for one command before it counts as lost, ms; 0 to 3,600,000, 0 for no limit. */
export const OPTION_DEADLINE_MS: u32 = 16;
/** Whether one card that never ran alone may be assembled without its partner (0 or 1): for firmware without a person. */
export const OPTION_START_DEGRADED: u32 = 17;
/** A person's choice between two histories: 0 none, 1 the card in slot 0, 2 the card in slot 1 is right; assemble uses it once. */
export const OPTION_CHOOSE: u32 = 18;
/** What each completion of a write says of the bytes that the card accepted (FINGERPRINT_...). */
export const OPTION_FINGERPRINT: u32 = 19;
/** Read errors of a card after which it is dropped; 0 for never. */
export const OPTION_READ_ERRORS_MAX: u32 = 20;
/** How format begins (FORMAT_...). */
export const OPTION_FORMAT: u32 = 21;
/** Scheme of the bitmap records (BITMAP_...), written into the superblock by format. */
export const OPTION_BITMAP_SCHEME: u32 = 22;
/** Regions marked ahead of a sequential stream in one record, 0 to 64. */
export const OPTION_MARK_AHEAD: u32 = 23;
/** Soft cap on the marks on the cards: above it marks that are no longer needed leave, and epochs are asked for; 0 for none. */
export const OPTION_MARKED_MAX: u32 = 24;
/** Time without writes after which marks that are no longer needed are cleared by a record of their own, ms. */
export const OPTION_QUIET_MS: u32 = 25;
/** Resync and rebuild beside callers' requests: sectors that may be copied per second at least; 0 for no throttle. */
export const OPTION_RESYNC_MIN_RATE: u32 = 26;
/** Share of the idle time that resync and rebuild may use, percent, 1 to 100; 0 means 100. */
export const OPTION_RESYNC_SHARE: u32 = 27;
/** Number of options. */
export const OPTIONS: u32 = 28;

// ── Values of options ───────────────────────────────────────────────────────────────────────────
/** Completions carry no fingerprint. */
export const FINGERPRINT_NONE: u32 = 0;
/** The CRC16 of every block that the SD protocol computes anyway, combined in order: equal by chance once in 2^16. */
export const FINGERPRINT_CRC16: u32 = 1;
/** CRC32C over all bytes of the transfer: equal by chance once in 2^32. */
export const FINGERPRINT_CRC32C: u32 = 2;
/** Every region UNWRITTEN: instant at any size. */
export const FORMAT_EMPTY: u32 = 0;
/** What is on the cards is kept and every region counts as written and marked: the first assembly copies card 0. */
export const FORMAT_KEEP: u32 = 1;
/** Record n goes to one card, is flushed, then to the other: survives torn and destroyed bitmap sectors. */
export const BITMAP_SERIAL: u32 = 0;
/** Record n goes to one card, in turn: for classes of cards whose flushed sectors are neither torn nor destroyed. */
export const BITMAP_SINGLE: u32 = 1;

// ── Region states and events: the table is in bitmap/region-states.ts ───────────────────────────
/** Never written since format or discard: reads as zeros. */
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
/** Four bits a region: the state in the low three. */
export const REGION_STATE_MASK: u32 = 0x07;
/** The fourth bit. Of a CLEAN region: its mark stays wanted. Of a marked one: its mark is not kept once it is CLEAN. */
export const REGION_KEPT: u32 = 0x08;

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
/** Its first write: the whole region was zeroed and flushed on every card. */
export const EVENT_ZEROED: u32 = 9;
/** A discard of the whole region is durable. */
export const EVENT_DISCARDED: u32 = 10;
/** A member was lost: nothing can be copied or proven until it is back. */
export const EVENT_MEMBER_LOST: u32 = 11;
/** A member came back or was replaced, and must get what this region's mark says it missed. */
export const EVENT_REBUILD_MARKED: u32 = 12;
/** A member knows nothing of this array: it must get everything that was ever written. */
export const EVENT_REBUILD_ALL: u32 = 13;
/** Number of events. */
export const REGION_EVENTS: u32 = 14;
/** Cell of the transition table that no run may reach. */
export const TRANSITION_IMPOSSIBLE: u32 = 0xff;

// ── Members: memberState(member), memberCommand(command, member, tag); the table is in driver/member-states.ts ──
/** No card, one that is not of this array, or one that was failed or removed by command. */
export const MEMBER_MISSING: u32 = 0;
/** Holds everything; serves reads and writes. */
export const MEMBER_IN_SYNC: u32 = 1;
/** Failed, fell silent, or lost its cache: it is not used until it is added again. */
export const MEMBER_FAULTY: u32 = 2;
/** Gets all writes, and copies of what it missed; serves no reads. */
export const MEMBER_REBUILDING: u32 = 3;
/** Number of states; what `memberState` answers for a member that does not exist. */
export const MEMBER_STATES: u32 = 4;
/** Assembly found it in sync. */
export const MEMBER_EVENT_FOUND: u32 = 0;
/** It is recorded as the target of a rebuild. */
export const MEMBER_EVENT_ADOPTED: u32 = 1;
/** Its rebuild is complete and recorded. */
export const MEMBER_EVENT_REBUILT: u32 = 2;
/** It failed a command, missed a deadline, read too often with errors, or lost its cache. */
export const MEMBER_EVENT_FAILED: u32 = 3;
/** It was taken out by command. */
export const MEMBER_EVENT_REMOVED: u32 = 4;
/** Number of events. */
export const MEMBER_EVENTS: u32 = 5;
/** Drop this member at once, without a flush: it is MISSING; done when the loss is recorded on the survivor. */
export const MEMBER_FAIL: u32 = 0;
/** Flush both, then take this member out; done when that is recorded. */
export const MEMBER_REMOVE: u32 = 1;
/** A card of this array is back in this slot: copy to it what it missed. Done when its rebuild has ended. */
export const MEMBER_ADD: u32 = 2;
/** Whatever card is in this slot becomes the member, and gets everything. Done when its rebuild has ended. */
export const MEMBER_REPLACE: u32 = 3;
/** The card in this slot has initialised itself anew and lost its cache: it is dropped. Done when that is recorded. */
export const MEMBER_REINITIALISED: u32 = 4;
/** Number of member commands. */
export const MEMBER_COMMANDS: u32 = 5;

// ── Scrub: export scrub(mode, firstRegion, tag) ─────────────────────────────────────────────────
/** End the scrub under way. */
export const SCRUB_STOP: u32 = 0;
/** Compare both cards in CLEAN regions; count and list what differs. */
export const SCRUB_COMPARE: u32 = 1;
/** The same, and repair. */
export const SCRUB_REPAIR: u32 = 2;
/** One copy could not be read: the other one wins. */
export const SCRUB_REASON_UNREADABLE: u32 = 0;
/** Both were read and differ; the card with fewer read errors wins. */
export const SCRUB_REASON_FEWER_ERRORS: u32 = 1;
/** Nothing tells which is right; the source wins by convention. */
export const SCRUB_REASON_SOURCE: u32 = 2;
/** Neither could be read. */
export const SCRUB_REASON_LOST: u32 = 3;

// ── Event ring: export eventRing() ──────────────────────────────────────────────────────────────
/** Entries of the ring. */
export const RING_ENTRIES: u32 = 32;
/** Bytes of an entry: time (ms), kind, subject, detail; a word each. 16 bytes stand before the first: entries ever written, a word. */
export const RING_ENTRY_BYTES: u32 = 16;
/**
 * A region changed state: subject the region, detail old state | new state << 8 | EVENT_... << 16. Not between DIRTY and
 * MAYBE_DIRTY, as each write would fill two entries; in the rig build these too.
 */
export const RING_REGION: u32 = 0;
/** A member changed state: subject the member, detail old state | new state << 8 | MEMBER_EVENT_... << 16. */
export const RING_MEMBER: u32 = 1;
/** A member was lost: subject the member, detail its cause (CAUSE_...). */
export const RING_LOSS: u32 = 2;
/** A sync epoch: subject the epoch, detail 0 asked, 1 answered well, 2 failed. */
export const RING_EPOCH: u32 = 3;
/** Two cards accepted different bytes of one write: subject the first data sector, detail the count. */
export const RING_FINGERPRINT: u32 = 4;
/** A scrub or a read repaired a sector: subject the data sector, detail winning member | SCRUB_REASON_... << 8. */
export const RING_REPAIR: u32 = 5;
/** A scrub found a difference and did not repair: subject the data sector, detail as for RING_REPAIR. */
export const RING_MISMATCH: u32 = 6;
/** No card could give a sector: subject the data sector. */
export const RING_LOST: u32 = 7;
/** Number of kinds. */
export const RING_KINDS: u32 = 8;
/** A write or a flush failed. */
export const CAUSE_COMMAND_FAILED: u32 = 0;
/** A command was not answered in time. */
export const CAUSE_DEADLINE: u32 = 1;
/** Too many read errors. */
export const CAUSE_READ_ERRORS: u32 = 2;
/** The card initialised itself anew. */
export const CAUSE_REINITIALISED: u32 = 3;
/** Member command. */
export const CAUSE_COMMAND: u32 = 4;
/** What it accepted differed even when written from the driver's own buffer. */
export const CAUSE_FINGERPRINT: u32 = 5;
/** The source of its rebuild cannot read a sector. */
export const CAUSE_SOURCE_UNREADABLE: u32 = 6;

// ── On the card: superblock (little-endian, one sector) ─────────────────────────────────────────
/** "SGSB" */
export const SUPERBLOCK_MAGIC: u32 = 0x42534753;
/** Version of superblock and record. */
export const FORMAT_VERSION: u32 = 2;
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
/** u32: `SUPERBLOCK_ALONE` | `SUPERBLOCK_REBUILDING` */
export const SUPERBLOCK_FLAGS_AT: u32 = 64;
/** u32: regions are of 2^shift sectors */
export const SUPERBLOCK_REGION_SHIFT_AT: u32 = 68;
/** u32: number of regions */
export const SUPERBLOCK_REGIONS_AT: u32 = 72;
/** u32: sectors between two areas */
export const SUPERBLOCK_STRIDE_AT: u32 = 76;
/** u32: first sector of the mirror on the card */
export const SUPERBLOCK_BASE_AT: u32 = 80;
/** u32: `BITMAP_SERIAL` or `BITMAP_SINGLE` */
export const SUPERBLOCK_SCHEME_AT: u32 = 84;
/** 8 bytes: lineage token at format, which every bitmap record carries */
export const SUPERBLOCK_FOUNDING_AT: u32 = 88;
/** 8 bytes: identity of the card that this card's marks speak of while it is alone: unmarked regions are equal there */
export const SUPERBLOCK_MARKS_FOR_AT: u32 = 96;
/** Bytes that mean something; zeros follow up to the checksum. */
export const SUPERBLOCK_USED_BYTES: u32 = 104;
/** u32: CRC32C of the bytes before it */
export const SUPERBLOCK_CRC_AT: u32 = 508;
/** Flag: this card went on without its partner. */
export const SUPERBLOCK_ALONE: u32 = 1;
/** Flag: this card is being copied to and is worth nothing alone. */
export const SUPERBLOCK_REBUILDING: u32 = 2;

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
/** 8 bytes: founding lineage token of the array */
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
/** Bytes of linear memory that the array in use needs: static data and the tables of its regions. */
export const GEOMETRY_STATE_BYTES: u32 = 5;
/** Number of keys. */
export const GEOMETRY_KEYS: u32 = 6;

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
/** Largest number of bytes that one export call has read or written in linear memory for data and metadata sectors. */
export const COUNTER_BYTES_PER_CALL_MAX: u32 = 13;
/** Read errors of the card in slot 0 and, the next one, in slot 1. */
export const COUNTER_READ_ERRORS_0: u32 = 14;
export const COUNTER_READ_ERRORS_1: u32 = 15;
/** Sectors repaired in place, by reads and by scrub. */
export const COUNTER_SECTORS_REPAIRED: u32 = 16;
/** Writes whose two cards accepted different bytes, and which were rewritten. */
export const COUNTER_FINGERPRINT_MISMATCHES: u32 = 17;
/** Sectors that scrub compared. */
export const COUNTER_SECTORS_SCRUBBED: u32 = 18;
/** Sectors in which scrub found the two cards to differ. */
export const COUNTER_SCRUB_MISMATCHES: u32 = 19;
/** Regions marked on the cards now (a gauge, not a total). */
export const COUNTER_REGIONS_MARKED: u32 = 20;
/** Members lost. */
export const COUNTER_MEMBERS_LOST: u32 = 21;
/** Regions zeroed for their first write. */
export const COUNTER_REGIONS_ZEROED: u32 = 22;
/** Bitmap records written only to clear. */
export const COUNTER_CLEAR_RECORDS: u32 = 23;
/** Region that the scrub under way, or the last one, has come to (a gauge): the next one can go on from there. */
export const COUNTER_SCRUB_REGION: u32 = 24;
/** 1 while a loss is being recorded, or a rebuild prepared or under way, else 0 (a gauge): MEMBER_ADD is BUSY so long. */
export const COUNTER_MEMBER_CHANGES: u32 = 25;
/** Number of counters. */
export const COUNTERS: u32 = 26;

// ── Transfer fingerprint ────────────────────────────────────────────────────────────────────────
/**
 * A fingerprint after one more block is `fingerprint * this + crc + 1`. Odd, so that multiplying loses nothing: transfers
 * that differ in one block always differ if the block's checksums do. (The prime of FNV-1.)
 */
export const BLOCK_ORDER_FACTOR: u32 = 0x01000193;

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
/** a card that initialised itself anew is not dropped */
export const BUG_REINITIALISATION_UNNOTICED: u32 = 32;
export const BUG_ANSWER_BEFORE_LOSS_RECORDED: u32 = 33;
export const BUG_SOLO_BOOT_UNRECORDED: u32 = 34;
/** the target takes the lineage before its bitmap is written and before the source clears alone */
export const BUG_REBUILD_ENDS_WRONG_ORDER: u32 = 35;
/** the greater superblock sequence wins, whatever the lineages say */
export const BUG_EVENT_COUNT_DECIDES: u32 = 36;
/** above the soft cap a write waits until marks have left */
export const BUG_HARD_CAP: u32 = 37;
export const BUG_NO_WRITE_AT_RECOVERY: u32 = 38;
export const BUG_SLOTS_FORMATTED_EQUAL: u32 = 39;
/** the loss is recorded in one copy of the superblock only */
export const BUG_LOSS_RECORDED_ONCE: u32 = 40;
export const BUG_CLEAR_WHILE_ALONE: u32 = 41;
/** the first write zeroes nothing */
export const BUG_FIRST_WRITE_UNZEROED: u32 = 42;
/** the zeros of a first write are not flushed before the region counts as written */
export const BUG_ZEROS_UNFLUSHED: u32 = 43;
/** reads see the zeros of a discard before it is durable */
export const BUG_DISCARD_BEFORE_DURABLE: u32 = 44;
export const BUG_REWRITE_FROM_CALLERS_BUFFER: u32 = 45;
export const BUG_FINGERPRINT_IGNORED: u32 = 46;
/** a CLEAN region is repaired without its mark */
export const BUG_REPAIR_WITHOUT_MARK: u32 = 47;
/** a rebuild copies what the survivor marks, not what the returning card marks */
export const BUG_RETURNING_MARKS_IGNORED: u32 = 48;
/** a replacement gets only what is marked */
export const BUG_REPLACEMENT_COPIED_IN_PART: u32 = 49;
export const BUG_DEADLINE_IGNORED: u32 = 50;
export const BUG_READ_FROM_REBUILDING: u32 = 51;
/** the survivor is not flushed before the loss is recorded */
export const BUG_SURVIVOR_UNFLUSHED: u32 = 52;
export const BUG_FUA_UNFLUSHED: u32 = 53;
/** a half rebuilt card is believed alone */
export const BUG_HALF_REBUILT_BELIEVED: u32 = 54;
/** recovery writes record N+1 to a card that lacks record N */
export const BUG_LACKING_RECORD_NOT_WRITTEN: u32 = 55;
export const BUGS: u32 = 56;

// ── SPI module: the states of a card (assembly/sdcard), export cardTransition(state, event) ─────
/** Not initialised, lost, or given up. */
export const SPI_STATE_OFF: u32 = 0;
/** 80 clocks with chip select high. */
export const SPI_STATE_CLOCKS: u32 = 1;
/** CMD0. */
export const SPI_STATE_GO_IDLE: u32 = 2;
/** No idle bit in answer to CMD0: again, or no card. */
export const SPI_STATE_GO_IDLE_AGAIN: u32 = 3;
/** CMD8: version 2 cards send it back, older ones call it illegal. */
export const SPI_STATE_VERSION: u32 = 4;
/** Whether CMD8 came back as it was sent: voltage and check pattern. */
export const SPI_STATE_ECHO: u32 = 5;
/** CMD59. */
export const SPI_STATE_CRC_ON: u32 = 6;
/** CMD58 while idle: the voltage window. */
export const SPI_STATE_VOLTAGE: u32 = 7;
/** Whether the card takes 3.2 to 3.4 V. */
export const SPI_STATE_VOLTAGE_FITS: u32 = 8;
/** CMD55 before ACMD41; an MMC refuses it. */
export const SPI_STATE_OPERATE_APP: u32 = 9;
/** ACMD41 until the idle bit is gone. */
export const SPI_STATE_OPERATE: u32 = 10;
/** Until the next tick; the card initialises itself for a second at most. */
export const SPI_STATE_OPERATE_PAUSE: u32 = 11;
/** CMD58: byte or block addresses. */
export const SPI_STATE_CAPACITY: u32 = 12;
/** CMD16: blocks of 512 bytes. */
export const SPI_STATE_LENGTH: u32 = 13;
/** CMD9. */
export const SPI_STATE_CSD: u32 = 14;
/** Its start token. */
export const SPI_STATE_CSD_TOKEN: u32 = 15;
/** 16 bytes and their CRC16. */
export const SPI_STATE_CSD_BYTES: u32 = 16;
/** CMD10. */
export const SPI_STATE_CID: u32 = 17;
/** Its start token. */
export const SPI_STATE_CID_TOKEN: u32 = 18;
/** 16 bytes and their CRC16. */
export const SPI_STATE_CID_BYTES: u32 = 19;
/** CMD55 before ACMD51. */
export const SPI_STATE_SCR_APP: u32 = 20;
/** ACMD51. */
export const SPI_STATE_SCR: u32 = 21;
/** Its start token. */
export const SPI_STATE_SCR_TOKEN: u32 = 22;
/** 8 bytes and their CRC16. */
export const SPI_STATE_SCR_BYTES: u32 = 23;
/** Whether the card knows CMD48 and CMD49. */
export const SPI_STATE_HAS_EXTENSION: u32 = 24;
/** CMD48: the page of general information. */
export const SPI_STATE_GENERAL: u32 = 25;
/** Its start token. */
export const SPI_STATE_GENERAL_TOKEN: u32 = 26;
/** 512 bytes and their CRC16. */
export const SPI_STATE_GENERAL_BLOCK: u32 = 27;
/** Whether one of the extensions is performance enhancement. */
export const SPI_STATE_HAS_PERFORMANCE: u32 = 28;
/** CMD48: the page of performance enhancement. */
export const SPI_STATE_PERFORMANCE: u32 = 29;
/** Its start token. */
export const SPI_STATE_PERFORMANCE_TOKEN: u32 = 30;
/** 512 bytes and their CRC16. */
export const SPI_STATE_PERFORMANCE_BLOCK: u32 = 31;
/** Whether it has a cache. */
export const SPI_STATE_HAS_CACHE: u32 = 32;
/** CMD49: the cache is switched on. */
export const SPI_STATE_CACHE_ON: u32 = 33;
/** 512 bytes and their CRC16. */
export const SPI_STATE_CACHE_ON_BLOCK: u32 = 34;
/** The initialisation ends well. */
export const SPI_STATE_STARTED: u32 = 35;
/** A step of the initialisation failed: from the beginning, or no more. */
export const SPI_STATE_RESTART: u32 = 36;
/** The initialisation ends badly. */
export const SPI_STATE_START_FAILED: u32 = 37;
/** Nothing to do. */
export const SPI_STATE_READY: u32 = 38;
/** The next command: read, write, flush, zero, none; or first busy, an open stream, or the status of what was written. */
export const SPI_STATE_PICK: u32 = 39;
/** Busy goes on. */
export const SPI_STATE_SETTLE: u32 = 40;
/** The stop token of CMD25. */
export const SPI_STATE_STREAM_STOP: u32 = 41;
/** CMD13 before the first command that is no write: what was accepted must have been programmed. */
export const SPI_STATE_CHECK: u32 = 42;
/** CMD17 or CMD18. */
export const SPI_STATE_READ: u32 = 43;
/** Its start token. */
export const SPI_STATE_READ_TOKEN: u32 = 44;
/** 512 bytes and their CRC16. */
export const SPI_STATE_READ_BLOCK: u32 = 45;
/** More blocks, the end of several, the end of the command, the next one by itself. */
export const SPI_STATE_READ_NEXT: u32 = 46;
/** CMD12. */
export const SPI_STATE_READ_STOP: u32 = 47;
/** A block did not come, or with an error: stop the rest of several first, or not. */
export const SPI_STATE_READ_AGAIN: u32 = 48;
/** CMD12; a card that has ended the read by itself refuses it. */
export const SPI_STATE_READ_ABORT: u32 = 49;
/** Busy, which R1b of CMD12 announces. */
export const SPI_STATE_READ_ABORTED: u32 = 50;
/** CMD13, which clears the status bits of a read that failed. */
export const SPI_STATE_READ_STATUS: u32 = 51;
/** Again from the block that is missing, or the read has failed. */
export const SPI_STATE_READ_JUDGE: u32 = 52;
/** The command has succeeded. */
export const SPI_STATE_DONE: u32 = 53;
/** The command has failed. */
export const SPI_STATE_FAILED: u32 = 54;
/** The open stream goes on, a single block, or a new stream. */
export const SPI_STATE_WRITE_BEGIN: u32 = 55;
/** CMD55 before ACMD23. */
export const SPI_STATE_COUNT_APP: u32 = 56;
/** ACMD23: so many blocks may be erased beforehand. */
export const SPI_STATE_COUNT: u32 = 57;
/** CMD24 or CMD25. */
export const SPI_STATE_WRITE: u32 = 58;
/** Busy with the block before. */
export const SPI_STATE_WRITE_READY: u32 = 59;
/** The next block and its CRC16; or the command cannot go on here and now. */
export const SPI_STATE_WRITE_PREPARE: u32 = 60;
/** 512 bytes and their CRC16. */
export const SPI_STATE_WRITE_BLOCK: u32 = 61;
/** More blocks; or the command has ended, or waits for the other card; or the next block is under way already. */
export const SPI_STATE_WRITE_NEXT: u32 = 62;
/** A block was refused: end the stream, or a single block. */
export const SPI_STATE_WRITE_AGAIN: u32 = 63;
/** A block had another CRC16 than was announced: end the stream, or a single block. */
export const SPI_STATE_WRITE_CONFLICT: u32 = 64;
/** CMD12. */
export const SPI_STATE_WRITE_ABORT: u32 = 65;
/** Busy with the blocks before. */
export const SPI_STATE_WRITE_ABORTED: u32 = 66;
/** CMD13: with an error bit, blocks accepted before are in doubt. */
export const SPI_STATE_WRITE_STATUS: u32 = 67;
/** Again from the block that is missing, or the write has failed. */
export const SPI_STATE_WRITE_JUDGE: u32 = 68;
/** CMD13: whether all that was accepted was programmed. */
export const SPI_STATE_FLUSH_STATUS: u32 = 69;
/** By the cache's flush, or all is done. */
export const SPI_STATE_FLUSH_HOW: u32 = 70;
/** CMD49. */
export const SPI_STATE_FLUSH: u32 = 71;
/** The flush bit. */
export const SPI_STATE_FLUSH_BLOCK: u32 = 72;
/** Busy. */
export const SPI_STATE_FLUSH_READY: u32 = 73;
/** CMD48: the flush bit is read back. */
export const SPI_STATE_FLUSH_READ: u32 = 74;
/** Its start token. */
export const SPI_STATE_FLUSH_TOKEN: u32 = 75;
/** 512 bytes and their CRC16. */
export const SPI_STATE_FLUSH_ANSWER: u32 = 76;
/** Whether the flush bit is clear. */
export const SPI_STATE_FLUSH_OVER: u32 = 77;
/** Until the next tick; a flush takes a second at most. */
export const SPI_STATE_FLUSH_PAUSE: u32 = 78;
/** The flush was refused: again, or it has failed. */
export const SPI_STATE_FLUSH_AGAIN: u32 = 79;
/** By an erase, or by writing zeros. */
export const SPI_STATE_ZERO_BEGIN: u32 = 80;
/** CMD32. */
export const SPI_STATE_ERASE_FIRST: u32 = 81;
/** CMD33. */
export const SPI_STATE_ERASE_LAST: u32 = 82;
/** CMD38. */
export const SPI_STATE_ERASE: u32 = 83;
/** Busy. */
export const SPI_STATE_ERASED: u32 = 84;
/** CMD13. */
export const SPI_STATE_ERASE_STATUS: u32 = 85;
/** The erase was refused: again, or it has failed. */
export const SPI_STATE_ERASE_AGAIN: u32 = 86;
/** CMD13 of a card at rest: is it still there? */
export const SPI_STATE_PROBE: u32 = 87;
/** The idle bit of a card that was initialised: its power went, and its cache with it. */
export const SPI_STATE_POWER_LOST: u32 = 88;
/** The card does not answer, or is busy without end: every command fails. */
export const SPI_STATE_LOST: u32 = 89;
/** Number of states. */
export const SPI_STATES: u32 = 90;

// ── SPI module: what may happen to a card. A state that chooses uses the numbers for its choices ─
/** As wished: R1 without a bit, the line ready, a start token, a block accepted or received well; choice 0. */
export const SPI_EVENT_GOOD: u32 = 0;
/** R1 says idle and nothing else; choice 1. */
export const SPI_EVENT_IDLE: u32 = 1;
/** An error bit of R1 or of CMD13, an error token, data response 0x0D; choice 2. */
export const SPI_EVENT_REFUSED: u32 = 2;
/** A CRC was wrong on the way: R1, data response 0x0B, a block received; choice 3. */
export const SPI_EVENT_CORRUPT: u32 = 3;
/** No answer, or not within the limit; choice 4. */
export const SPI_EVENT_SILENT: u32 = 4;
/** Choice 5. */
export const SPI_EVENT_CHOICE_5: u32 = 5;
/** Choice 6. */
export const SPI_EVENT_CHOICE_6: u32 = 6;
/** Choice 7. */
export const SPI_EVENT_CHOICE_7: u32 = 7;
/** Number of events. */
export const SPI_EVENTS: u32 = 8;

// ── SPI module: kinds of states, export cardStateKind(state) ────────────────────────────────────
/** Waits for commands. */
export const SPI_KIND_REST: u32 = 0;
/** Goes on by itself; its events are its choices. */
export const SPI_KIND_CHOICE: u32 = 1;
/** A command and its response, by bursts. */
export const SPI_KIND_COMMAND: u32 = 2;
/** Waits until the card is ready. */
export const SPI_KIND_WAIT: u32 = 3;
/** Waits for a token. */
export const SPI_KIND_TOKEN: u32 = 4;
/** Receives a block. */
export const SPI_KIND_BLOCK_IN: u32 = 5;
/** Sends a block. */
export const SPI_KIND_BLOCK_OUT: u32 = 6;
/** Exchanges bytes by one burst. */
export const SPI_KIND_BYTES: u32 = 7;
/** Waits for the next tick. */
export const SPI_KIND_PAUSE: u32 = 8;

// ── SPI module: transfers, imports of "bus" ─────────────────────────────────────────────────────
/** Bytes of a burst at most. */
export const SPI_BURST_BYTES: u32 = 32;
/** bus.wait: until the line is at 0xFF; the card is ready. */
export const SPI_UNTIL_READY: u32 = 0;
/** bus.wait: until a byte that is not 0xFF comes: a token. */
export const SPI_UNTIL_TOKEN: u32 = 1;
/** Result of bus.wait and of a queued block: busy past the limit. Otherwise the byte that ended it. */
export const SPI_LIMIT: u32 = 0x100;
/** Result of bus.receiveBlock: the CRC16 was right. */
export const SPI_BLOCK_GOOD: u32 = 0;
/** Result of bus.receiveBlock: it was not. */
export const SPI_BLOCK_CORRUPT: u32 = 1;

// ── SPI module: what is known of a card, export cardWord(card, key) ─────────────────────────────
/** SPI_STATE_... */
export const SPI_CARD_STATE: u32 = 0;
/** Sectors of SECTOR_BYTES bytes, 0 while unknown. */
export const SPI_CARD_SECTORS: u32 = 1;
/** Identity made of the CID register: the two words of OPTION_CARD_A_ID_0 and the like. */
export const SPI_CARD_ID_0: u32 = 2;
export const SPI_CARD_ID_1: u32 = 3;
/** SPI_FEATURE_... bits. */
export const SPI_CARD_FEATURES: u32 = 4;
/** Command frames sent again, for a wrong CRC or no answer. */
export const SPI_CARD_RESENT: u32 = 5;
/** Blocks that the card refused with 0x0B. */
export const SPI_CARD_CONFLICTS: u32 = 6;
/** Blocks sent from the bounce buffer. */
export const SPI_CARD_BOUNCED: u32 = 7;
/** Blocks received with a wrong CRC16, or an error token instead. */
export const SPI_CARD_READ_AGAIN: u32 = 8;
/** Streams opened (CMD25). */
export const SPI_CARD_STREAMS: u32 = 9;
/** Blocks accepted. */
export const SPI_CARD_BLOCKS_OUT: u32 = 10;
/** Completions of transfers that matched none under way. */
export const SPI_CARD_STALE: u32 = 11;
/** Number of keys. */
export const SPI_CARD_KEYS: u32 = 12;
/** Commands carry block numbers (SDHC, SDXC), not byte addresses. */
export const SPI_FEATURE_BLOCKS: u32 = 1;
/** The card answered CMD8: version 2 or later. */
export const SPI_FEATURE_VERSION_2: u32 = 2;
/** An erase of any sectors leaves zeros. */
export const SPI_FEATURE_ERASE_ZEROS: u32 = 4;
/** The card has a cache that is flushed by its performance enhancement register. */
export const SPI_FEATURE_CACHE: u32 = 8;
