import {
  FORMAT_KEEP,
  OPTION_ARRAY_ID_0,
  OPTION_BASE_SECTOR,
  OPTION_CARD_A_ID_0,
  OPTION_CARD_SECTORS,
  OPTION_COOLDOWN_MS,
  OPTION_EPOCH_MS,
  OPTION_FLUSH_BEFORE_CLEAR,
  OPTION_FORMAT,
  OPTION_METADATA_STRIDE,
  OPTION_SEEDED_BUG,
  OPTION_SETTLE_MS,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { DriverExports } from "./driver-module.js";

/** What the driver is configured with before format or assemble. */
export interface DriverOptions {
  /** Sectors of the smaller card. */
  readonly cardSectors: number;
  /** First sector of the mirror on each card. */
  readonly baseSector?: number;
  /** Sectors between two metadata areas; format only. */
  readonly metadataStride: number;
  /** Shortest time between two sync epochs, ms. */
  readonly epochMs: number;
  /** Settle time of the card class, ms. */
  readonly settleMs?: number;
  /** Four words; format only. */
  readonly arrayId?: readonly [number, number, number, number];
  /** Two words for each card; for a format, and for a card that takes a member's place. */
  readonly cardIds?: readonly [readonly [number, number], readonly [number, number]];
  /** FORMAT_...: format only. Default: FORMAT_KEEP. */
  readonly format?: number;
  /** Further options, OPTION_... to value. */
  readonly more?: ReadonlyMap<number, number>;
  /** Rig build only, ms. */
  readonly cooldownMs?: number;
  /** Rig build only. */
  readonly flushBeforeClear?: boolean;
  /** Rig build only: BUG_... */
  readonly seededBug?: number;
}

/**
 * Hands the options to a fresh or resting driver. Options of the rig build are set only if given.
 * @throws Error when the driver refuses one
 */
export function configureDriver(driver: DriverExports, options: DriverOptions): void {
  const set = (name: string, option: number, value: number): void => setOption(driver, name, option, value);
  set("baseSector", OPTION_BASE_SECTOR, options.baseSector ?? 0);
  set("cardSectors", OPTION_CARD_SECTORS, options.cardSectors);
  set("metadataStride", OPTION_METADATA_STRIDE, options.metadataStride);
  set("epochMs", OPTION_EPOCH_MS, options.epochMs);
  set("settleMs", OPTION_SETTLE_MS, options.settleMs ?? 0);
  set("format", OPTION_FORMAT, options.format ?? FORMAT_KEEP);
  for (const [option, value] of options.more ?? []) set(`${option}`, option, value);
  (options.arrayId ?? [1, 2, 3, 4]).forEach((word, i) => set("arrayId", OPTION_ARRAY_ID_0 + i, word));
  const cardIds = options.cardIds ?? [
    [0xa, 1],
    [0xb, 2],
  ];
  cardIds.forEach((id, slot) => configureCardId(driver, slot, id));
  if (options.cooldownMs !== undefined) set("cooldownMs", OPTION_COOLDOWN_MS, options.cooldownMs);
  if (options.flushBeforeClear !== undefined) {
    set("flushBeforeClear", OPTION_FLUSH_BEFORE_CLEAR, options.flushBeforeClear ? 1 : 0);
  }
  if (options.seededBug !== undefined) set("seededBug", OPTION_SEEDED_BUG, options.seededBug);
}

/** Tells the driver whose card lies in a slot, before it is made a member; at any time. */
export function configureCardId(driver: DriverExports, slot: number, id: readonly [number, number]): void {
  id.forEach((word, i) => setOption(driver, "cardIds", OPTION_CARD_A_ID_0 + slot * id.length + i, word));
}

function setOption(driver: DriverExports, name: string, option: number, value: number): void {
  const status = driver.configure(option, value);
  if (status === STATUS_OK) return;
  throw new Error(
    `the driver refuses option ${name} = ${value} (status ${status}): see the limits in SPEC.md`,
  );
}
