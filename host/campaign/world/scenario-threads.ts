import { REQUEST_SECTORS_MAX } from "../../../assembly/layout.js";
import { FLAG_AT_ONCE } from "../../page-cache/modifier.js";
import type { DirectWriter } from "../../page-cache/direct-writer.js";
import type { BareRequests } from "./bare-requests.js";
import type { PageCache } from "../../page-cache/page-cache.js";
import { collidingPiece } from "../../sdcard-emulator/fingerprint.js";
import { PIECES_PER_SECTOR, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import {
  ACTION_CARD,
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_DISCARD,
  ACTION_FORGET,
  ACTION_FUA,
  ACTION_MEMBER,
  ACTION_OVERWRITE,
  ACTION_READ,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  EVEN_IF_NEEDED,
  type Action,
} from "./scenario.js";

/** Sectors of the direct writer's buffer: the largest request there is. */
export const DIRECT_BUFFER_SECTORS: number = REQUEST_SECTORS_MAX;

/** What happens to cards, and what people and hosts do to them. */
export interface Hands {
  readonly bare: BareRequests;
  happen(slot: number, happening: number, detail: number): void;
  command(command: number, slot: number): void;
  scrub(mode: number, firstRegion: number): void;
}

/** What all colliding stores collide with; no serial of a run comes to it. */
const COLLIDING_STAMP = 0xffff_ffff;
/** Collisions that a piece of 256 bytes has. */
const COLLISIONS = 254;
const NOBODY = { onSyncDone: () => undefined, onPageRead: () => undefined, onBlockDone: () => undefined };

/** Does the actions of a scenario at their times. Each value stored is new, so that the oracle can tell them apart. */
export class ScenarioThreads implements ClockHandler {
  private actions: readonly Action[] = [];
  private startedUs = 0;
  private serial = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly contents: SectorContents,
    private readonly cache: PageCache,
    private readonly direct: DirectWriter,
    private readonly hands: Hands,
    /** What is stored into a place are collisions under CRC16. */
    private readonly collides: boolean,
    /** Told of each action after it; `done` is false for a store that waits for its page. */
    private readonly onAction?: (action: Action, done: boolean) => void,
  ) {}

  /** The actions of a boot begin; their times count from now. */
  start(actions: readonly Action[]): void {
    this.actions = actions;
    this.startedUs = this.clock.nowUs;
    this.scheduleAt(0);
  }

  crash(): void {
    this.clock.cancel(this);
  }

  onTime(index: number): void {
    const action = this.actions[index]!;
    const done = this.act(action);
    this.onAction?.(action, done);
    this.scheduleAt(index + 1);
  }

  /** Nothing of the page waits to be written: to forget it now is an eviction, and no hole. */
  private isSettled(number: number): boolean {
    const page = this.cache.page(number);
    return page.present && !page.dirty && !page.writing;
  }

  private scheduleAt(index: number): void {
    const action = this.actions[index];
    if (action === undefined) return;
    this.clock.schedule(Math.max(0, this.startedUs + action.atUs - this.clock.nowUs), this, index);
  }

  /** Bytes that were never stored before: known by their number, or by a place at which no CRC16 looks. */
  private newPiece(): number {
    const serial = ++this.serial;
    if (!this.collides) return this.contents.stamp(serial);
    return collidingPiece(this.contents, this.contents.stamp(COLLIDING_STAMP), serial % COLLISIONS);
  }

  private newPieces(count: number): number[] {
    return Array.from({ length: count }, () => this.newPiece());
  }

  private act(action: Action): boolean {
    const { kind, page, sector, piece, amount } = action;
    switch (kind) {
      case ACTION_STORE:
        return this.cache.modify(page, sector, piece, this.newPiece(), amount);
      case ACTION_OVERWRITE:
        return this.cache.overwrite(page, this.newPieces(this.cache.page(page).pieces.length), FLAG_AT_ONCE);
      case ACTION_FORGET:
        if (amount === EVEN_IF_NEEDED || this.isSettled(page)) this.cache.forget(page);
        break;
      case ACTION_SYNC:
        this.cache.sync(amount, NOBODY, 0);
        break;
      case ACTION_READ:
        this.cache.read(page, NOBODY, 0);
        break;
      case ACTION_DIRECT:
        this.direct.start(page, amount, NOBODY, 0);
        break;
      case ACTION_DIRECT_STORE:
        if (amount !== EVEN_IF_NEEDED && this.direct.underWay) break;
        this.direct.store(sector, piece, this.newPiece());
        break;
      case ACTION_MEMBER:
        this.hands.command(amount, page);
        break;
      case ACTION_CARD:
        this.hands.happen(page, amount, sector);
        break;
      case ACTION_DISCARD:
        return this.hands.bare.discard(page, amount);
      case ACTION_FUA:
        this.serial += amount * PIECES_PER_SECTOR;
        return this.hands.bare.writeDurably(page, amount, this.serial - amount * PIECES_PER_SECTOR + 1);
      case ACTION_SCRUB:
        this.hands.scrub(amount, page);
        break;
      default:
        throw new Error(`action kind ${kind} is unknown`);
    }
    return true;
  }
}
