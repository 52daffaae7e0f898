/** What the two faces of a card need, from its profile. */
import type { CardCharacteristics } from "../characteristics.js";
import type { FlashGeometry } from "../flash/flash-geometry.js";
import { FlashPhysics, type FlashPhysicsOptions } from "../flash/flash-physics.js";
import type { FlashTiming } from "../flash/flash-timing.js";
import type { FlashState } from "../image/card-state.js";
import type { CardIdentity } from "../spi/card-identity.js";
import type { CardProfile } from "./profile-schema.js";

const SECTORS_PER_KIB = 2;

/** Where a card of a profile differs from a new one of its class. */
export type ProfiledFlash = Pick<
  FlashPhysicsOptions,
  "sectors" | "seed" | "wireSectorUs" | "filled" | "usedPercent"
>;

/** What the class of card can do to data, and its times on the wire. */
export function characteristicsOf(profile: CardProfile): CardCharacteristics {
  const { faults, wire, flash, timing } = profile;
  const cached = faults.cache.value !== "none";
  return {
    name: profile.name,
    atomicSector: faults.atomicSector.value,
    cache: faults.cache.value,
    collateral: faults.collateral.value !== "none",
    openBlock: faults.openBlock.value,
    eraseBlockSectors: flash.eraseBlockKiB.value * SECTORS_PER_KIB,
    flush: faults.flush.value,
    rollback: faults.rollback.value,
    misdirectPerMille: faults.misdirectPerMille.value,
    settleUs: faults.settleUs.value,
    commandUs: wire.commandUs.value,
    pieceUs: wire.pieceUs.value,
    jitterPercent: wire.jitterPercent.value,
    // For a card of this class without its flash.
    readSectorUs: timing.pageReadUs.value + 2 * wire.pieceUs.value,
    programUs: timing.pageProgramUs.value,
    flushUs: cached ? 2 * timing.pageProgramUs.value : wire.commandUs.value,
    stallPercent: 0,
    stallUs: 0,
  };
}

/** The flash behind a card of this class. */
export function physicsOf(profile: CardProfile, flash: ProfiledFlash): FlashPhysics {
  return new FlashPhysics(optionsOf(profile, flash));
}

/** The flash of a card of this class that was saved. @throws Error that says what does not fit */
export function restoredPhysicsOf(
  profile: CardProfile,
  flash: ProfiledFlash,
  state: FlashState,
): FlashPhysics {
  return FlashPhysics.restored(optionsOf(profile, flash), state);
}

function optionsOf(profile: CardProfile, flash: ProfiledFlash): FlashPhysicsOptions {
  return {
    ...flash,
    geometry: geometryOf(profile),
    timing: timingOf(profile),
    reach: profile.faults.collateral.value,
    flushLies: profile.faults.flush.value !== "honest",
  };
}

/** Who the card says it is, on its SPI face. */
export function identityOf(profile: CardProfile): Partial<CardIdentity> {
  const { source: _source, allocationUnitKiB, ...identity } = profile.identity;
  return {
    ...identity,
    auSizeCode: Math.log2(Number(allocationUnitKiB) / 16) + 1,
    erasedByte: profile.flash.eraseByte.value,
  };
}

function geometryOf({ flash }: CardProfile): FlashGeometry {
  const pageKiB = flash.pageKiB.value;
  const eraseBlockKiB = flash.eraseBlockKiB.value;
  return {
    pageSectors: pageKiB * SECTORS_PER_KIB,
    pagesPerBlock: eraseBlockKiB / pageKiB,
    bitsPerCell: flash.bitsPerCell.value as 1 | 2 | 3,
    openUnits: flash.openUnits.value,
    anyOrder: flash.anyOrder.value,
    sparePerMille: flash.sparePerMille.value,
    enduranceErases: flash.enduranceErases.value,
    readDisturbReads: flash.readDisturbReads.value,
    refreshes: flash.refreshes.value,
    slcBlocks: flash.slcCacheKiB.value / eraseBlockKiB,
    slcBypassSectors: flash.slcBypassKiB.value * SECTORS_PER_KIB,
    bufferPages: flash.writeBufferKiB.value / pageKiB,
    eraseByte: flash.eraseByte.value,
  };
}

function timingOf({ timing }: CardProfile): FlashTiming {
  return {
    readOverheadUs: timing.readOverheadUs.value,
    writeOverheadUs: timing.writeOverheadUs.value,
    pageReadUs: timing.pageReadUs.value,
    pageProgramUs: timing.pageProgramUs.value,
    blockEraseUs: timing.blockEraseUs.value,
    slcReadUs: timing.slcReadUs.value,
    slcProgramUs: timing.slcProgramUs.value,
    parallelPages: timing.parallelPages.value,
    pipelined: timing.pipelined.value,
    jitterPercent: timing.jitterPercent.value,
    housekeepingPages: timing.housekeepingPages.value,
    housekeepingMinUs: timing.housekeepingMinUs.value,
    housekeepingMaxUs: timing.housekeepingMaxUs.value,
  };
}
