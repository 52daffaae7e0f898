import type { CardGeneration, CardIdentity } from "../card-identity.js";
import { setField } from "./register-bits.js";

const SCR_BYTES = 8;

/** Security of a card without keys would be 0; these are the numbers of SDSC, SDHC and SDXC (5.6). */
const SECURITY: Readonly<Record<CardGeneration, number>> = { sdsc1: 2, sdsc2: 2, sdhc: 3, sdxc: 4 };

/** The SCR, 8 bytes (SD Physical Layer Simplified Specification, 5.6). */
export function encodeScr(identity: CardIdentity): Uint8Array {
  const scr = new Uint8Array(SCR_BYTES);
  const { generation, performanceExtension } = identity;
  setField(scr, 59, 56, generation === "sdsc1" ? 0 : 2); // SD_SPEC: 1.01, or 2.00 and later
  setField(scr, 55, 55, identity.erasedByte === 0xff ? 1 : 0); // DATA_STAT_AFTER_ERASE
  setField(scr, 54, 52, SECURITY[generation]);
  setField(scr, 51, 48, 0b0101); // one and four data lines
  if (performanceExtension) {
    setField(scr, 47, 47, 1); // SD_SPEC3
    setField(scr, 41, 38, 2); // SD_SPECX: version 6
    setField(scr, 34, 34, 1); // CMD_SUPPORT: CMD48 and CMD49
  }
  return scr;
}
