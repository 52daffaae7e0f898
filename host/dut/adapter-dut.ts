import { CardImage } from "../sdcard-emulator/card-image.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import { PortBench, type CardPort } from "./card-port.js";
import type { CrashState } from "./crash-state.js";
import {
  DutError,
  DutHang,
  type CardSetting,
  type DeviceUnderTest,
  type Recovery,
} from "./device-under-test.js";
import type { WriteLog } from "./write-log.js";

/** Firmware in TypeScript, or a shell around some other, over one or two cards. */
export interface CardAdapter<Firmware> {
  readonly name?: string;
  readonly cards: 1 | 2;
  /** Of each card, in sectors of 512 bytes. */
  readonly sectors: number;
  /** The size of its workload, if `run` can do less. */
  readonly workload?: number;
  /** Starts the firmware: on blank cards, and on what a cut has left, where it has to recover. */
  boot(cards: readonly CardPort[]): Promise<Firmware>;
  /**
   * Does its work. It may wait for cards only: there is no time but theirs.
   * @param mark says something that the check is told if it was said before the cut, usually what is now promised
   */
  run(firmware: Firmware, mark: (text: string) => void, workload: number): Promise<void>;
  /**
   * Whether all is well after the boot that followed a cut.
   * @param marks what was said before the cut
   * @returns nothing or null when it is, else what is wrong; what it throws is wrong too
   */
  check(firmware: Firmware, marks: readonly string[]): Promise<string | null | void>;
}

/** Turns of the event loop without anything under way after which a firmware waits for nothing. */
const IDLE_TURNS_MAX = 100;
/** Answers of cards to one boot, run or check. */
const ANSWERS_MAX = 100_000;

/** An adapter under test. */
export function adapterUnderTest<Firmware>(adapter: CardAdapter<Firmware>): DeviceUnderTest {
  const { name = "adapter", cards, sectors, workload = null } = adapter;
  if (cards !== 1 && cards !== 2) throw new DutError(`${name} is for ${String(cards)} cards: give 1 or 2`);
  const blank = (): CardImage[] => Array.from({ length: cards }, () => new CardImage(sectors));
  return {
    name,
    workload,
    base: blank,
    record: async (given): Promise<WriteLog> => {
      const bench = benchOf(given.contents, blank(), given.characteristics, given.seed);
      await bench.live(async ({ ports }) => {
        const firmware = await adapter.boot(ports);
        await adapter.run(firmware, (text) => bench.cards.mark(text), given.workload);
      });
      return { sectors: blank().map((image) => image.sectors), events: bench.cards.events };
    },
    judge: async (state: CrashState, setting: CardSetting) => {
      let wrong: string | null = null;
      try {
        await benchAfter(state, setting).live(async ({ ports }) => {
          wrong = (await adapter.check(await adapter.boot(ports), state.marks)) ?? null;
        });
      } catch (error) {
        return messageOf(error);
      }
      return wrong;
    },
    recover: async (state: CrashState, setting: CardSetting): Promise<Recovery> => {
      const bench = benchAfter(state, setting);
      try {
        await bench.live(async ({ ports }) => void (await adapter.boot(ports)));
      } catch (error) {
        return { wrong: `it does not recover: ${messageOf(error)}` };
      }
      return { log: { sectors: state.images.map((image) => image.sectors), events: bench.cards.events } };
    },
  };
}

/** What a cut has left, on cards of its own. */
function benchAfter({ images }: CrashState, { characteristics, seed }: CardSetting): Bench {
  const media = images.map(({ image }) => image.fork());
  return benchOf(images[0]!.contents, media, characteristics, seed);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Bench {
  readonly cards: PortBench;
  /** Lets virtual time pass until the work is done. @throws what the work throws; DutHang */
  live(work: (cards: PortBench) => Promise<void>): Promise<void>;
}

function benchOf(
  contents: SectorContents,
  media: readonly CardImage[],
  characteristics: CardCharacteristics,
  seed: number,
): Bench {
  const clock = new VirtualClock();
  const cards = new PortBench(clock, contents, media, characteristics, seed);
  const live = async (work: (bench: PortBench) => Promise<void>): Promise<void> => {
    let isDone = false;
    const done = work(cards).finally(() => {
      isDone = true;
    });
    // Looked at below; until then nobody has to catch it.
    done.catch(() => undefined);
    for (let idle = 0; ; idle++) {
      await turn();
      if (isDone) return done;
      const { answers } = cards;
      if (answers > ANSWERS_MAX) throw new DutHang(`it did not end within ${ANSWERS_MAX} answers of cards`);
      while (cards.answers === answers && clock.step()) idle = 0;
      if (idle > IDLE_TURNS_MAX) throw new DutHang("it waits for something that no card will answer");
    }
  };
  return { cards, live };
}

/** Lets everything go on that the last answer has set going. */
async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
