/** A card on a bus, and somebody who is told of each command and block that it is sent. */
import type { SpiDevice } from "./attach-card.js";

/** What a card was sent, and what it answered. */
export interface BusNote {
  /** `CMD17 0x00000040`, or `block`: 512 bytes and their CRC. */
  readonly what: string;
  /** R1 of a command, or the data response, as two hexadecimal digits; `silent` if none came. */
  readonly answer: string;
}

const FRAME_BYTES = 6;
/** N_CR is 8 bytes at most (SD Physical Layer Simplified Specification, 7.5.1.1). */
const RESPONSE_BYTES = 9;
const CRC_BYTES = 2;
const BLOCK_BYTES = 512;
const SINGLE_TOKEN = 0xfe;
const MULTIPLE_TOKEN = 0xfc;
const STOP_TOKEN = 0xfd;
const APP_COMMAND = 55;
/** Commands behind which the host sends blocks: 24, 25, 27, 42, 49 (7.3.1.3), and how long those are. */
const BLOCKS_OUT: ReadonlyMap<number, number> = new Map([
  [24, BLOCK_BYTES],
  [25, BLOCK_BYTES],
  [27, 16],
  [42, BLOCK_BYTES],
  [49, BLOCK_BYTES],
]);

const OFF = 0;
const FRAME = 1;
const RESPONSE = 2;
const TOKEN = 3;
const BLOCK = 4;
const DATA_RESPONSE = 5;

/** Watches the bytes and changes nothing. The state lies in fields, for snapshots. */
export class WatchedCard implements SpiDevice {
  private state = OFF;
  private frame: number[] = [];
  private left = 0;
  private blockBytes = 0;
  private isApp = false;

  constructor(
    private readonly card: SpiDevice,
    private readonly onNote: (note: BusNote) => void,
  ) {}

  select(on: boolean): void {
    this.card.select(on);
    if (!on) this.state = OFF;
  }

  exchange(mosi: number): number {
    const miso = this.card.exchange(mosi);
    this.see(mosi, miso);
    return miso;
  }

  private see(mosi: number, miso: number): void {
    switch (this.state) {
      case OFF:
        if ((mosi & 0xc0) === 0x40) this.begin(mosi);
        return;
      case FRAME:
        this.frame.push(mosi);
        if (this.frame.length < FRAME_BYTES) return;
        this.state = RESPONSE;
        this.left = RESPONSE_BYTES;
        return;
      case RESPONSE:
        if ((miso & 0x80) !== 0 && --this.left > 0) return;
        this.answered(miso);
        return;
      case TOKEN:
        if (mosi === SINGLE_TOKEN || mosi === MULTIPLE_TOKEN) {
          this.state = BLOCK;
          this.left = this.blockBytes + CRC_BYTES;
        } else if (mosi === STOP_TOKEN) {
          this.onNote({ what: "stop", answer: digits(miso) });
          this.state = OFF;
        } else if ((mosi & 0xc0) === 0x40) this.begin(mosi);
        return;
      case BLOCK:
        if (--this.left === 0) this.state = DATA_RESPONSE;
        return;
      default:
        this.onNote({ what: "block", answer: digits(miso & 0x1f) });
        this.state = TOKEN;
    }
  }

  private begin(mosi: number): void {
    this.state = FRAME;
    this.frame = [mosi];
  }

  private answered(miso: number): void {
    const number = this.frame[0]! & 0x3f;
    const argument = this.frame.slice(1, 5).map(digits).join("");
    const name = `${this.isApp ? "A" : ""}CMD${number}`;
    const silent = (miso & 0x80) !== 0;
    this.onNote({ what: `${name} 0x${argument}`, answer: silent ? "silent" : digits(miso) });
    this.blockBytes = this.isApp || miso !== 0 ? 0 : (BLOCKS_OUT.get(number) ?? 0);
    this.state = this.blockBytes > 0 ? TOKEN : OFF;
    this.isApp = number === APP_COMMAND && !silent;
  }
}

function digits(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
