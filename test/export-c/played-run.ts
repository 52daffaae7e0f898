/** Runs of the driver over two emulated cards that a recorder listens to: requests, a crash with writes under way, a resync. */
import { COUNTER_SECTORS_RESYNCED, POLICY_SYNC_GATED } from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import { TimedMirror } from "../../host/mirror/timed-mirror.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { BlockBench } from "../sdcard/block-bench.js";
import {
  DATA_SECTORS,
  DISCARD,
  FLUSH,
  FUA,
  LiveBuffer,
  OK,
  OPTIONS,
  READ,
  REGION_SHIFT,
  SpiBench,
  spiModule,
  WRITE,
} from "../sdcard/spi-bench.js";
import { CallRecorder } from "./call-recorder.js";

export interface PlayedRun {
  readonly recorder: CallRecorder;
  /** Requests that the driver took. */
  readonly requests: number;
  /** Sectors that it copied after the crash. */
  readonly resynced: number;
}

/** What a run needs of either face. */
interface Face {
  readonly mirror: TimedMirror;
  readonly contents: SectorContents;
  readonly driver: DriverModule;
  step(): void;
  /** Cuts the power of both cards: each keeps another part of what it had not yet made durable. */
  crash(): void;
}

const CLASS = "mlc";
const REQUESTS_BEFORE = 800;
const REQUESTS_AFTER = 250;
const STEPS_MAX = 3_000_000;

/** Over the block face. */
export function playedBlockRun(): PlayedRun {
  const driver = new DriverModule(readDriver("production"));
  const recorder = new CallRecorder(driver, memoryBytes(driver));
  const bench = new BlockBench(CLASS, driver);
  return play(recorder, {
    mirror: bench.mirror,
    contents: bench.contents,
    driver,
    step: () => bench.step(),
    crash: () => bench.crash((slot) => slot),
  });
}

/** Over the SPI face. */
export function playedSpiRun(): PlayedRun {
  const driver = spiModule();
  const recorder = new CallRecorder(driver, memoryBytes(driver));
  const bench = new SpiBench({ buses: 2, characteristics: profile(CLASS) });
  let steps = 0;
  return play(recorder, {
    mirror: bench.mirror,
    contents: bench.contents,
    driver,
    step: () => bench.run(() => ++steps % 2 === 0),
    crash: () => {
      bench.mirror.halt();
      for (const [slot, watched] of bench.cards.entries()) {
        watched.card.cutPower(watched.card.crashSpace().map(() => slot));
        watched.powerUp();
      }
    },
  });
}

/** Of an array of one bitmap sector. */
function memoryBytes(driver: DriverModule): number {
  return Math.ceil(driver.exports.staticBytes() / 16) * 16 + 1200;
}

function play(recorder: CallRecorder, face: Face): PlayedRun {
  const { mirror, contents, driver } = face;
  const chance = new Prng(4711);
  const below = (limit: number): number => (chance.next() >>> 0) % limit;
  let requests = 0;
  let pending = 0;
  const until = (isDone: () => boolean, what: string): void => {
    for (let i = 0; !isDone(); i++) {
      if (i > STEPS_MAX) throw new Error(`${what} does not end`);
      face.step();
    }
  };
  const started = (what: string): void => {
    until(() => mirror.modeStatus >= 0, what);
    if (mirror.modeStatus !== OK) throw new Error(`${what} ends with ${mirror.modeStatus}`);
  };
  const ask = (count: number): void => {
    const done = { onBlockDone: () => pending-- };
    for (let i = 0; i < count; i++) {
      const operation = [WRITE, WRITE, WRITE, WRITE, READ, READ, FLUSH, FUA, DISCARD][below(9)]!;
      const sectors = operation === FLUSH ? 0 : 1 + below(8);
      const sector = operation === FLUSH ? 0 : below(DATA_SECTORS - sectors);
      const buffer = new LiveBuffer(Math.max(1, sectors), contents.stamp(1 + requests));
      while (mirror.request(operation, sector, sectors, buffer, 0, done, 0) !== OK) {
        // Its pool is full.
        const before = pending;
        until(() => pending < before, "a request");
      }
      requests++;
      pending++;
    }
  };
  mirror.format(OPTIONS, REGION_SHIFT, 1);
  started("the format");
  mirror.boot(OPTIONS, POLICY_SYNC_GATED, 2);
  started("the boot");
  ask(REQUESTS_BEFORE);
  face.crash();
  pending = 0;
  mirror.boot(OPTIONS, POLICY_SYNC_GATED, 3);
  started("the boot after the crash");
  ask(REQUESTS_AFTER);
  until(() => pending === 0, "the workload");
  const resynced = driver.exports.counter(COUNTER_SECTORS_RESYNCED);
  mirror.stop();
  started("the stop");
  return { recorder, requests, resynced };
}
