/**
 * Power cuts of the board at arbitrary cycles, from snapshots: the logger runs once on cards that hold an array, and once on
 * cards that a cut has left with marked regions. Every cut is followed by a boot of another chip on the same cards, and
 * judged by the campaign's oracle.
 */
import { expect } from "vitest";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { BitmapRecords } from "../../host/campaign/oracle/bitmap-record.js";
import { MarkOracle } from "../../host/campaign/oracle/mark-oracle.js";
import { SectorHistory } from "../../host/campaign/oracle/sector-history.js";
import { arrayGeometry } from "../../host/campaign/world/array-geometry.js";
import { ObjectSnapshot, type Board } from "../../host/rp2040/index.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { POWER_RESET, POWER_SHARED, POWER_SKEW } from "../../host/sdcard-emulator/power-topology.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { BoardOracle } from "./board-oracle.js";
import { ChipCalls } from "./chip-calls.js";
import { lastTold, loggerFirmware, SMALL, type LoggerFirmware } from "./logger-firmware.js";
import { LIMIT, TwoCards } from "./two-cards.js";

/** A ring of 16 blocks on 8 regions: what is read at a boot is short. */
const SCENARIO = { ...SMALL, blocks: 4, cardSectors: 64 + 128 };
const GEOMETRY = arrayGeometry(SCENARIO.cardSectors, SCENARIO.regionShift, SCENARIO.stride);
const TOPOLOGIES = [POWER_SHARED, POWER_SKEW, POWER_RESET];
/** Between two snapshots, cycles. */
const SNAPSHOT_EVERY = 1_500_000;
const VERDICT = /PASS\n|FAIL[^\n]*\n/;

/** What the cut interrupted. */
export type CutPhase = "boot" | "resync" | "mark" | "clear" | "data";

export type CutCounts = Record<CutPhase, number>;

/** A boot, and who listens to it: all that a snapshot has to find beside the cards. */
interface Boot {
  readonly board: Board;
  readonly oracle: BoardOracle;
  readonly calls: ChipCalls;
}

interface World {
  boot: Boot;
  history: SectorHistory;
}

export class BoardCuts {
  readonly counts: CutCounts = { boot: 0, resync: 0, mark: 0, clear: 0, data: 0 };
  private readonly firmware: LoggerFirmware = loggerFirmware(SCENARIO);
  private readonly module = new WebAssembly.Module(new Uint8Array(readDriver("spi")));
  private readonly bench: TwoCards;
  private readonly records: BitmapRecords;
  private readonly world: World;
  private readonly chance: Prng;
  private snapshots: ObjectSnapshot[] = [];
  private cycles: number[] = [];

  constructor(cardClass: string, seed: number) {
    const characteristics = profile(cardClass);
    this.bench = new TwoCards(this.firmware.image, {
      characteristics: [characteristics, characteristics],
      seed,
      metadataEnd: GEOMETRY.dataStart,
    });
    this.chance = new Prng(seed);
    const { contents } = this.bench;
    this.records = new BitmapRecords(contents);
    const history = new SectorHistory({
      sectors: GEOMETRY.dataSectors,
      contents,
      atomicSector: characteristics.atomicSector,
      answersAtAcceptance: true,
    });
    // The first boot formats, logs, and stops.
    this.world = { boot: this.boot(history, true), history };
    this.bench.expectPass(this.world.boot.board);
    expect(this.world.boot.oracle.complaints).toEqual([]);
    this.cutPower(POWER_SHARED);
  }

  /**
   * @param count cuts of a run that logs
   * @param resyncs cuts of a run that begins with a resync
   */
  run(count: number, resyncs: number): void {
    this.record(false);
    this.cutAnywhere(count, this.cycles.at(-1)!);
    // Cards that were cut in the middle of writing: the next boot has something to copy.
    this.restoreAt(Math.floor(0.7 * this.cycles.at(-1)!));
    this.cutPower(POWER_SHARED);
    this.record(true);
    this.cutAnywhere(resyncs, this.cycles.at(-1)!);
  }

  /** Runs to the verdict, or to the end of the resync, and keeps snapshots on the way. */
  private record(untilResynced: boolean): void {
    const { world, bench } = this;
    world.boot = this.boot(world.history, false);
    const { board } = world.boot;
    const constant = [
      bench.contents,
      this.records,
      this.firmware.image.flash,
      this.firmware.symbols,
      this.module,
    ];
    const { flash, bootrom } = board.chip;
    constant.push(flash.buffer, bootrom.buffer, this.firmware.image.flash.buffer);
    this.snapshots = [];
    this.cycles = [];
    const until = untilResynced ? /resynced \d+\n/ : VERDICT;
    for (;;) {
      this.snapshots.push(new ObjectSnapshot([world, bench], constant));
      this.cycles.push(board.cycle);
      if (board.run({ untilCycle: board.cycle + SNAPSHOT_EVERY, untilUart: until }) === "uart") break;
      expect(board.cycle).toBeLessThan(LIMIT);
    }
    this.cycles.push(board.cycle);
  }

  private restoreAt(cycle: number): void {
    const number = this.cycles.findLastIndex((at, i) => i < this.snapshots.length && at <= cycle);
    this.snapshots[number]!.restore();
    this.world.boot.board.run({ untilCycle: cycle });
  }

  private cutAnywhere(count: number, end: number): void {
    for (let i = 0; i < count; i++) {
      const cycle = this.below(end);
      this.restoreAt(cycle);
      this.cutAndRecover(`cut ${i} at cycle ${cycle}`);
    }
  }

  private cutAndRecover(where: string): void {
    const { bench, world, chance } = this;
    this.counts[this.phase()]++;
    expect({ where, complaints: world.boot.oracle.complaints }).toEqual({ where, complaints: [] });
    const flushed = lastTold(world.boot.board.uart, "flushed");
    this.cutPower(TOPOLOGIES[(chance.next() >>> 0) % TOPOLOGIES.length]!);
    const marked = this.markedRegions();
    const { board, oracle } = this.boot(world.history, false);
    const read = board.run({ untilCycle: LIMIT, untilUart: /recovered \d+\n|FAIL[^\n]*\n/ });
    expect({ where, read, uart: board.uart }).toEqual({
      where,
      read: "uart",
      uart: expect.stringContaining("recovered"),
    });
    // P1: what no record marks is equal on both cards. P5, P6: no more is copied than what one marks.
    for (let sector = 0; sector < GEOMETRY.dataSectors; sector++) {
      if (!marked[sector >> GEOMETRY.regionShift]) this.expectEqual(where, sector);
    }
    const toSync = lastTold(board.uart, "to resync");
    expect({ where, toSync }).toEqual({ where, toSync: marked.filter((is) => is).length });
    // The logger's own promise: what it said is durable is there.
    expect({ where, lost: lastTold(board.uart, "recovered") < flushed }).toEqual({ where, lost: false });
    const end = board.run({ untilCycle: LIMIT, untilUart: VERDICT });
    expect({ where, end, uart: board.uart }).toEqual({
      where,
      end: "uart",
      uart: expect.stringMatching(/PASS\n$/),
    });
    expect(lastTold(board.uart, "resynced")).toBeLessThanOrEqual(toSync * GEOMETRY.regionSectors);
    // P2, P3 and P4 of every read, and P6 of every record.
    expect({ where, complaints: oracle.complaints }).toEqual({ where, complaints: [] });
    for (let sector = 0; sector < GEOMETRY.dataSectors; sector++) this.expectEqual(where, sector);
    bench.expectLegal(["block-crc"]);
  }

  private phase(): CutPhase {
    const { board, oracle } = this.world.boot;
    if (!board.uart.includes("to resync")) return "boot";
    if (!board.uart.includes("resynced")) return "resync";
    return oracle.recordUnderWay === "none" ? "data" : oracle.recordUnderWay;
  }

  private boot(history: SectorHistory, isBlank: boolean): Boot {
    const { bench, firmware, records } = this;
    const board = bench.power.powerOn();
    const view = isBlank ? null : (slot: number, sector: number): number => bench.view(slot, sector);
    const oracle = new BoardOracle(board, firmware.symbols, bench.contents, history, records, GEOMETRY, view);
    return { board, oracle, calls: ChipCalls.listen(board, firmware.symbols, this.module, oracle) };
  }

  private cutPower(topology: number): void {
    this.bench.expectLegal(["block-crc"]);
    this.world.history.crashed();
    this.bench.power.cut({
      topology,
      first: this.below(2) as 0 | 1,
      skewUs: this.below(2000),
      chooseOutcome: (card) => card.crashSpace().map(({ options }) => this.below(options.length)),
    });
    // Chip select goes high at a cut, in the middle of whatever it is.
    for (const { checker } of this.bench.cards) {
      checker.violations.length = 0;
      checker.powerUp();
    }
  }

  private markedRegions(): boolean[] {
    const marks = new MarkOracle(GEOMETRY, this.records);
    const view = (slot: number, sector: number): number => this.bench.view(slot, sector);
    return Array.from({ length: GEOMETRY.regions }, (_, region) => marks.mayResync(view, region));
  }

  /** Sectors that were never written are zeros to a reader, whatever is on the cards. */
  private expectEqual(where: string, sector: number): void {
    const both = [0, 1].map((slot) => this.bench.view(slot, GEOMETRY.dataStart + sector));
    if (both[0] !== both[1])
      expect({ where, sector, both }).toEqual({ where, sector, both: [both[0], both[0]] });
  }

  private below(limit: number): number {
    return (this.chance.next() >>> 0) % limit;
  }
}
