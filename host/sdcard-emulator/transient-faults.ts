/**
 * Faults that pass (F6), command by command: scripted by the command's number, else by chance from a seed. They may be
 * switched off, so that progress can be demanded after them.
 */
import { CARD_READ } from "../../assembly/layout.js";
import { Prng } from "./prng.js";

/**
 * What may befall a command.
 * - rejected: answered STATUS_CARD_FAILED; a write keeps the sectors accepted before, a flush flushes nothing
 * - read-error: a read answered STATUS_READ_ERROR though its sectors are well: a checksum failed on the wire
 * - timeout: carried out (a write as far as it was accepted, a read delivers nothing) and never answered
 * - endless-busy: never carried out and never answered, nor is anything behind it: until the card is re-initialised or
 *   loses its power
 */
export type TransientKind = "none" | "rejected" | "read-error" | "timeout" | "endless-busy";

/** One scripted fault. */
export interface TransientFault {
  readonly kind: Exclude<TransientKind, "none">;
  /** Sectors of a write that the card takes before it is rejected (default 0) or times out (default all). */
  readonly accepted?: number;
  /** Over SPI a rejected block is answered "CRC error" (0x0B) instead of "write error" (0x0D). Default: no. */
  readonly asCrcError?: boolean;
}

/** Of 1,000 commands, how many meet each kind by chance; read errors befall reads alone. Together at most 1,000. */
export interface TransientRates {
  readonly rejected?: number;
  readonly readError?: number;
  readonly timeout?: number;
  readonly endlessBusy?: number;
  /** Of 1,000 commands, at how many starts some written sector becomes unreadable until it is written again. */
  readonly latent?: number;
}

export interface TransientOptions {
  /** Seed of the chance; only its low 32 bits count. */
  readonly seed?: number;
  readonly rates?: TransientRates;
  /** Faults by command number: a card numbers its commands from 1 in the order of submission. */
  readonly script?: ReadonlyMap<number, TransientFault>;
  /** Whether this sector may become unreadable by chance: not, say, where it is the last good copy. Default: any. */
  readonly maySpoil?: (sector: number) => boolean;
}

const PER_MILLE = 1000;
/** Sectors tried, from a random one on, until one is found that may be spoiled. */
const LATENT_TRIES = 64;

/** The transient faults of one card. */
export class TransientFaults {
  /** No faults for now, neither scripted nor by chance. */
  quiet = false;
  /** Sectors that a write accepts before the fault drawn last; as many as it has, if that is fewer. */
  accepted = 0;
  /** Faults met, by kind: what a campaign reports. */
  readonly met: Record<TransientKind | "latent", number> = {
    none: 0,
    rejected: 0,
    "read-error": 0,
    timeout: 0,
    "endless-busy": 0,
    latent: 0,
  };
  private readonly prng: Prng;
  private readonly script: ReadonlyMap<number, TransientFault>;
  private readonly maySpoil: (sector: number) => boolean;
  /** Running sums of the rates: a draw below a bound and not below the one before meets that kind. */
  private readonly rejectedBelow: number;
  private readonly readErrorBelow: number;
  private readonly timeoutBelow: number;
  private readonly endlessBusyBelow: number;
  private readonly latent: number;

  /** @throws Error for rates that are no whole numbers of 0 or more, or above 1,000 together */
  constructor({ seed = 0, rates = {}, script = new Map(), maySpoil = () => true }: TransientOptions) {
    const { rejected = 0, readError = 0, timeout = 0, endlessBusy = 0, latent = 0 } = rates;
    for (const rate of [rejected, readError, timeout, endlessBusy, latent]) {
      if (!Number.isInteger(rate) || rate < 0) throw new Error(`a rate is a whole number, not ${rate}`);
    }
    this.rejectedBelow = rejected;
    this.readErrorBelow = rejected + readError;
    this.timeoutBelow = this.readErrorBelow + timeout;
    this.endlessBusyBelow = this.timeoutBelow + endlessBusy;
    this.latent = latent;
    if (Math.max(this.endlessBusyBelow, latent) > PER_MILLE) {
      throw new Error(`the rates of transient faults are above ${PER_MILLE} of ${PER_MILLE} commands`);
    }
    this.prng = new Prng(seed);
    this.script = script;
    this.maySpoil = maySpoil;
  }

  /**
   * What befalls this command, which starts now; `accepted` says how much of a write is taken before. No allocation.
   * @throws Error for a scripted read error of a command that is no read
   */
  draw(number: number, op: number, count: number): TransientKind {
    const kind = this.quiet ? "none" : this.kindOf(number, op, count);
    this.met[kind]++;
    return kind;
  }

  /** Whether a block that this command rejects is called a CRC error: as scripted, else every second command's. */
  answersCrc(number: number): boolean {
    const scripted = this.script.get(number);
    return scripted === undefined ? number % 2 === 1 : scripted.asCrcError === true;
  }

  /** Whether a sector is to be spoiled now. */
  drawLatent(): boolean {
    return !this.quiet && this.latent > 0 && this.prng.next() % PER_MILLE < this.latent;
  }

  /** A sector that is written and may be spoiled, or -1 if none was found. */
  chooseLatent(sectors: number, isWritten: (sector: number) => boolean): number {
    const first = this.prng.next();
    for (let i = 0; i < LATENT_TRIES; i++) {
      const sector = (first + i) % sectors;
      if (!isWritten(sector) || !this.maySpoil(sector)) continue;
      this.met.latent++;
      return sector;
    }
    return -1;
  }

  private kindOf(number: number, op: number, count: number): TransientKind {
    const scripted = this.script.get(number);
    if (scripted !== undefined) {
      if (scripted.kind === "read-error" && op !== CARD_READ) {
        throw new Error(`command ${number} is no read: it cannot meet a read error`);
      }
      this.accepted = scripted.accepted ?? (scripted.kind === "timeout" ? count : 0);
      return scripted.kind;
    }
    if (this.endlessBusyBelow === 0) return "none";
    const drawn = this.prng.next() % PER_MILLE;
    if (drawn >= this.endlessBusyBelow) return "none";
    this.accepted = this.prng.next() % (count + 1);
    if (drawn < this.rejectedBelow) return "rejected";
    if (drawn < this.readErrorBelow) return op === CARD_READ ? "read-error" : "none";
    return drawn < this.timeoutBelow ? "timeout" : "endless-busy";
  }
}
