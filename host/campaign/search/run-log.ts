import { grown } from "../../sdcard-emulator/open-addressing.js";
import { UNREADABLE, ZEROS } from "../../sdcard-emulator/sector-contents.js";
import type { ScratchPair } from "./scratch-pair.js";

const FIELDS = 3;
const EVENTS_FIRST = 64;
/** Numbers that are allocated at a time: an allocation for each copy costs more than the copy. */
const SHELF = 1 << 14;

/** A sector of a card gets a content: place (twice the sector and the member), content. */
const WRITE = 0;
/** A sector of the caller's buffer gets what a place holds: sector of the buffer, place. */
const LOAD = 1;
/** Sectors of the caller's buffer get zeros: the first one, count. */
const CLEAR = 2;
/** A value is taken from the caller's buffer: number of the value, sector of the buffer. */
const TAKE = 3;
/** A value is that nobody can read the sector: number of the value. */
const LOSE = 4;

/** What a run of the driver does to the cards and to the caller's buffer, in order, so that it can be done again. */
export class RunLog {
  private events = new Int32Array(EVENTS_FIRST * FIELDS);
  private length = 0;
  /** Where copies are put, one behind the other. */
  private shelf = new Int32Array(0);
  private shelved = 0;

  clear(): void {
    this.length = 0;
  }

  writes(member: number, sector: number, content: number): void {
    this.add(WRITE, sector * 2 + member, content);
  }

  loads(bufferSector: number, member: number, sector: number): void {
    this.add(LOAD, bufferSector, sector * 2 + member);
  }

  clears(bufferSector: number, count: number): void {
    this.add(CLEAR, bufferSector, count);
  }

  takes(value: number, bufferSector: number): void {
    this.add(TAKE, value, bufferSector);
  }

  loses(value: number): void {
    this.add(LOSE, value, 0);
  }

  /** What was done since the last call of `clear`, kept. */
  copy(): Int32Array {
    const { length } = this;
    if (this.shelved + length > this.shelf.length) {
      this.shelf = new Int32Array(Math.max(SHELF, length));
      this.shelved = 0;
    }
    const copy = this.shelf.subarray(this.shelved, this.shelved + length);
    for (let i = 0; i < length; i++) copy[i] = this.events[i]!;
    this.shelved += length;
    return copy;
  }

  private add(kind: number, first: number, second: number): void {
    if (this.length === this.events.length) this.events = grown(this.events);
    const { events, length } = this;
    events[length] = kind;
    events[length + 1] = first;
    events[length + 2] = second;
    this.length = length + FIELDS;
  }
}

/** Does again what a copy of a log says. @param values get what reads came to */
export function repeatRun(
  events: Int32Array,
  pair: ScratchPair,
  buffer: Int32Array,
  values: Int32Array,
): void {
  for (let at = 0; at < events.length; at += FIELDS) {
    const first = events[at + 1]!;
    const second = events[at + 2]!;
    switch (events[at]) {
      case WRITE:
        pair.set(first & 1, first >> 1, second);
        break;
      case LOAD:
        buffer[first] = pair.get(second & 1, second >> 1);
        break;
      case CLEAR:
        buffer.fill(ZEROS, first, first + second);
        break;
      case TAKE:
        values[first] = buffer[second]!;
        break;
      case LOSE:
        values[first] = UNREADABLE;
        break;
      default:
        throw new Error(`a log of a run holds an event of unknown kind ${events[at]}`);
    }
  }
}
