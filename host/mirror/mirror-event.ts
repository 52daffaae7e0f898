import {
  RING_EPOCH,
  RING_FINGERPRINT,
  RING_LOSS,
  RING_LOST,
  RING_MEMBER,
  RING_MISMATCH,
  RING_REGION,
  RING_REPAIR,
} from "../../assembly/layout.js";
import type { RingEvent } from "./event-ring.js";
import {
  lossCauseName,
  lossCauseText,
  memberStateName,
  type LossCauseName,
  type MemberStateName,
} from "./member-names.js";
import { regionStateName, type RegionStateName } from "./region-names.js";
import { repairReasonName, repairReasonText, type RepairReasonName } from "./scrub-names.js";

/** What an event says, by its kind. Sectors are data sectors, slots those of the cards. */
export type EventWords =
  | {
      readonly kind: "region";
      readonly region: number;
      readonly from: RegionStateName;
      readonly to: RegionStateName;
    }
  | {
      readonly kind: "member";
      readonly slot: number;
      readonly from: MemberStateName;
      readonly to: MemberStateName;
    }
  | { readonly kind: "loss"; readonly slot: number; readonly cause: LossCauseName }
  | { readonly kind: "epoch"; readonly epoch: number; readonly sync: "asked" | "succeeded" | "failed" }
  | { readonly kind: "fingerprint"; readonly sector: number; readonly sectors: number }
  | {
      readonly kind: "repair" | "mismatch";
      readonly sector: number;
      /** Slot of the card whose copy is taken for right. */
      readonly winner: number;
      readonly reason: RepairReasonName;
    }
  | { readonly kind: "lost"; readonly sector: number };

/** One event of the driver. */
export type MirrorEvent = EventWords & {
  /** Number of the event since the last assembly, from 0 on. */
  readonly number: number;
  /** Time of the controller's tick before it, ms of virtual time. */
  readonly timeMs: number;
  /** The same as a sentence, without a full stop. */
  readonly text: string;
};

const SYNCS = ["asked", "succeeded", "failed"] as const;
const BYTE = 0xff;

/** An entry of the ring in words. @throws Error for a kind that this host does not know */
export function eventInWords({ number, timeMs, kind, subject, detail }: RingEvent): MirrorEvent {
  const words = wordsOf(kind, subject, detail);
  return { number, timeMs, ...words, text: textOf(words) };
}

function wordsOf(kind: number, subject: number, detail: number): EventWords {
  const low = detail & BYTE;
  const high = (detail >>> 8) & BYTE;
  switch (kind) {
    case RING_REGION:
      return { kind: "region", region: subject, from: regionStateName(low), to: regionStateName(high) };
    case RING_MEMBER:
      return { kind: "member", slot: subject, from: memberStateName(low), to: memberStateName(high) };
    case RING_LOSS:
      return { kind: "loss", slot: subject, cause: lossCauseName(detail) };
    case RING_EPOCH:
      return { kind: "epoch", epoch: subject, sync: SYNCS[detail]! };
    case RING_FINGERPRINT:
      return { kind: "fingerprint", sector: subject, sectors: detail };
    case RING_REPAIR:
      return { kind: "repair", sector: subject, winner: low, reason: repairReasonName(high) };
    case RING_MISMATCH:
      return { kind: "mismatch", sector: subject, winner: low, reason: repairReasonName(high) };
    case RING_LOST:
      return { kind: "lost", sector: subject };
    default:
      throw new Error(`the driver's event ring has an event of the unknown kind ${kind}`);
  }
}

function textOf(words: EventWords): string {
  switch (words.kind) {
    case "region":
      return `region ${words.region} went from ${words.from} to ${words.to}`;
    case "member":
      return `the member in slot ${words.slot} went from ${words.from} to ${words.to}`;
    case "loss":
      return `the member in slot ${words.slot} was dropped because ${lossCauseText(words.cause)}`;
    case "epoch":
      return words.sync === "asked"
        ? `sync ${words.epoch} was asked of the layer above`
        : `sync ${words.epoch} of the layer above ${words.sync}`;
    case "fingerprint":
      return `the cards accepted different bytes of ${words.sectors} sectors from ${words.sector} on`;
    case "repair":
      return `sector ${words.sector} was repaired with the copy of slot ${words.winner}: ${repairReasonText(words.reason)}`;
    case "mismatch":
      return `sector ${words.sector} differs; the copy of slot ${words.winner} would win: ${repairReasonText(words.reason)}`;
    case "lost":
      return `sector ${words.sector} can be read from neither card`;
  }
}
