/** One event put on the wire of one card, in one state of its driver: by bytes that a card or a bad wire could give. */
import { FrameFault, NO_RESPONSE, R1_CRC, R1_IDLE, R1_ILLEGAL } from "./frame-fault.js";
import type { SpiBench } from "./spi-bench.js";

/** Events and kinds of states as SPEC.md numbers them. */
export const GOOD = 0;
export const IDLE = 1;
export const REFUSED = 2;
export const CORRUPT = 3;
export const SILENT = 4;
export const REST = 0;
export const CHOICE = 1;
export const COMMAND = 2;
export const WAIT = 3;
export const TOKEN = 4;
export const BLOCK_IN = 5;
export const BLOCK_OUT = 6;
export const BYTES = 7;
export const PAUSE = 8;

const STATE = 0;
const LINE_HIGH = 0xff;
const START_BLOCK = 0xfe;
const START_BLOCK_OF_STREAM = 0xfc;
const ERROR_TOKEN = 0x04;
const WRITE_ERROR = 0x0d;
/** Of a block that is sent: token, 512 bytes, CRC16; the data response follows. */
const SENT_BYTES = 515;
/** Of a block that is received, behind its token: 512 bytes, CRC16. */
const RECEIVED_BYTES = 514;
/** Inside a block, and inside a register. */
const INSIDE = 3;
const RESPONSES: readonly number[] = [0, R1_IDLE, R1_ILLEGAL, R1_CRC, NO_RESPONSE];
const FRAMES_MAX = 3;

export class WireFault {
  /** Whether the event was on the wire. */
  met = false;
  /** The first state that was seen afterwards; -1 until then. */
  after = -1;
  armed = false;
  /** Of blocks that are sent: those of a stream alone. */
  ofStreams = false;
  private at = 0;
  private skips = false;

  constructor(
    private readonly bench: SpiBench,
    private readonly slot: number,
    private readonly state: number,
    private readonly event: number,
  ) {
    const kind = bench.module.spi.cardStateKind(state);
    const watched = bench.cards[slot]!;
    if (kind === COMMAND) {
      const meant = (_command: number, now: number): boolean => {
        const hit = this.armed && this.after < 0 && now === state;
        if (hit) this.met = true;
        return hit;
      };
      void new FrameFault(bench, slot, meant, RESPONSES[event]!, FRAMES_MAX);
      return;
    }
    watched.garble = (mosi) => this.toCard(kind, mosi);
    watched.reply = (miso) => this.toHost(kind, miso);
  }

  /** To be called after each step: where the driver is now. */
  look(): void {
    const now = this.bench.mirror.cardWord(this.slot, STATE);
    if (now !== this.state) this.at = 0;
    if (this.met && this.after < 0 && now !== this.state) this.after = now;
  }

  private get active(): boolean {
    return this.armed && this.after < 0 && this.bench.mirror.cardWord(this.slot, STATE) === this.state;
  }

  private toCard(kind: number, mosi: number): number {
    if (!this.active) return mosi;
    // A shared bus may be given to its card first: a block begins with its token.
    if (kind === BLOCK_OUT && this.at === 0) {
      if (mosi === LINE_HIGH) return mosi;
      this.skips = this.ofStreams && mosi !== START_BLOCK_OF_STREAM;
    }
    this.at++;
    if (this.skips) return mosi;
    if (kind !== BLOCK_OUT || this.event !== CORRUPT || this.at !== INSIDE) return mosi;
    this.met = true;
    return mosi ^ 1;
  }

  private toHost(kind: number, miso: number): number {
    if (!this.active) return miso;
    switch (kind) {
      case WAIT:
        this.met = true;
        return 0;
      case TOKEN: {
        if (miso === LINE_HIGH) return miso;
        this.met = true;
        // The card does not send what it has announced an error instead of, or is silent about.
        if (miso === START_BLOCK) this.drain();
        return this.event === SILENT ? LINE_HIGH : ERROR_TOKEN;
      }
      case BLOCK_IN:
      case BYTES: {
        if (this.at !== INSIDE) return miso;
        this.met = true;
        return miso ^ 1;
      }
      case BLOCK_OUT: {
        if (this.skips || this.event === CORRUPT || this.at !== SENT_BYTES + 1) return miso;
        this.met = true;
        return this.event === REFUSED ? WRITE_ERROR : LINE_HIGH;
      }
      default:
        return miso;
    }
  }

  private drain(): void {
    const { card } = this.bench.cards[this.slot]!;
    for (let i = 0; i < RECEIVED_BYTES; i++) card.exchange(LINE_HIGH);
  }
}
