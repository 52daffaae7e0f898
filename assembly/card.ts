/**
 * What the host gives for the cards. The module never waits: every command is answered later by `complete(token, ...)`.
 *
 * @param member       which card, 0 or 1
 * @param command      CARD_READ, CARD_WRITE, CARD_FLUSH or CARD_ZERO, with CARD_OWN_BUFFER when `buffer` is an address in linear memory
 * @param sector       first sector on the card
 * @param count        sectors; 0 for a flush
 * @param buffer       the caller's opaque buffer, handed through untouched
 * @param bufferSector offset into `buffer`, sectors
 * @param token        to be given back to `complete`
 */
export declare function submit(
  member: u32,
  command: u32,
  sector: u32,
  count: u32,
  buffer: u32,
  bufferSector: u32,
  token: u32,
): void;
