import type { CutMoment } from "../search/cut-explorer.js";
import type { Action } from "./scenario.js";

/**
 * Something that happened in a running scenario, for traces and stories. Sectors are data sectors unless they are
 * called card sectors; contents and pieces are ids of the run's SectorContents; statuses are those of layout.ts.
 */
export type ScenarioHappening =
  /** A controller starts; the cards hold what the last boot left. */
  | { readonly kind: "boot" }
  | { readonly kind: "assembled"; readonly status: number }
  /** The boot ends by END_POWER or END_RESET, and another one follows. */
  | { readonly kind: "boot-end"; readonly topology: number }
  /** A thread acts. `done` is false for a store that waits for its page. */
  | { readonly kind: "action"; readonly action: Action; readonly done: boolean }
  /** The driver accepted a write of a page, or of the direct writer (null): the buffer now holds `contents`. */
  | {
      readonly kind: "write";
      readonly writeId: number;
      readonly page: number | null;
      readonly sector: number;
      readonly contents: readonly number[];
    }
  /** A sector of the buffer of a write under way changed to `content`. */
  | {
      readonly kind: "modified";
      readonly writeId: number;
      readonly sector: number;
      readonly content: number;
    }
  | {
      readonly kind: "write-done";
      readonly writeId: number;
      readonly sector: number;
      readonly count: number;
      readonly status: number;
    }
  | { readonly kind: "flush" }
  | { readonly kind: "flush-done"; readonly status: number }
  | { readonly kind: "read"; readonly sector: number; readonly content: number }
  /** The driver asks the layer above for a whole-device sync; any sync is answered. */
  | { readonly kind: "sync-request"; readonly epoch: number }
  | { readonly kind: "sync-done"; readonly syncKind: number; readonly status: number }
  /** A card samples a piece of a live buffer. */
  | {
      readonly kind: "sample";
      readonly member: number;
      readonly cardSector: number;
      readonly piece: number;
      readonly pieceId: number;
    }
  /** A card answers a command (CARD_...); `contents` is what it received by a write. */
  | {
      readonly kind: "card-done";
      readonly member: number;
      readonly operation: number;
      readonly cardSector: number;
      readonly count: number;
      readonly contents: readonly number[];
      readonly status: number;
    };

/** When it happened, and what. `step` counts the events of the boot that had ended before. */
export type ScenarioEvent = CutMoment & ScenarioHappening;

/** Told of everything that happens in a scenario. */
export interface ScenarioObserver {
  onEvent(event: ScenarioEvent): void;
}
