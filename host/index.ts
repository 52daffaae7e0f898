/**
 * The library entry `syncgate`: the production driver over two emulated cards. The cards alone are `syncgate/sdcard`,
 * the power-loss rig is `syncgate/rig`.
 */
export { createMirror } from "./mirror/create-mirror.js";
export type { Mirror } from "./mirror/mirror.js";
export type {
  AssemblyOptions,
  BitmapScheme,
  FormatKind,
  MirrorOptions,
  MirrorPolicy,
  PowerCutOptions,
  Slot,
} from "./mirror/mirror-options.js";
export type { CardCharacteristics, ProfileName } from "./sdcard-emulator/characteristics.js";
export type { FingerprintKind } from "./sdcard-emulator/fingerprint.js";
export type { SyncWork } from "./mirror/layer-above.js";

/** A card for a slot of a mirror. */
export { MirrorCard, type MirrorCardOptions } from "./mirror/mirror-card.js";

/** Members: commands, states, and what a card says of itself. */
export type { Members } from "./mirror/members.js";
export type { LossCauseName, MemberStateName } from "./mirror/member-names.js";
export type { CardSuperblock } from "./mirror/card-superblock.js";

/** Scrub: progress, findings, and by what evidence a copy won. */
export type { Scrub, ScrubFinding, ScrubMode, ScrubProgress, ScrubReport } from "./mirror/scrub.js";
export type { RepairReasonName } from "./mirror/scrub-names.js";

/** Regions, counters and events. */
export type { RegionStateName } from "./mirror/region-names.js";
export type { RegionFilter, RegionStatus } from "./mirror/region-status.js";
export type { Counters, CounterName } from "./mirror/counter-names.js";
export type { EventWords, MirrorEvent } from "./mirror/mirror-event.js";

/** Errors, and the statuses that they carry. */
export { MirrorError, PowerLostError } from "./mirror/mirror-error.js";
export type { StatusName } from "./mirror/status-names.js";
export { statusText } from "./mirror/status-text.js";

/** The last events that the driver noted, for whoever runs the module. */
export { readEventRing, type RingEvent } from "./mirror/event-ring.js";

/** The SPI module on emulated cards with an SPI face, in virtual time: docs/spi-driver.md. */
export { SpiMirror, type SpiMirrorOptions } from "./mirror/spi/spi-mirror.js";
export { SpiModule, type BusPort, type SpiExports } from "./mirror/spi/spi-module.js";
export { SpiPort, type OpaqueBuffers, type SpiPortOptions } from "./mirror/spi/spi-port.js";
export type { SpiDevice } from "./mirror/spi/spi-bus.js";
