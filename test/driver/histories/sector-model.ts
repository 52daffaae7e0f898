/** One write as one sector sees it. */
export interface SectorWrite {
  /** What it may have left there: two bytes if the caller changed the buffer in flight. */
  bytes: number[];
  /** Number of the acknowledgement; null while there is none, or when a crash has made it worthless. */
  acknowledged: number | null;
}

interface SectorState {
  /** What is durable at least; more than one byte while nobody has read what a format kept. */
  durable: number[];
  /** Writes that may or may not be there, in the order of submission. */
  later: SectorWrite[];
}

/**
 * What each data sector may read as. Each sector is filled with one byte, so a byte stands for its contents.
 * The model knows nothing of cards: only what was submitted, what was answered, and where a crash fell.
 */
export class SectorModel {
  private readonly sectors: SectorState[];
  private acknowledgements = 0;

  /** @param initial the bytes that each sector may begin with */
  constructor(initial: readonly (readonly number[])[]) {
    this.sectors = initial.map((bytes) => ({ durable: [...bytes], later: [] }));
  }

  /** A write is submitted: from now on each of its sectors may read as `byte`. */
  submit(sector: number, count: number, byte: number): SectorWrite[] {
    return Array.from({ length: count }, (_, index) => {
      const write: SectorWrite = { bytes: [byte], acknowledged: null };
      this.sectors[sector + index]!.later.push(write);
      return write;
    });
  }

  /** The write was refused, so nothing of it may ever be there. */
  refuse(sector: number, writes: readonly SectorWrite[]): void {
    writes.forEach((write, index) => {
      const { later } = this.sectors[sector + index]!;
      later.splice(later.indexOf(write), 1);
    });
  }

  /** @param durable whether the answer promises that the write outlives a crash */
  acknowledge(sector: number, writes: readonly SectorWrite[], durable: boolean): void {
    this.acknowledgements++;
    writes.forEach((write, index) => {
      write.acknowledged = this.acknowledgements;
      const state = this.sectors[sector + index]!;
      const at = state.later.indexOf(write);
      if (durable && at >= 0) keepFrom(state, at);
    });
  }

  /** A flush is submitted. @returns what to hand to `flushed` when it was answered well */
  beginFlush(): number {
    return this.acknowledgements;
  }

  /** What had been acknowledged when the flush was submitted is durable. */
  flushed(acknowledgements: number): void {
    for (const state of this.sectors) {
      const last = state.later.findLastIndex(
        ({ acknowledged }) => acknowledged !== null && acknowledged <= acknowledgements,
      );
      if (last >= 0) keepFrom(state, last);
    }
  }

  /** What is not durable may be gone, or be there, acknowledged or not. */
  crash(): void {
    for (const { later } of this.sectors) for (const write of later) write.acknowledged = null;
  }

  /** A read is submitted. @returns the newest acknowledged write of each sector, for `readable` */
  beginRead(sector: number, count: number): (SectorWrite | undefined)[] {
    return this.sectors
      .slice(sector, sector + count)
      .map(({ later }) => later.findLast(({ acknowledged }) => acknowledged !== null));
  }

  /** What a read may find that began when `newest` was the newest acknowledged write: nothing older. */
  readable(sector: number, newest: SectorWrite | undefined): number[] {
    const { durable, later } = this.sectors[sector]!;
    // A write that became durable since has left the list; then everything in it is as new.
    const from = newest === undefined ? -1 : later.indexOf(newest);
    const written = later.slice(Math.max(from, 0)).flatMap(({ bytes }) => bytes);
    return [...new Set(from < 0 ? [...durable, ...written] : written)];
  }

  /** The sector was read after a crash: whatever it was, it must stay that. */
  pin(sector: number, byte: number): void {
    this.sectors[sector] = { durable: [byte], later: [] };
  }
}

/** The write at `index` is durable, which makes what was before it unreadable. */
function keepFrom(state: SectorState, index: number): void {
  state.durable = state.later[index]!.bytes;
  state.later.splice(0, index + 1);
}
