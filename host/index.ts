/**
 * The library entry `syncgate`: the production driver over two emulated cards. The cards alone are `syncgate/sdcard`,
 * the power-loss rig is `syncgate/rig`.
 */
export { createMirror } from "./mirror/create-mirror.js";
export type { Counters, CounterName } from "./mirror/counter-names.js";
export type { Mirror } from "./mirror/mirror.js";
export type { SyncWork } from "./mirror/layer-above.js";
export type { MirrorCard } from "./mirror/mirror-card.js";
export { MirrorError, PowerLostError } from "./mirror/mirror-error.js";
export type { MirrorOptions, MirrorPolicy } from "./mirror/mirror-options.js";
export type { RegionStateName } from "./mirror/region-names.js";
export type { RegionFilter, RegionStatus } from "./mirror/region-status.js";
export { statusText } from "./mirror/status-text.js";
/** The last events that the driver noted, for whoever runs the module. */
export { readEventRing, type RingEvent } from "./mirror/event-ring.js";
