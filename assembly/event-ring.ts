import { RING_ENTRIES, RING_ENTRY_BYTES } from "./layout";
import { nowMs } from "./driver/mode";

/**
 * The last events, for a host or a debugger to read: one word that counts all that were ever written, then
 * RING_ENTRIES entries of time, kind, subject and detail; the next one goes to the count mod RING_ENTRIES.
 */
const RING: usize = memory.data(528, 16);
/** The count has a line of its own, so that entries are aligned. */
const HEAD_BYTES: u32 = 16;
if (HEAD_BYTES + RING_ENTRIES * RING_ENTRY_BYTES != 528) ERROR("sizes drifted from layout.ts");

/** Notes an event (RING_...). */
export function ring(kind: u32, subject: u32, detail: u32): void {
  const written = load<u32>(RING);
  const at = RING + <usize>(HEAD_BYTES + (written % RING_ENTRIES) * RING_ENTRY_BYTES);
  store<u32>(at, nowMs());
  store<u32>(at, kind, 4);
  store<u32>(at, subject, 8);
  store<u32>(at, detail, 12);
  store<u32>(RING, written + 1);
}

/** Address of the event ring: a word that counts all events, 12 bytes of nothing, RING_ENTRIES entries (RING_...). */
export function eventRing(): u32 {
  return <u32>RING;
}

export function clearRing(): void {
  store<u32>(RING, 0);
}
