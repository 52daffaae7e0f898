/** firmware/race.c, and what both cards hold whenever it was told that a write has ended. */
import { readDriver } from "../../host/mirror/driver-binary.js";
import { readSymbols } from "../../host/rp2040/index.js";
import { profile, type CardCharacteristics } from "../../host/sdcard-emulator/characteristics.js";
import { builtFirmware } from "./built-firmware.js";
import { ChipCalls, type CallListener } from "./chip-calls.js";
import { patched } from "./logger-firmware.js";
import { TwoCards } from "./two-cards.js";

/** Fields of `struct race_scenario`, in its order. */
export interface RaceScenario {
  readonly seed: number;
  readonly racing: number;
  readonly depth: number;
  readonly sectors: number;
  readonly vary: number;
  readonly changeUs: number;
  readonly collisions: number;
  readonly cardSectors: number;
  readonly regionShift: number;
  readonly stride: number;
}

export const RACE: RaceScenario = {
  seed: 1,
  racing: 200,
  depth: 4,
  sectors: 8,
  vary: 1,
  changeUs: 150,
  collisions: 0,
  cardSectors: 1024,
  regionShift: 5,
  stride: 16,
};

/** 64 sectors each, and a card that is often far behind the other: the time in which a change tells them apart is long. */
export const STALLED: Partial<RaceScenario> = { sectors: 64, vary: 0, depth: 2, changeUs: 400 };

export interface RaceReport {
  /** Writes that were answered well. */
  readonly writes: number;
  /** Of them, those whose buffer was changed under way. */
  readonly racing: number;
  /** Sectors that were accepted and differ between the cards, by what CRC16 tells; looked at when each write ended. */
  readonly unequal: number;
  /** The same by what CRC16 cannot tell. */
  readonly collided: number;
  /** Blocks that a card rejected, of both. */
  readonly rejected: number;
  /** Blocks that were sent from the copy, of both. */
  readonly bounced: number;
}

const WRITE = 1;
/** No time but that of the wire and of the command: what races is the transfer. */
const QUICK: CardCharacteristics = { ...profile("tlc-cached"), stallPercent: 0 };
const SLOW: CardCharacteristics = { ...QUICK, stallPercent: 60, stallUs: 4000, jitterPercent: 30 };

/**
 * @param isStalled one card stalls now and then
 * @param options of the compiler: a seeded bug
 */
export function runRace(
  change: Partial<RaceScenario>,
  isStalled = false,
  options: readonly string[] = [],
): RaceReport {
  const scenario = { ...RACE, ...change };
  const elf = builtFirmware("race", options);
  const bench = new TwoCards(patched(elf, "race_scenario", Object.values(scenario)), {
    characteristics: [QUICK, isStalled ? SLOW : QUICK],
    seed: scenario.seed,
  });
  const board = bench.power.powerOn();
  const watch = new AcceptedWrites(bench, 4 * scenario.stride);
  ChipCalls.listen(board, readSymbols(elf), new WebAssembly.Module(new Uint8Array(readDriver("spi"))), watch);
  bench.expectPass(board);
  bench.expectLegal(["block-crc"]);
  const told = (what: string): number =>
    [...board.uart.matchAll(new RegExp(`${what} (\\d+)\n`, "g"))].reduce((sum, [, n]) => sum + Number(n), 0);
  return {
    writes: told("writes"),
    racing: told("racing"),
    unequal: watch.unequal,
    collided: watch.collided,
    rejected: told("rejected"),
    bounced: told("bounced"),
  };
}

class AcceptedWrites implements CallListener {
  unequal = 0;
  collided = 0;
  private readonly extents = new Map<number, { readonly sector: number; readonly count: number }>();

  constructor(
    private readonly bench: TwoCards,
    private readonly dataStart: number,
  ) {}

  called(name: string, [operation, sector, count, , tag]: readonly number[]): void {
    if (name === "submit" && operation === WRITE) this.extents.set(tag!, { sector: sector!, count: count! });
  }

  imported(name: string, [tag, status]: readonly number[]): void {
    const extent = name === "upper.done" && status === 0 ? this.extents.get(tag!) : undefined;
    if (extent === undefined) return;
    const sums = this.bench.contents.fingerprints("crc16");
    for (let sector = extent.sector; sector < extent.sector + extent.count; sector++) {
      const [first, second] = [0, 1].map((slot) => this.bench.view(slot, this.dataStart + sector));
      if (first === second) continue;
      if (sums.crcOf(first!) === sums.crcOf(second!)) this.collided++;
      else this.unequal++;
    }
  }
}
