/** Bits of the first byte of every response (SD Physical Layer Simplified Specification, 7.3.2.1, format R1). */

export const R1_IDLE = 0x01;
/** An erase sequence was cleared because another command came in between. */
export const R1_ERASE_RESET = 0x02;
export const R1_ILLEGAL = 0x04;
export const R1_CRC = 0x08;
/** An erase command came out of its order. */
export const R1_ERASE_SEQUENCE = 0x10;
/** An address that does not fit the block length. */
export const R1_ADDRESS = 0x20;
/** An argument outside what the card allows: an address beyond its end, a block length. */
export const R1_PARAMETER = 0x40;
