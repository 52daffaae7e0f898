import { STATUS_CARD_FAILED } from "../../../assembly/layout.js";
import type { CardCompletion, SdCard } from "../../sdcard-emulator/card.js";
import type { ClockHandler, VirtualClock } from "../../sdcard-emulator/virtual-clock.js";

/** A slot without a card: every command fails, in an event of its own. */
export class EmptySlot implements ClockHandler, Pick<SdCard, "submit"> {
  constructor(
    private readonly clock: VirtualClock,
    private readonly onComplete: CardCompletion,
  ) {}

  submit(
    _operation: number,
    _sector: number,
    _count: number,
    _buffer: unknown,
    _bufferSector: number,
    token: number,
  ): void {
    this.clock.schedule(0, this, token);
  }

  onTime(token: number): void {
    this.onComplete(token, STATUS_CARD_FAILED, 0);
  }

  /** The controller is gone, and whoever waited. */
  crash(): void {
    this.clock.cancel(this);
  }
}
