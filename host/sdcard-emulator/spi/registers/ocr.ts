import { hasBlockAddresses, type CardGeneration } from "../card-identity.js";

/** 2.7 to 3.6 V, bits 15 to 23 (SD Physical Layer Simplified Specification, 5.1). */
const VOLTAGE_WINDOW = 0x00ff8000;
/** CCS: the card takes block addresses. Valid only with the bit above it. */
const CAPACITY_STATUS = 0x40000000;
/** The power-up procedure is over. */
const POWERED_UP = 0x80000000;

/** The OCR, 32 bits unsigned. */
export function encodeOcr(generation: CardGeneration, ready: boolean): number {
  if (!ready) return VOLTAGE_WINDOW;
  const capacity = hasBlockAddresses(generation) ? CAPACITY_STATUS : 0;
  return (POWERED_UP | capacity | VOLTAGE_WINDOW) >>> 0;
}
