import * as layout from "../../../assembly/layout.js";
import type { Chance } from "./chance.js";

/** A command as the driver sends it. */
export interface CardCommand {
  readonly member: number;
  /** CARD_..., without CARD_OWN_BUFFER. */
  readonly operation: number;
  readonly sector: number;
  readonly count: number;
  readonly token: number;
  /** The memory of one sector of the transfer, as it is at the time of the call. */
  readonly memory: (index: number) => Uint8Array;
}

export interface CardAnswer {
  readonly status: number;
  readonly fingerprint: number;
}

/** Mixes two bytes of each sector: the driver only compares, so any function of what was accepted will do. */
function mixed(fingerprint: number, sector: Uint8Array): number {
  return (Math.imul(fingerprint, 31) + sector[0]! + 256 * sector[1]!) >>> 0;
}

const FINGERPRINT_START = 17;
/** A torn sector is old up to here, and then nonsense. */
const TORN_AT = 256;

/** A card whose cache is lost with its power, sector by sector. */
export class VolatileCard {
  /** It fails every command. */
  failing = false;
  /** It swallows every command. */
  silent = false;
  /** Card sectors that it can't read until they are written. */
  readonly unreadable = new Set<number>();
  private readonly durable: Uint8Array[];
  /** Sectors of which the cache holds something newer. */
  private readonly cached = new Set<number>();

  constructor(
    private readonly sectors: readonly Uint8Array[],
    private readonly dataStart: number,
  ) {
    this.durable = sectors.map((sector) => sector.slice());
  }

  /** What a read of the card sector gives now. */
  contents(sector: number): Uint8Array {
    return this.sectors[sector]!;
  }

  /** Fails and falls silent no longer. */
  recover(): void {
    this.failing = false;
    this.silent = false;
  }

  execute(command: CardCommand): CardAnswer {
    let fingerprint = FINGERPRINT_START;
    if (command.operation === layout.CARD_FLUSH) this.flush();
    for (let index = 0; index < command.count; index++) {
      const sector = command.sector + index;
      if (command.operation === layout.CARD_READ) {
        if (this.unreadable.has(sector)) return { status: layout.STATUS_READ_ERROR, fingerprint: 0 };
        command.memory(index).set(this.sectors[sector]!);
      } else {
        this.take(command, index);
        this.unreadable.delete(sector);
        fingerprint = mixed(fingerprint, this.sectors[sector]!);
      }
    }
    return { status: layout.STATUS_OK, fingerprint };
  }

  /**
   * Power is lost. Each sector under way may have arrived, a metadata sector also torn; then each sector falls back to
   * what was flushed or not, on its own: no card promises an order.
   */
  losePower(chance: Chance, underWay: readonly CardCommand[]): void {
    for (const command of underWay) {
      if (command.operation !== layout.CARD_WRITE && command.operation !== layout.CARD_ZERO) continue;
      for (let index = 0; index < command.count; index++) {
        if (chance.oneIn(2)) continue;
        this.take(command, index);
        const sector = command.sector + index;
        if (sector < this.dataStart && chance.oneIn(3)) this.sectors[sector]!.fill(0x55, TORN_AT);
      }
    }
    // A draw for every sector, so that a history does not take another course for one cached sector more or less.
    this.sectors.forEach((sector, index) => {
      if (!chance.oneIn(2) && this.cached.has(index)) sector.set(this.durable[index]!);
    });
    this.flush();
  }

  private take(command: CardCommand, index: number): void {
    const sector = command.sector + index;
    if (command.operation === layout.CARD_ZERO) this.sectors[sector]!.fill(0);
    else this.sectors[sector]!.set(command.memory(index));
    this.cached.add(sector);
  }

  private flush(): void {
    for (const sector of this.cached) this.durable[sector]!.set(this.sectors[sector]!);
    this.cached.clear();
  }
}
