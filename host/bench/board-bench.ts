/**
 * Throughput of firmware/bench.c on the emulated board: the mirror against each of its cards written alone, by the same
 * firmware in the same run. Cycles of the emulated chip: the same on every machine.
 */
import { Board, ChipTime, FirmwareFileError, type BoardCard, type FirmwareImage } from "../rp2040/index.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { profile, type CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { SpiCard } from "../sdcard-emulator/spi/spi-card.js";

/** What was measured. */
export interface BoardRow {
  /** Name of the pair of cards. */
  readonly cards: string;
  readonly order: "sequential" | "random";
  /** Requests at once. */
  readonly depth: number;
  /** kB/s (1,000 bytes) through the mirror, and of each card alone. */
  readonly both: number;
  readonly alone: readonly [number, number];
  /** `both` against the slower one alone, percent. */
  readonly share: number;
  /** Of the time that both were written, what the core did not sleep, percent. */
  readonly busy: number;
}

/** Two cards that are compared with themselves. */
interface CardPair {
  readonly name: string;
  readonly characteristics: CardCharacteristics;
}

const CACHED = { ...profile("tlc-cached"), stallPercent: 0 };
const UNCACHED = { ...profile("mlc"), stallPercent: 0 };
/** A card that takes blocks as they come; that there are such is assumed. */
const QUICK = { ...CACHED, commandUs: 1 };

/** Busy times without jitter, with that of the profile, and with the most there is; and with stalls of milliseconds. */
export const CARD_PAIRS: readonly CardPair[] = [
  { name: "quick, steady", characteristics: { ...QUICK, jitterPercent: 0 } },
  { name: "tlc-cached, steady", characteristics: { ...CACHED, jitterPercent: 0 } },
  { name: "tlc-cached, jitter 13 %", characteristics: CACHED },
  { name: "tlc-cached, jitter 50 %", characteristics: { ...CACHED, jitterPercent: 50 } },
  { name: "tlc-cached, stalls", characteristics: profile("tlc-cached") },
  { name: "mlc, steady", characteristics: { ...UNCACHED, jitterPercent: 0 } },
  { name: "mlc, jitter 13 %", characteristics: UNCACHED },
  { name: "mlc, jitter 50 %", characteristics: { ...UNCACHED, jitterPercent: 50 } },
  { name: "mlc, stalls", characteristics: profile("mlc") },
];

const CARD_SECTORS = 8192;
const CHIP_SELECTS = [17, 9] as const;
const BOTH = 3;
/** Cycles of a run: 24 s of the chip. The slowest pair takes less than 7. */
const LIMIT = 3_000_000_000;
const US_PER_MS = 1000;
const LINE = /(?:MEASURE [^\n]*|PASS|FAIL[^\n]*)\n$/;

interface Measure {
  readonly order: string;
  readonly depth: number;
  readonly cards: number;
  readonly kilobytesPerSecond: number;
  readonly busy: number;
}

/**
 * @param tell what is being measured: a run takes a quarter of a minute
 * @throws FirmwareFileError for other firmware, Error with what the firmware says if it does not pass, or not in time
 */
export function benchBoard(
  firmware: FirmwareImage,
  { name, characteristics }: CardPair,
  tell: (what: string) => void = () => undefined,
): BoardRow[] {
  const measures = run(boardOf(firmware, characteristics), (what) => tell(`${name}: ${what}`));
  const of = (order: string, depth: number, cards: number): Measure =>
    measures.find((each) => each.order === order && each.depth === depth && each.cards === cards)!;
  return measures
    .filter(({ cards }) => cards === BOTH)
    .map(({ order, depth, kilobytesPerSecond: both, busy }) => {
      const alone = [1, 2].map((card) => of(order, depth, card).kilobytesPerSecond) as [number, number];
      const share = (100 * both) / Math.min(...alone);
      return { cards: name, order: order as BoardRow["order"], depth, both, alone, share, busy };
    });
}

function boardOf(firmware: FirmwareImage, characteristics: CardCharacteristics): Board {
  const time = new ChipTime();
  const contents = new SectorContents();
  const cards = CHIP_SELECTS.map((chipSelectPin, slot): BoardCard => {
    const media = new CardImage(CARD_SECTORS);
    const device = new SpiCard({ time, contents, media, characteristics, seed: 1 + slot });
    return { device, bus: slot as 0 | 1, chipSelectPin };
  });
  return new Board({ firmware, time, cards });
}

function run(board: Board, tell: (what: string) => void): Measure[] {
  const measures: Measure[] = [];
  let began = { cycle: 0, asleep: 0 };
  for (;;) {
    const end = board.run({ untilCycle: LIMIT, untilUart: LINE });
    const line = board.uart.trimEnd().split("\n").at(-1)!;
    if (measures.length === 0 && !/^(MEASURE|FAIL)/.test(line))
      throw new FirmwareFileError("it measures nothing: give bench.elf, which npm run build:firmware makes");
    if (line === "PASS") return measures;
    const [word, order, depth, cards, bytes, us] = line.split(" ");
    if (end === "cycle")
      throw new Error(`the firmware has not ended after ${LIMIT} cycles: it hangs behind "${line}"`);
    if (end !== "uart" || word !== "MEASURE")
      throw new Error(`the firmware does not measure: ${end}, "${line}"`);
    const now = { cycle: board.cycle, asleep: board.asleep };
    if (order === "begins") tell(`depth ${depth}, ${Number(cards) === BOTH ? "both cards" : "one card"}`);
    else {
      measures.push({
        order: order!,
        depth: Number(depth),
        cards: Number(cards),
        kilobytesPerSecond: (Number(bytes) * US_PER_MS) / Number(us),
        busy: 100 * (1 - (now.asleep - began.asleep) / (now.cycle - began.cycle)),
      });
    }
    began = now;
  }
}
