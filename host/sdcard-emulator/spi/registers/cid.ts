import type { CardIdentity } from "../card-identity.js";
import { crc7Byte } from "../crc7.js";
import { setField } from "./register-bits.js";

const CID_BYTES = 16;

/** The CID, 16 bytes (SD Physical Layer Simplified Specification, 5.2). */
export function encodeCid(identity: CardIdentity): Uint8Array {
  const cid = new Uint8Array(CID_BYTES);
  setField(cid, 127, 120, identity.manufacturerId);
  writeText(cid, 1, identity.oemId);
  writeText(cid, 3, identity.productName);
  setField(cid, 63, 60, identity.revision[0]);
  setField(cid, 59, 56, identity.revision[1]);
  setField(cid, 55, 24, identity.serialNumber);
  setField(cid, 19, 12, identity.manufactured[0] - 2000);
  setField(cid, 11, 8, identity.manufactured[1]);
  cid[CID_BYTES - 1] = crc7Byte(cid, CID_BYTES - 1);
  return cid;
}

function writeText(register: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) register[at + i] = text.charCodeAt(i);
}
