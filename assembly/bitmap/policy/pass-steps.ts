/** What a clearing pass goes through between collecting its candidates and clearing them, as a mask. */
export const STEP_SYNC: u32 = 1;
export const STEP_HOLD: u32 = 2;
export const STEP_FLUSH: u32 = 4;
