import type { CardIdentity } from "../card-identity.js";
import { setField } from "./register-bits.js";

const SSR_BYTES = 64;

/** The SD status, 64 bytes (SD Physical Layer Simplified Specification, 4.10.2). */
export function encodeSsr(identity: CardIdentity, cache: boolean): Uint8Array {
  const ssr = new Uint8Array(SSR_BYTES);
  setField(ssr, 447, 440, 4); // SPEED_CLASS: class 10
  setField(ssr, 431, 428, identity.auSizeCode);
  setField(ssr, 423, 408, identity.eraseSize);
  setField(ssr, 407, 402, identity.eraseTimeoutSeconds);
  if (identity.performanceExtension && cache) setField(ssr, 330, 330, 1); // PERFORMANCE_ENHANCE: has a cache
  return ssr;
}
