/** What the layer above gives. No function of it may call an export of the module. */

/** The operation that was started with `tag` has ended with `status` (STATUS_...). */
export declare function done(tag: u32, status: u32): void;

/**
 * Fills `count` sectors of a caller's buffer, from its sector `bufferSector` on, with zeros: what a read of regions
 * that were never written returns. The driver never looks into a caller's buffer.
 */
export declare function zeros(buffer: u32, bufferSector: u32, count: u32): void;

/**
 * Asks for a sync of the whole device. It must begin after this call, never be joined to one already running,
 * and is answered by `syncDone(epoch, status)`.
 */
export declare function requestSync(epoch: u32): void;
