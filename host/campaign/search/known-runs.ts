import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import type { ScratchPair } from "./scratch-pair.js";

/** What is found at a place that can be read, when no more decides; content ids are not negative. */
const READABLE = -1;
const NOTHING = -2;
const NOWHERE = -1;

/** A place that runs look at, and how they go on by what they find there: mostly it is one thing, or one of a few. */
class Look<T> {
  private found = NOTHING;
  private next: Look<T> | End<T> | undefined;
  private others: Map<number, Look<T> | End<T>> | null = null;

  /**
   * @param place twice the sector and the member
   * @param wholly whether the content decides, or only if it can be read
   */
  constructor(
    readonly place: number,
    readonly wholly: boolean,
  ) {}

  after(content: number): Look<T> | End<T> | undefined {
    const found = this.wholly || content === UNREADABLE ? content : READABLE;
    return found === this.found ? this.next : this.others?.get(found);
  }

  add(content: number, next: Look<T> | End<T>): void {
    const found = this.wholly || content === UNREADABLE ? content : READABLE;
    if (this.found === NOTHING) {
      this.found = found;
      this.next = next;
    } else {
      this.others ??= new Map();
      this.others.set(found, next);
    }
  }
}

/** Runs look no further. */
class End<T> {
  readonly place = NOWHERE;

  constructor(readonly result: T) {}
}

/**
 * Runs of the driver that begin in the same state, by what they read. A driver that finds the same wherever it looks goes
 * on in the same way: what the cards hold elsewhere decides nothing, nor do the bytes that pass it by, from a card to the
 * caller's buffer. Where runs look is not assumed but seen: a tree of what they found, in the order in which they looked.
 */
export class KnownRuns<T> {
  private first: Look<T> | End<T> | undefined;

  /** @returns what comes of a run on these cards, if it is known */
  find(pair: ScratchPair): T | undefined {
    let at = this.first;
    while (at !== undefined) {
      if (at instanceof End) return at.result;
      at = at.after(pair.get(at.place & 1, at.place >> 1));
    }
    return undefined;
  }

  /**
   * From now on it is known what comes of a run that finds this.
   * @throws Error if another run that found the same looked elsewhere: then more decides than what runs read
   */
  keep({ places, whollies, contents }: RunReads, result: T): void {
    let last: Look<T> | null = null;
    for (let i = 0; i <= places.length; i++) {
      const isEnd = i === places.length;
      const found: number = last === null ? NOTHING : contents[i - 1]!;
      let at: Look<T> | End<T> | undefined = last === null ? this.first : last.after(found);
      if (at === undefined) {
        at = isEnd ? new End(result) : new Look(places[i]!, whollies[i]!);
        if (last === null) this.first = at;
        else last.add(found, at);
      } else if (at.place !== (isEnd ? NOWHERE : places[i])) {
        throw new Error("two runs of the driver found the same and went on in different ways");
      }
      if (at instanceof Look) last = at;
    }
  }

  /** Nothing is known. */
  forget(): void {
    this.first = undefined;
  }
}

/** What the run under way has found where it looked for the first time, in order. */
export class RunReads {
  readonly places: number[] = [];
  readonly whollies: boolean[] = [];
  readonly contents: number[] = [];
  /** By place, what is known of it: that it can be read, its content; the run knows all of what it has written. */
  private readonly known = new Map<number, boolean>();

  clear(): void {
    this.places.length = 0;
    this.whollies.length = 0;
    this.contents.length = 0;
    this.known.clear();
  }

  /** @param wholly whether the driver gets its bytes */
  reads(member: number, sector: number, content: number, wholly: boolean): void {
    const place = sector * 2 + member;
    const known = this.known.get(place);
    if (known === true || known === wholly) return;
    this.known.set(place, wholly);
    this.places.push(place);
    this.whollies.push(wholly);
    this.contents.push(content);
  }

  writes(member: number, sector: number): void {
    this.known.set(sector * 2 + member, true);
  }
}
