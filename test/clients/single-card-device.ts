import { CARD_FLUSH, CARD_READ, CARD_WRITE, STATUS_OK } from "../../assembly/layout.js";
import type { BlockCompletion, BlockDevice } from "../../host/page-cache/block-device.js";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { SdCard, type TransferBuffer } from "../../host/sdcard-emulator/card.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import type { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

const UNDER_WAY_MAX = 16;

/** One card and nothing else: the disk that a mirror must be at least as good as. */
export class SingleCardDevice implements BlockDevice, ClockHandler {
  readonly card: SdCard;
  /** Flushes are answered, and nothing is flushed. */
  lies = false;
  private readonly done = new Map<number, { completion: BlockCompletion; tag: number }>();
  private tokens = 0;

  constructor(
    private readonly clock: VirtualClock,
    contents: SectorContents,
    readonly sectors: number,
    profileName: string,
    seed: number,
  ) {
    this.card = new SdCard({
      clock,
      contents,
      media: new CardImage(sectors),
      characteristics: profile(profileName),
      seed,
      onComplete: (token, status) => this.answer(token, status),
    });
  }

  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    at: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    return this.submit(CARD_READ, sector, count, buffer, at, done, tag);
  }

  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    at: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    return this.submit(CARD_WRITE, sector, count, buffer, at, done, tag);
  }

  flush(done: BlockCompletion, tag: number): boolean {
    if (!this.lies) return this.submit(CARD_FLUSH, 0, 0, null, 0, done, tag);
    this.done.set(++this.tokens, { completion: done, tag });
    this.clock.schedule(100, this, this.tokens);
    return true;
  }

  onTime(token: number): void {
    this.answer(token, STATUS_OK);
  }

  private submit(
    operation: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    at: number,
    completion: BlockCompletion,
    tag: number,
  ): boolean {
    if (this.done.size >= UNDER_WAY_MAX) return false;
    this.done.set(++this.tokens, { completion, tag });
    this.card.submit(operation, sector, count, buffer, at, this.tokens);
    return true;
  }

  private answer(token: number, status: number): void {
    const { completion, tag } = this.done.get(token)!;
    this.done.delete(token);
    completion.onBlockDone(tag, status);
  }
}
