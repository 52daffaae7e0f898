/**
 * A write log: everything that changed a device, in the order in which it was carried out. All crash states are
 * computed from it, so a campaign, a replay and a shrink are deterministic from the log on, whatever made it.
 */
import { createHash } from "node:crypto";
import { SECTOR_BYTES } from "../../assembly/layout.js";

/**
 * One entry. Sectors are of 512 bytes. `joined`: it was given to the device before the entry before it was answered.
 */
export type LogEvent =
  | {
      readonly kind: "write";
      readonly card: number;
      readonly joined: boolean;
      readonly sector: number;
      readonly bytes: Uint8Array;
      readonly fua: boolean;
    }
  | {
      /** A write of zeros, or a discard, after which the sectors read as zeros too. */
      readonly kind: "zero";
      readonly card: number;
      readonly joined: boolean;
      readonly sector: number;
      readonly count: number;
      readonly fua: boolean;
      readonly discards: boolean;
    }
  | { readonly kind: "flush"; readonly card: number; readonly joined: boolean }
  /** What the firmware said at this moment, for the check: usually what it has promised to keep. */
  | { readonly kind: "mark"; readonly text: string };

/** A log and what it was made on. */
export interface WriteLog {
  /** Sectors of each card, 1 or 2 cards. */
  readonly sectors: readonly number[];
  readonly events: readonly LogEvent[];
}

/** Events that change a card, or could. */
export function writesOf(log: WriteLog): number {
  return log.events.filter(({ kind }) => kind === "write" || kind === "zero").length;
}

/** Sectors that an event writes; 0 for a flush or a mark. */
export function sectorsWritten(event: LogEvent): number {
  if (event.kind === "write") return event.bytes.length / SECTOR_BYTES;
  return event.kind === "zero" ? event.count : 0;
}

/** 12 characters of base 36 that tell two logs apart: the first 60 bits of the SHA-256 of everything in it. */
export function digestOf(log: WriteLog): string {
  const hash = createHash("sha256").update(`write-log 1 ${log.sectors.join(" ")}\n`);
  for (const event of log.events) {
    const { kind } = event;
    if (kind === "mark") hash.update(`mark ${Buffer.byteLength(event.text)} ${event.text}\n`);
    else if (kind === "flush") hash.update(`flush ${event.card} ${Number(event.joined)}\n`);
    else {
      const { card, joined, sector, fua } = event;
      hash.update(`${kind} ${card} ${Number(joined)} ${sector} ${sectorsWritten(event)} ${Number(fua)}\n`);
      if (kind === "write") hash.update(event.bytes);
    }
  }
  return (hash.digest().readBigUInt64BE(0) >> 4n).toString(36).padStart(12, "0");
}
