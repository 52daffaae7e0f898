/** What the server exports: whole sectors of 512 bytes, each call done when it returns. */
export interface BlockExport {
  readonly sectors: number;
  /** @returns null where a sector reads as an error */
  read(sector: number, count: number): Uint8Array | null;
  /** @param fua the bytes are durable before the answer. @returns whether the device took it */
  write(sector: number, bytes: Uint8Array, fua: boolean): boolean;
  /**
   * Makes sectors read as zeros.
   * @param discards the client gives the sectors up, and does not care what they hold
   */
  zero(sector: number, count: number, fua: boolean, discards: boolean): boolean;
  flush(): boolean;
}
