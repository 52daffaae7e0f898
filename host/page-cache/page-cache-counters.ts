/** What the page cache has done since it was made; crashes do not reset it. */
export class PageCacheCounters {
  /** Pieces stored into buffers by threads. */
  stores = 0;
  /** Stores given up, because their page could not be loaded. */
  storesDropped = 0;
  /** Pages submitted for write-back. */
  writes = 0;
  writesFailed = 0;
  /** Pages submitted for loading. */
  loads = 0;
  /** Pages that could not be loaded. */
  loadsFailed = 0;
  syncs = 0;
  syncsFailed = 0;
  /** Stores that had to wait for the end of a write-back (`locked`), and the sum of their waits. */
  stalls = 0;
  stalledUs = 0;
  /** Stores whose dirty flag was set late. */
  lateFlags = 0;
  /** Pages that left the cache with their dirty flag dropped, and how many of them while being written. */
  forgotten = 0;
  forgottenInFlight = 0;
}
