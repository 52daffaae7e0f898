import { MEMBERS, MEMBER_IN_SYNC, MEMBER_REBUILDING } from "../../assembly/layout.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";

/** What tells whether a member was dropped. */
export interface MemberStates {
  memberState(member: number): number;
}

/**
 * Which transfers the driver still waits for. Those of a card that is dropped it forgets, and may use their buffers for
 * others: a host must end them, as firmware stops the DMA channel. They are all that the card owes when it leaves the
 * states IN_SYNC and REBUILDING, when it initialises itself anew, or when it overruns the deadline (SPEC.md section 3).
 */
export class LiveTransfers {
  /** How often each member was dropped. */
  private readonly drops = new Array<number>(MEMBERS).fill(0);
  private readonly inUse = new Array<boolean>(MEMBERS).fill(false);
  /** Time of the last tick, which is all that the driver knows of the time; -1 before the first. */
  private tickMs = -1;
  private firstTickMs = -1;
  private deadlineMs = 0;

  /** @param deadlineMs OPTION_DEADLINE_MS; 0 for none */
  controllerStarted(deadlineMs: number): void {
    this.deadlineMs = deadlineMs;
    this.tickMs = this.firstTickMs = -1;
    this.inUse.fill(false);
    for (let member = 0; member < MEMBERS; member++) this.dropped(member);
  }

  ticked(nowMs: number): void {
    if (this.tickMs < 0) this.firstTickMs = nowMs;
    this.tickMs = nowMs;
  }

  /** The card owes nothing from now on, whatever its state. */
  dropped(member: number): void {
    this.drops[member]!++;
  }

  /** After each call of the driver. */
  look(states: MemberStates): void {
    for (let member = 0; member < MEMBERS; member++) {
      const state = states.memberState(member);
      const isInUse = state === MEMBER_IN_SYNC || state === MEMBER_REBUILDING;
      if (this.inUse[member] && !isInUse) this.dropped(member);
      this.inUse[member] = isInUse;
    }
  }

  /** A buffer that a card may fill only as long as the driver waits for that, and `isUsed` says so. */
  whileAwaited(member: number, buffer: TransferBuffer, isUsed: () => boolean): TransferBuffer {
    const drops = this.drops[member]!;
    const sinceMs = this.tickMs;
    return {
      samplePiece: (sector, piece) => buffer.samplePiece(sector, piece),
      storeSector: (sector, content) => {
        if (drops !== this.drops[member] || this.isOverdue(sinceMs) || !isUsed()) return;
        buffer.storeSector(sector, content);
      },
    };
  }

  private isOverdue(sinceMs: number): boolean {
    const startedMs = sinceMs < 0 ? this.firstTickMs : sinceMs;
    return this.deadlineMs !== 0 && startedMs >= 0 && this.tickMs - startedMs > this.deadlineMs;
  }
}
