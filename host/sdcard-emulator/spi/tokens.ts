/** Tokens that stand between blocks of data (SD Physical Layer Simplified Specification, 7.3.3). */

/** Begins every block but those of CMD25 (7.3.3.2). */
export const START_BLOCK = 0xfe;
/** Begins a block of CMD25. */
export const START_BLOCK_MULTIPLE = 0xfc;
/** Ends CMD25. */
export const STOP_TRANSMISSION = 0xfd;

/** What the card says of a block it was sent, in the low five bits; the others are not defined (7.3.3.1). */
export const DATA_ACCEPTED = 0x05;
export const DATA_CRC_ERROR = 0x0b;
export const DATA_WRITE_ERROR = 0x0d;
/** What stands in the undefined bits here, as seen on many cards, so that a host has to mask them. */
export const DATA_RESPONSE_UNDEFINED = 0xe0;

/** Sent in place of a start token when a read fails (7.3.3.3). */
export const ERROR_GENERAL = 0x01;
export const ERROR_CONTROLLER = 0x02;
export const ERROR_ECC = 0x04;
export const ERROR_OUT_OF_RANGE = 0x08;

/** The line at rest, and the line of a busy card. */
export const LINE_HIGH = 0xff;
export const LINE_BUSY = 0x00;
