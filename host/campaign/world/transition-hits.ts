import {
  MEMBER_EVENTS,
  MEMBER_STATES,
  REGION_EVENTS,
  REGION_STATES,
  RING_ENTRIES,
  RING_ENTRY_BYTES,
  RING_MEMBER,
  RING_REGION,
  TRANSITION_IMPOSSIBLE,
} from "../../../assembly/layout.js";
import type { DriverExports } from "../../mirror/driver-module.js";

/** Bytes before the ring's first entry. */
const RING_HEAD_BYTES = 16;

/** A cell of a table of transitions, and how often campaigns came through it. */
export interface CellHits {
  readonly table: "region" | "member";
  readonly state: number;
  readonly event: number;
  readonly hits: number;
}

/** TransitionHits as data: for each table the hits of its cells, state by state. */
export interface TransitionData {
  readonly regions: readonly number[];
  readonly members: readonly number[];
}

/**
 * How often each cell of the region table and of the member table was passed, by the driver's own event ring: only
 * changes of state are in it, and of more changes in one step than the ring holds the last ones.
 */
export class TransitionHits {
  private readonly regions = new Float64Array(REGION_STATES * REGION_EVENTS);
  private readonly members = new Float64Array(MEMBER_STATES * MEMBER_EVENTS);
  private written = 0;
  private words: DataView | null = null;

  /** A controller starts with an empty ring. */
  booted(): void {
    this.written = 0;
  }

  /** Takes what the ring has got since the last look. */
  look(driver: DriverExports): void {
    const words = (this.words ??= new DataView(driver.memory.buffer));
    const ring = driver.eventRing() >>> 0;
    const written = words.getUint32(ring, true);
    if (written < this.written) this.written = 0;
    for (let i = Math.max(this.written, written - RING_ENTRIES); i < written; i++) {
      const at = ring + RING_HEAD_BYTES + (i % RING_ENTRIES) * RING_ENTRY_BYTES;
      const kind = words.getUint32(at + 4, true);
      const detail = words.getUint32(at + 12, true);
      const state = detail & 0xff;
      const event = detail >>> 16;
      if (kind === RING_REGION) this.regions[state * REGION_EVENTS + event]!++;
      else if (kind === RING_MEMBER) this.members[state * MEMBER_EVENTS + event]!++;
    }
    this.written = written;
  }

  /** Hits that another thread or machine has counted. */
  static from({ regions, members }: TransitionData): TransitionHits {
    const hits = new TransitionHits();
    hits.regions.set(regions);
    hits.members.set(members);
    return hits;
  }

  /** The hits as data that JSON can hold. */
  data(): TransitionData {
    return { regions: [...this.regions], members: [...this.members] };
  }

  add(other: TransitionHits): void {
    other.regions.forEach((hits, cell) => (this.regions[cell]! += hits));
    other.members.forEach((hits, cell) => (this.members[cell]! += hits));
  }

  /** The cells of both tables that are not marked impossible and that change a state. */
  cells(driver: Pick<DriverExports, "transition" | "memberTransition">): CellHits[] {
    const cells: CellHits[] = [];
    const collect = (
      table: CellHits["table"],
      states: number,
      events: number,
      next: (state: number, event: number) => number,
      hits: Float64Array,
    ): void => {
      for (let state = 0; state < states; state++) {
        for (let event = 0; event < events; event++) {
          const to = next(state, event);
          if (to === TRANSITION_IMPOSSIBLE || to === state) continue;
          cells.push({ table, state, event, hits: hits[state * events + event]! });
        }
      }
    };
    collect("region", REGION_STATES, REGION_EVENTS, driver.transition, this.regions);
    collect("member", MEMBER_STATES, MEMBER_EVENTS, driver.memberTransition, this.members);
    return cells;
  }
}
