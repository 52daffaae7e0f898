import type { SyncListener } from "../../mirror/timed-mirror.js";
import type { PageCacheObserver } from "../../page-cache/page-cache-observer.js";
import { Page } from "../../page-cache/page.js";
import type { SdCard, SdCardOptions, TransferBuffer } from "../../sdcard-emulator/card.js";
import { PIECES_PER_SECTOR, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { CutMoment } from "../search/cut-explorer.js";
import { ObservedCard } from "./observed-card.js";
import type { ScenarioHappening, ScenarioObserver } from "./scenario-event.js";
import type { Action } from "./scenario.js";

interface OpenWrite {
  readonly sector: number;
  readonly pieces: number[];
}

/**
 * Stands between the parts of a scenario's world and tells an observer what passes. It exists only when there is an
 * observer, so that a campaign pays nothing for it.
 */
export class ScenarioWatch {
  constructor(
    private readonly observer: ScenarioObserver,
    private readonly contents: SectorContents,
    private readonly now: () => CutMoment,
  ) {}

  readonly tell = (happening: ScenarioHappening): void => {
    this.observer.onEvent({ ...this.now(), ...happening });
  };

  /** What threads tell after each action. */
  readonly onAction = (action: Action, done: boolean): void => this.tell({ kind: "action", action, done });

  /** A card like any other, watched. */
  card(options: SdCardOptions, member: number): SdCard {
    return new ObservedCard(options, member, this.tell);
  }

  /** Hears the driver's sync requests on their way to `listener`. */
  syncs(listener: SyncListener): SyncListener {
    return {
      onSyncRequested: (epoch) => {
        this.tell({ kind: "sync-request", epoch });
        listener.onSyncRequested(epoch);
      },
    };
  }

  /** Hears what the oracle hears. */
  cache(oracle: PageCacheObserver): PageCacheObserver {
    const { tell } = this;
    const open = new Map<number, OpenWrite>();
    return {
      writeSubmitted: (sector, count, buffer, bufferSector) => {
        const writeId = oracle.writeSubmitted(sector, count, buffer, bufferSector);
        const pieces = sampledPieces(buffer, bufferSector, count);
        open.set(writeId, { sector, pieces });
        const contents = Array.from({ length: count }, (_, offset) => this.contentOf(pieces, offset));
        const page = buffer instanceof Page ? buffer.number : null;
        tell({ kind: "write", writeId, page, sector, contents });
        return writeId;
      },
      bufferModified: (writeId, offset, piece, pieceId) => {
        oracle.bufferModified(writeId, offset, piece, pieceId);
        const { sector, pieces } = open.get(writeId)!;
        pieces[offset * PIECES_PER_SECTOR + piece] = pieceId;
        tell({
          kind: "modified",
          writeId,
          sector: sector + offset,
          content: this.contentOf(pieces, offset),
        });
      },
      writeDone: (writeId, status) => {
        oracle.writeDone(writeId, status);
        const { sector, pieces } = open.get(writeId)!;
        open.delete(writeId);
        tell({ kind: "write-done", writeId, sector, count: pieces.length / PIECES_PER_SECTOR, status });
      },
      flushSubmitted: () => {
        tell({ kind: "flush" });
        return oracle.flushSubmitted();
      },
      flushDone: (flushId, status) => {
        oracle.flushDone(flushId, status);
        tell({ kind: "flush-done", status });
      },
      readReturned: (sector, content) => {
        tell({ kind: "read", sector, content });
        return oracle.readReturned(sector, content);
      },
      syncAcknowledged: (syncKind, status) => {
        oracle.syncAcknowledged?.(syncKind, status);
        tell({ kind: "sync-done", syncKind, status });
      },
    };
  }

  private contentOf(pieces: readonly number[], offset: number): number {
    const first = offset * PIECES_PER_SECTOR;
    return this.contents.sectorOf(pieces[first]!, pieces[first + 1]!);
  }
}

function sampledPieces(buffer: TransferBuffer, bufferSector: number, count: number): number[] {
  return Array.from({ length: count * PIECES_PER_SECTOR }, (_, i) =>
    buffer.samplePiece(bufferSector + Math.floor(i / PIECES_PER_SECTOR), i % PIECES_PER_SECTOR),
  );
}
