import { CARD_WRITE } from "../../../assembly/layout.js";
import { SdCard, type SdCardOptions, type TransferBuffer } from "../../sdcard-emulator/card.js";
import type { ScenarioHappening } from "./scenario-event.js";

interface Command {
  readonly operation: number;
  readonly sector: number;
  readonly count: number;
}

/** A card that tells what it samples from live buffers and when it answers; otherwise like any other. */
export class ObservedCard extends SdCard {
  /** Commands not answered yet, oldest first: a card answers in order. */
  private readonly commands: Command[] = [];

  constructor(
    options: SdCardOptions,
    private readonly member: number,
    private readonly tell: (happening: ScenarioHappening) => void,
  ) {
    super({
      ...options,
      onComplete: (token, status, fingerprint) => {
        this.answered(status);
        options.onComplete(token, status, fingerprint);
      },
    });
  }

  override submit(
    operation: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    bufferSector: number,
    token: number,
  ): void {
    this.commands.push({ operation, sector, count });
    const watched =
      operation === CARD_WRITE && buffer !== null ? this.watched(buffer, sector, bufferSector) : buffer;
    super.submit(operation, sector, count, watched, bufferSector, token);
  }

  override controllerReset(): void {
    super.controllerReset();
    // What waited has vanished; the command under way is answered.
    this.commands.length = Math.min(this.commands.length, this.idle ? 0 : 1);
  }

  private watched(buffer: TransferBuffer, cardSector: number, bufferSector: number): TransferBuffer {
    const { member, tell } = this;
    return {
      samplePiece(sector, piece) {
        const pieceId = buffer.samplePiece(sector, piece);
        tell({ kind: "sample", member, cardSector: cardSector + sector - bufferSector, piece, pieceId });
        return pieceId;
      },
      storeSector: (sector, content) => buffer.storeSector(sector, content),
    };
  }

  private answered(status: number): void {
    const command = this.commands.shift();
    if (command === undefined) throw new Error(`card ${this.member} answered a command that nobody gave it`);
    const { operation, sector: cardSector, count } = command;
    const contents =
      operation === CARD_WRITE ? Array.from({ length: count }, (_, i) => this.view(cardSector + i)) : [];
    this.tell({ kind: "card-done", member: this.member, operation, cardSector, count, contents, status });
  }
}
