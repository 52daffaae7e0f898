/** Random requests on cards that fail at random, are pulled, lose their power and come back. */
import { expect } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { TransientFaults } from "../../host/sdcard-emulator/transient-faults.js";
import {
  FrameFault,
  NO_RESPONSE,
  R1_ADDRESS,
  R1_CRC,
  R1_ERASE_SEQUENCE,
  R1_ILLEGAL,
  R1_PARAMETER,
} from "./frame-fault.js";
import {
  BUSY,
  DATA_SECTORS,
  DATA_START,
  DISCARD,
  FLUSH,
  FUA,
  IN_SYNC,
  LiveBuffer,
  MEMBER_ADD,
  OK,
  READ,
  REGION_SHIFT,
  SpiBench,
  WRITE,
} from "./spi-bench.js";

const STATE = 2;
const CLEAN = 1;
/** One command in so many is not answered by its card. */
const REFUSED_OF = 400;
const RESPONSES = [
  R1_ILLEGAL,
  R1_CRC,
  R1_CRC,
  R1_ERASE_SEQUENCE,
  R1_ADDRESS,
  R1_PARAMETER,
  NO_RESPONSE,
  NO_RESPONSE,
];
const PROFILES = ["slc", "mlc", "tlc-cached"];

export interface FaultReport {
  answered: number;
  failed: number;
  lost: number;
  added: number;
  conflicts: number;
  /** Sectors of regions that count as clean at the end, and are not equal by CRC16 either. */
  unequal: number;
  /** 1 when that was looked at, in so many sectors: both cards were in sync at the end. */
  compared: number;
  comparedSectors: number;
  /** Responses that a card did not give: refusals, CRC errors, and none. */
  refusals: number;
}

export type FaultSum = Record<keyof FaultReport, number>;

/** Plays worlds 1 to `seeds`. @returns what their reports add up to */
export function playManyFaults(seeds: number): FaultSum {
  const sum = emptyReport();
  for (let seed = 1; seed <= seeds; seed++) {
    const report = playFaults(seed);
    for (const key of Object.keys(sum) as (keyof FaultReport)[]) sum[key] += report[key];
  }
  return sum;
}

function emptyReport(): FaultReport {
  return {
    answered: 0,
    failed: 0,
    lost: 0,
    added: 0,
    conflicts: 0,
    unequal: 0,
    compared: 0,
    comparedSectors: 0,
    refusals: 0,
  };
}

/** Plays one world. @throws Error when the driver traps, does not answer, or does anything illegal on a bus */
export function playFaults(seed: number): FaultReport {
  const chance = new Prng(seed);
  const below = (limit: number): number => (chance.next() >>> 0) % limit;
  const buses = below(2) === 0 ? 1 : 2;
  const rates = { rejected: below(20), readError: below(40), timeout: below(8), endlessBusy: below(3) };
  const transients = [0, 1].map((slot) => new TransientFaults({ seed: 2 * seed + slot, rates }));
  for (const each of transients) each.quiet = true;
  const bench = new SpiBench({
    buses,
    transients: [transients[0], transients[1]],
    characteristics: profile(PROFILES[below(PROFILES.length)]!),
    card: { responseGap: 1 + below(8) },
    onSend: () => {
      if (below(20) === 0) racing[below(racing.length)]!.pieces.fill(bench.contents.stamp(1 + below(10_000)));
    },
  });
  const racing = Array.from({ length: 4 }, () => new LiveBuffer(16, bench.contents.stamp(1)));
  bench.ready();
  const report = emptyReport();
  const refusing = new Prng(seed ^ 0x5eed);
  const drawn = (): number => RESPONSES[(refusing.next() >>> 0) % RESPONSES.length]!;
  const refusals = [0, 1].map((slot) => {
    const meant = (): boolean => !transients[slot]!.quiet && (refusing.next() >>> 0) % REFUSED_OF === 0;
    return new FrameFault(bench, slot, meant, drawn, Infinity);
  });
  const { memberState } = bench.module.exports;
  const isInSync = (slot: number): boolean => memberState(slot) === IN_SYNC;
  for (let round = 0; round < 12; round++) {
    for (const each of transients) each.quiet = round % 3 === 2;
    const begun = { now: 0, ended: 0 };
    const done = {
      onBlockDone: (_tag: number, status: number) => {
        begun.ended++;
        report.answered++;
        if (status !== OK) report.failed++;
      },
    };
    for (let i = 0; i < 25; i++) {
      const operation = [READ, WRITE, WRITE, WRITE, FLUSH, FUA, DISCARD][below(7)]!;
      const sectors = operation === FLUSH ? 0 : 1 + below(16);
      const sector = operation === FLUSH ? 0 : below(DATA_SECTORS - sectors);
      const status = bench.mirror.request(operation, sector, sectors, racing[below(4)]!, 0, done, 0);
      if (status === OK) begun.now++;
      else if (status !== BUSY && status !== STATE)
        throw new Error(`a request was refused with status ${status}`);
      if (below(3) === 0) bench.runMs(1 + below(4));
    }
    // Only of cards that are not alone: what the last one had promised is nobody's else.
    const victim = below(2);
    if (isInSync(0) && isInSync(1) && below(2) === 0) {
      const { card } = bench.cards[victim]!;
      card.cutPower(card.crashSpace().map((axis) => below(axis.options.length)));
      // Behind the host's back, and the checker's: what the host goes on with is no illegal step of it.
      card.powerUp();
    }
    bench.run(() => begun.ended === begun.now, `seed ${seed}: round ${round}`);
    bench.runMs(1500);
    for (const slot of [0, 1]) if (!isInSync(slot)) report.lost++;
    if (!isInSync(0) && !isInSync(1)) break;
    for (const each of transients) each.quiet = true;
    for (const slot of [0, 1]) if (!isInSync(slot) && addAgain(bench, slot)) report.added++;
  }
  if (isInSync(0) && isInSync(1)) compare(bench, report);
  report.refusals = refusals[0]!.hits + refusals[1]!.hits;
  for (const slot of [0, 1]) {
    report.conflicts += bench.mirror.cardWord(slot, 6);
    const { violations } = bench.cards[slot]!.checker;
    expect({ seed, illegal: violations.filter(({ rule }) => rule !== "block-crc") }).toEqual({
      seed,
      illegal: [],
    });
  }
  return report;
}

function compare(bench: SpiBench, report: FaultReport): void {
  bench.runMs(3000);
  const sums = bench.contents.fingerprints("crc16");
  for (let sector = 0; sector < DATA_SECTORS; sector++) {
    if (bench.module.exports.regionState(sector >> REGION_SHIFT) !== CLEAN) continue;
    report.comparedSectors++;
    const [a, b] = bench.cards.map(({ card }) => card.view(DATA_START + sector));
    if (a !== b && sums.crcOf(a!) !== sums.crcOf(b!)) report.unequal++;
  }
  report.compared = 1;
}

/** @returns whether the card is a member again; one that is busy for ever is not, until its power goes */
function addAgain(bench: SpiBench, slot: number): boolean {
  const watched = bench.cards[slot]!;
  watched.card.cutPower(watched.card.crashSpace().map(() => 0));
  watched.powerUp();
  bench.runMs(5);
  if (bench.mirror.start(slot) !== OK) throw new Error("a card that is off cannot be started");
  bench.run(() => bench.mirror.startStatus[slot]! >= 0, "the start");
  expect(bench.mirror.startStatus[slot]).toBe(OK);
  const status = bench.mirror.memberCommand(MEMBER_ADD, slot);
  if (status !== OK) return false;
  bench.runMs(3000);
  return bench.module.exports.memberState(slot) === IN_SYNC;
}
