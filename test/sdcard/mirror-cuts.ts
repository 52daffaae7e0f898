/**
 * The mirror over SPI cards, cut at a byte of a bus: both cards take outcomes by chance, come up again, and a fresh
 * controller assembles them. What must hold is asked of the campaign's own oracle.
 */
import { expect } from "vitest";
import { BitmapRecords } from "../../host/campaign/oracle/bitmap-record.js";
import { MarkOracle } from "../../host/campaign/oracle/mark-oracle.js";
import { SectorHistory } from "../../host/campaign/oracle/sector-history.js";
import { VERDICT_NAMES, VERDICT_OK } from "../../host/campaign/oracle/sector-verdict.js";
import { arrayGeometry } from "../../host/campaign/world/array-geometry.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";
import {
  BUSY,
  DATA_SECTORS,
  DATA_START,
  FLUSH,
  FUA,
  IN_SYNC,
  LiveBuffer,
  OK,
  READ,
  REGION_SHIFT,
  STRIDE,
  SpiBench,
  WRITE,
} from "./spi-bench.js";

const GEOMETRY = arrayGeometry(DATA_START + DATA_SECTORS, REGION_SHIFT, STRIDE);
const READ_ERROR = 4;
const SECTORS_MAX = 16;
const ROUNDS = 8;
const REQUESTS_A_ROUND = 5;
const READ_SECTORS = 16;
/** Clean, or never written: no mark is left. */
const UNMARKED = new Set([0, 1]);
const SETTLED_MS = 20_000;

export interface CutWorld {
  readonly buses: 1 | 2;
  readonly cardClass: string;
  readonly seed: number;
}

export interface CutReport {
  /** Bytes on both cards' wires until the cut, or the end of the workload. */
  bytes: number;
  cut: boolean;
  /** Axes on which the cards could end differently. */
  axes: number;
  /** Regions that a recovery has to resynchronise. */
  marked: number;
  flushes: number;
}

/** The power went in the middle of a byte. */
class PowerCut extends Error {}

/** @param atByte the cut, counted from the end of the first boot; Infinity for none, and then nothing is checked */
export function cutMirror({ buses, cardClass, seed }: CutWorld, atByte: number): CutReport {
  const characteristics = profile(cardClass);
  // A card that settles answers a flush before all of it is safe: the driver has to be told for how long.
  const settleMs = Math.ceil(characteristics.settleUs / 1000);
  const bench = new SpiBench({ buses, characteristics, options: { settleMs } }).ready();
  const { contents } = bench;
  const history = new SectorHistory({
    sectors: DATA_SECTORS,
    contents,
    atomicSector: characteristics.atomicSector,
  });
  const report: CutReport = { bytes: 0, cut: false, axes: 0, marked: 0, flushes: 0 };
  for (const card of bench.cards) {
    card.garble = (mosi) => {
      if (report.bytes++ >= atByte) throw new PowerCut();
      return mosi;
    };
  }
  const chance = new Prng(seed);
  const below = (limit: number): number => (chance.next() >>> 0) % limit;
  try {
    play(bench, history, below, report);
    return report;
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  report.cut = true;
  const where = `${cardClass}, buses: ${buses}, seed ${seed}, cut at byte ${atByte}`;
  for (const card of bench.cards) {
    card.expectLegal();
    card.garble = (mosi) => mosi;
  }
  history.crashed();
  bench.mirror.halt();
  for (const card of bench.cards) {
    const space = card.card.crashSpace();
    report.axes += space.length;
    card.card.cutPower(space.map(({ options }) => below(options.length)));
    card.checker.violations.length = 0;
    card.powerUp();
  }
  const marks = new MarkOracle(GEOMETRY, new BitmapRecords(contents));
  const view = (slot: number, sector: number): number => bench.cards[slot]!.card.view(sector);
  const marked = Array.from({ length: GEOMETRY.regions }, (_, region) => marks.mayResync(view, region));
  report.marked = marked.filter((is) => is).length;
  expect({ where, status: bench.boot(1000 + seed) }).toEqual({ where, status: OK });
  const state = (region: number): number => bench.module.exports.regionState(region);
  // P1: what no record marks is equal on both cards, whatever the outcome.
  for (let sector = 0; sector < DATA_SECTORS; sector++) {
    const region = sector >> REGION_SHIFT;
    if (marked[region] || state(region) === 0) continue;
    const both = [0, 1].map((slot) => view(slot, DATA_START + sector));
    expect({ where, sector, both }).toEqual({ where, sector, both: [both[0], both[0]] });
  }
  // P2 and P3: what was flushed is there, and what was read once stays.
  readAll(bench, history, where);
  const end = bench.clock.nowUs + SETTLED_MS * 1000;
  const isSettled = (): boolean =>
    Array.from({ length: GEOMETRY.regions }, (_, region) => state(region)).every((is) => UNMARKED.has(is));
  bench.run(() => isSettled() || bench.clock.nowUs > end, where);
  expect({ where, settled: isSettled() }).toEqual({ where, settled: true });
  readAll(bench, history, where);
  const { memberState } = bench.module.exports;
  expect({ where, members: [memberState(0), memberState(1)] }).toEqual({
    where,
    members: [IN_SYNC, IN_SYNC],
  });
  for (let sector = 0; sector < DATA_SECTORS; sector++) {
    if (state(sector >> REGION_SHIFT) === 0) continue;
    const both = [0, 1].map((slot) => view(slot, DATA_START + sector));
    expect({ where, sector, both }).toEqual({ where, sector, both: [both[0], both[0]] });
  }
  bench.expectLegal();
  return report;
}

function play(
  bench: SpiBench,
  history: SectorHistory,
  below: (limit: number) => number,
  report: CutReport,
): void {
  let stamps = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let open = 0;
    for (let i = 0; i < REQUESTS_A_ROUND; i++) {
      const kind = below(8);
      if (kind === 0) {
        const id = history.flushSubmitted();
        const ended = (status: number): void => {
          report.flushes++;
          history.flushDone(id, status);
        };
        submit(bench, FLUSH, 0, 0, null, ended);
        continue;
      }
      const operation = kind === 1 ? FUA : WRITE;
      const sectors = 1 + below(SECTORS_MAX);
      const sector = below(DATA_SECTORS - sectors);
      const buffer = new LiveBuffer(sectors, 0);
      for (let piece = 0; piece < 2 * sectors; piece++) buffer.pieces[piece] = bench.contents.stamp(++stamps);
      const id = history.writeSubmitted(sector, sectors, buffer, 0);
      const ended = (status: number): void =>
        operation === FUA ? history.durableDone(id, status) : history.writeDone(id, status);
      submit(bench, operation, sector, sectors, buffer, ended);
    }
    bench.run(() => open === 0, "a round");
    // Long enough now and then for regions to be cleared.
    if (below(2) === 0) bench.runMs(40 + below(200));

    function submit(
      on: SpiBench,
      operation: number,
      sector: number,
      sectors: number,
      buffer: LiveBuffer | null,
      ended: (status: number) => void,
    ): void {
      const done = {
        onBlockDone: (_tag: number, status: number) => {
          open--;
          ended(status);
        },
      };
      open++;
      for (;;) {
        const status = on.mirror.request(operation, sector, sectors, buffer, 0, done, 0);
        if (status === OK) return;
        expect(status).toBe(BUSY);
        const now = on.clock.nowUs;
        on.run(() => on.clock.nowUs > now, "a request");
      }
    }
  }
}

/** Reads everything through the mirror; a read error is asked for sector by sector. */
function readAll(bench: SpiBench, history: SectorHistory, where: string): void {
  for (let sector = 0; sector < DATA_SECTORS; sector += READ_SECTORS) {
    const buffer = new LiveBuffer(READ_SECTORS, 0);
    if (bench.request(READ, sector, READ_SECTORS, buffer) === OK) {
      for (let i = 0; i < READ_SECTORS; i++) judge(history, sector + i, buffer.stored[i]!, where);
      continue;
    }
    for (let i = 0; i < READ_SECTORS; i++) {
      const one = new LiveBuffer(1, 0);
      const status = bench.request(READ, sector + i, 1, one);
      if (status !== OK) expect({ where, status }).toEqual({ where, status: READ_ERROR });
      judge(history, sector + i, status === OK ? one.stored[0]! : UNREADABLE, where);
    }
  }
}

function judge(history: SectorHistory, sector: number, content: number, where: string): void {
  const verdict = history.readReturned(sector, content);
  if (verdict !== VERDICT_OK)
    throw new Error(`${where}: sector ${sector} returned ${VERDICT_NAMES[verdict]}`);
}
