import { CARD_WRITE, STATUS_OK } from "../../../assembly/layout.js";
import type { ScenarioEvent, ScenarioObserver } from "../world/scenario-event.js";

/** What writes cost in a run, as seen from outside the driver. Begins to count when the array is assembled. */
export class WriteCosts implements ScenarioObserver {
  /** Of each write of the layer above, from the driver's acceptance to its answer, us of virtual time; as they ended. */
  readonly latenciesUs: number[] = [];
  /** Write commands to either card's metadata, superblocks included. */
  metadataWrites = 0;
  /** Actions of threads that have begun. */
  actions = 0;
  /** Moment of the last answer of a card to a write, us. */
  lastWriteUs = 0;
  private readonly sinceUs = new Map<number, number>();
  private assembled = false;

  /** @param dataStart the first card sector that is not metadata */
  constructor(private readonly dataStart: number) {}

  /** Writes that were not answered yet. */
  get open(): number {
    return this.sinceUs.size;
  }

  onEvent(event: ScenarioEvent): void {
    switch (event.kind) {
      case "assembled":
        this.assembled = true;
        break;
      case "action":
        this.actions++;
        break;
      case "write":
        this.sinceUs.set(event.writeId, event.timeUs);
        break;
      case "write-done":
        this.latenciesUs.push(event.timeUs - this.sinceUs.get(event.writeId)!);
        this.sinceUs.delete(event.writeId);
        break;
      case "card-done":
        if (this.assembled && event.operation === CARD_WRITE) this.cardWrote(event.cardSector, event);
        break;
      default:
        break;
    }
  }

  private cardWrote(cardSector: number, { timeUs, status }: { timeUs: number; status: number }): void {
    this.lastWriteUs = timeUs;
    if (cardSector < this.dataStart && status === STATUS_OK) this.metadataWrites++;
  }
}
