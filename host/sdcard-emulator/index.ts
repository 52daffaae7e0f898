// syncgate/sdcard: two or more emulated SD cards in virtual time, and what a power cut may leave on them.

/** The card: command in, completion out, power cut at any moment. */
export { SdCard, type DeadCard, type SdCardOptions } from "./card.js";
/** Faults that pass: scripted by command, or by chance. */
export {
  TransientFaults,
  type TransientFault,
  type TransientKind,
  type TransientOptions,
  type TransientRates,
} from "./transient-faults.js";
/** The damage that faults have done to a card. */
export { type Damage, type DamageCause, type FaultOverlay } from "./fault-overlay.js";
/** What a cut destroys beside what was in flight, and what it may not destroy on both cards. */
export { spareLastCopy, victimOf } from "./collateral.js";
/** The contents of a card's sectors. */
export { CardImage } from "./card-image.js";
/** What classes of cards can do to data, and how long they take. */
export {
  checkCharacteristics,
  FAULT_PROFILES,
  profile,
  PROFILES,
  type CardCharacteristics,
  type FaultProfileName,
  type ProfileName,
} from "./characteristics.js";
/** All that a cut may leave: axes that vary independently, each with its options. */
export { type CrashAxis, type CrashOption } from "./crash-space.js";
/** What a card says of the bytes it accepted, and bytes that a weak checksum cannot tell apart. */
export { collidingPiece, type FingerprintKind } from "./fingerprint.js";
/** Contents of sectors, each known by a number. */
export { SectorContents, UNREADABLE } from "./sector-contents.js";
/** Time that passes only when it is told to. */
export { VirtualClock } from "./virtual-clock.js";
/** How power goes: both cards at once, one after the other, one alone, or only the controller. */
export {
  POWER_ONE,
  POWER_RESET,
  POWER_SHARED,
  POWER_SKEW,
  POWER_TOPOLOGIES,
  PowerFailure,
  type PowerFailureOptions,
  type PoweredCard,
  type PowerFailureParts,
  type PowerTopology,
} from "./power-topology.js";
/** The same card on an SPI bus, byte for byte. */
export { SpiCard, type SpiCardOptions } from "./spi/spi-card.js";
/** Whether a host has made an illegal step on that bus. */
export { BusChecker } from "./spi/bus-checker.js";
export { BUS_RULES, violationText, type BusRule, type BusViolation } from "./spi/bus-violation.js";
/** Its commands, as data. */
export { COMMANDS } from "./spi/command-table.js";
export { type CommandRule } from "./spi/command-rule.js";
/** Who a card says it is, and which generation of the specification it speaks. */
export { type CardGeneration, type CardIdentity } from "./spi/card-identity.js";
/** How long the flash behind a card takes, and what it does to data. */
export { type CardPhysics } from "./card-physics.js";
export { FlashPhysics, type CollateralReach, type FlashPhysicsOptions } from "./flash/flash-physics.js";
export { type FlashGeometry } from "./flash/flash-geometry.js";
export { type FlashTiming, type FlashWork } from "./flash/flash-timing.js";
/** Cards in files: raw images, and what flash and registers know beside them; replaced as a whole or not at all. */
export { loadImage, saveImage } from "./image/raw-image.js";
export { type ImageFiles } from "./image/replaced-files.js";
export { loadCard, newStoredCard, saveCard, stateFileOf, type StoredCard } from "./image/stored-card.js";
export { CardImageError } from "./image/card-image-error.js";
/** Classes of real cards, each figure beside its source, and what a card of a class is made of. */
export { cardProfileNames, checkCardProfile, loadCardProfile, ProfileError } from "./profile/load-profile.js";
export { type CardProfile, type Measurement } from "./profile/profile-schema.js";
export { characteristicsOf, identityOf, physicsOf, type ProfiledFlash } from "./profile/profiled-card.js";
export { repeatMeasurement } from "./profile/repeat-measurement.js";
