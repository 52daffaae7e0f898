/** What stands between blocks of data (SD Physical Layer Simplified Specification, 7.3.3). */

/** Begins a block of any command but CMD25 (7.3.3.2). */
export const START_BLOCK: u32 = 0xfe;
/** Begins a block of CMD25. */
export const START_BLOCK_MULTIPLE: u32 = 0xfc;
/** Ends CMD25. */
export const STOP_TOKEN: u8 = 0xfd;

/** Data responses, in the low five bits (7.3.3.1). */
export const DATA_RESPONSE: u32 = 0x1f;
export const DATA_ACCEPTED: u32 = 0x05;
export const DATA_CRC_ERROR: u32 = 0x0b;
export const DATA_WRITE_ERROR: u32 = 0x0d;
