/**
 * What the SPI module asks of its outside: chip select, and transfers that end later with one call of
 * `busDone(card, token, result)`. `card` is the slot, 0 or 1. None of these may call an export of the module. A card has
 * at most one transfer under way, and one block queued behind a block. docs/spi-driver.md tells firmware how to provide them.
 */

/**
 * Chip select of a card at once: 1 is low. Going high, eight clocks follow (SD Physical Layer Simplified Specification,
 * 4.4), which also take the card's hand off the data line.
 */
export declare function select(card: u32, on: u32): void;

/** The clock of a card's transfers from now on, kHz: at most that. */
export declare function speed(card: u32, kilohertz: u32): void;

/**
 * Exchanges `count` bytes, at most SPI_BURST_BYTES, at `address` in linear memory: what comes in replaces what goes out.
 * Result: 0.
 */
export declare function burst(card: u32, address: u32, count: u32, token: u32): void;

/**
 * Sends 0xFF until a byte comes that ends the wait (SPI_UNTIL_...), at least one, for at most `limitUs` µs.
 * Result: that byte, or SPI_LIMIT.
 */
export declare function wait(card: u32, until: u32, limitUs: u32, token: u32): void;

/**
 * Sends 0xFF, `startToken`, 512 bytes, `crc` (high byte first), and receives one byte more. The bytes are those of sector
 * `bufferSector` of the caller's opaque buffer or, with `own` 1, those at the address `buffer`.
 * Result: the byte received, the data response.
 */
export declare function sendBlock(
  card: u32,
  startToken: u32,
  buffer: u32,
  bufferSector: u32,
  own: u32,
  crc: u32,
  token: u32,
): void;

/**
 * While a block of CMD25 is under way: the one behind it, so that no call lies between the two. Sent as by sendBlock, with
 * the same start token, once the card has accepted the block under way (data response 0x05 in the low five bits) and a byte of
 * 0xFF has come after that. Of a block that was not accepted it is forgotten, without a completion.
 * Result: the data response, or SPI_LIMIT when the card was busy for `limitUs` µs and nothing was sent.
 * @returns 1 when it is taken; 0 from a port that queues nothing, which is asked again block by block
 */
export declare function queueBlock(
  card: u32,
  buffer: u32,
  bufferSector: u32,
  own: u32,
  crc: u32,
  limitUs: u32,
  token: u32,
): u32;

/** Receives 512 bytes, and their CRC16, which it checks; buffers as for sendBlock. Result: SPI_BLOCK_... */
export declare function receiveBlock(card: u32, buffer: u32, bufferSector: u32, own: u32, token: u32): void;

/** Ends the card's transfer under way and what is queued, as firmware stops a DMA channel: no buffer is touched any more. */
export declare function cancel(card: u32): void;

/** CRC16 of 512 bytes now (polynomial 0x1021, start 0), 0 to 0xFFFF; buffers as for sendBlock. */
export declare function checksum(buffer: u32, bufferSector: u32, own: u32): u32;

/** Copies 512 bytes of a caller's buffer to `address`. @returns the CRC16 of the bytes copied, each looked at once */
export declare function copyBlock(buffer: u32, bufferSector: u32, address: u32): u32;
