/** What the layer above gives. Neither function may call an export of the module. */

/** The operation that was started with `tag` has ended with `status` (STATUS_...). */
export declare function done(tag: u32, status: u32): void;

/**
 * Asks for a sync of the whole device. It must begin after this call, never be joined to one already running,
 * and is answered by `syncDone(epoch, status)`.
 */
export declare function requestSync(epoch: u32): void;
