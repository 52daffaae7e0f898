/**
 * State that every format and every assembly begins with at zeros, side by side, so that one fill clears it (measured: 170
 * of 24,600 bytes of module). Each part belongs to the file that takes its place here.
 */
const STATE: usize = memory.data(3000, 16);

/** 1600 bytes of requests.ts. */
export const REQUEST_POOL: usize = STATE;
/** 800 bytes of transfers.ts. */
export const TRANSFER_TABLE: usize = REQUEST_POOL + 1600;
/** 240 bytes of bitmap/write-intent.ts. */
export const WRITE_INTENT_STATE: usize = TRANSFER_TABLE + 800;
/** 64 bytes of card-flush.ts. */
export const CARD_FLUSH_STATE: usize = WRITE_INTENT_STATE + 240;
/** 48 bytes of copy.ts. */
export const COPY_STATE: usize = CARD_FLUSH_STATE + 64;
/** 48 bytes of bitmap/sync-gate.ts. */
export const GATE_STATE: usize = COPY_STATE + 48;
/** 40 bytes of streams.ts. */
export const STREAMS_STATE: usize = GATE_STATE + 48;
/** 32 bytes of rebuild.ts. */
export const REBUILD_STATE: usize = STREAMS_STATE + 40;
/** 24 bytes of member-command.ts. */
export const MEMBER_COMMAND_STATE: usize = REBUILD_STATE + 32;
/** 24 bytes of bitmap/kept-marks.ts. */
export const KEPT_MARKS_STATE: usize = MEMBER_COMMAND_STATE + 24;
/** 16 bytes each: of loss.ts, resync.ts, resync-throttle.ts, scrub.ts, superblock-write.ts. */
export const LOSS_STATE: usize = KEPT_MARKS_STATE + 24;
export const RESYNC_STATE: usize = LOSS_STATE + 16;
export const THROTTLE_STATE: usize = RESYNC_STATE + 16;
export const SCRUB_STATE: usize = THROTTLE_STATE + 16;
export const SUPERBLOCK_WRITE_STATE: usize = SCRUB_STATE + 16;
const CLEARED_STATE_END: usize = SUPERBLOCK_WRITE_STATE + 16;

if (CLEARED_STATE_END != STATE + 3000) ERROR("parts of the cleared state drifted from its size");

export function clearState(): void {
  memory.fill(STATE, 0, 3000);
}
