/** What a recovery can break by itself, whatever the history was. */
export const FAULT_NONE = 0;
/** P1: a region called clean differs between the cards; the driver happens to read it the same way twice. */
export const FAULT_CLEAN_BUT_DIFFERENT = 1;
/** P3: a later read gave other bytes than the first one. */
export const FAULT_FLIPPED = 2;
/** P5: assembly, resync or the way to CLEAN did not end in the bounded number of ticks. */
export const FAULT_NO_END = 3;
/** P3: after resync the cards differ. */
export const FAULT_STILL_DIFFERENT = 4;
/** P7: a request or the assembly ended with a status it must not have. */
export const FAULT_STATUS = 5;
/** The driver stopped itself. */
export const FAULT_TRAP = 6;
/** P1 and P3: a region called clean differs, and two reads of it in turn gave old and new. */
export const FAULT_CLEAN_AND_FLIPS = 7;
