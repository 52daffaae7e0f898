/** The write cache in the card's RAM: pages that were answered and are not programmed, oldest first. */
import { NONE } from "./open-units.js";

/** A bounded ring. A page written again while it waits stays where it is. */
export class WriteBuffer {
  length = 0;
  private head = 0;
  private readonly pages: Int32Array;

  constructor(readonly capacity: number) {
    this.pages = new Int32Array(capacity);
  }

  /** Whether this logical page waits. The newest is looked at first: that is where a stream goes on. */
  holds(page: number): boolean {
    for (let i = this.length - 1; i >= 0; i--) {
      if (this.pages[(this.head + i) % this.capacity] === page) return true;
    }
    return false;
  }

  get full(): boolean {
    return this.length === this.capacity;
  }

  /** Adds the newest page; the buffer must not be full. */
  push(page: number): void {
    this.pages[(this.head + this.length++) % this.capacity] = page;
  }

  /** Removes the oldest page. @returns it, or NONE if there is none */
  shift(): number {
    if (this.length === 0) return NONE;
    const page = this.pages[this.head]!;
    this.head = (this.head + 1) % this.capacity;
    this.length--;
    return page;
  }

  /** Forgets the pages from `first` up to but without `end`: they were discarded before they were programmed. */
  drop(first: number, end: number): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const page = this.pages[(this.head + i) % this.capacity]!;
      if (page >= first && page < end) continue;
      this.pages[(this.head + kept++) % this.capacity] = page;
    }
    this.length = kept;
  }

  clear(): void {
    this.length = 0;
  }

  fork(): WriteBuffer {
    const copy = new WriteBuffer(this.capacity);
    copy.length = this.length;
    copy.head = this.head;
    copy.pages.set(this.pages);
    return copy;
  }
}
