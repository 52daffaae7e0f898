/** Cards of every generation come up, on two buses and on one, and those that must be refused are. */
import { describe, expect, it } from "vitest";
import type { CardGeneration } from "../../host/sdcard-emulator/spi/card-identity.js";
import type { SpiDevice } from "../../host/mirror/spi/spi-bus.js";
import { CARD_SECTORS, OK, SpiBench } from "./spi-bench.js";

/** Of the module's ABI, as SPEC.md has it. */
const SECTORS = 1;
const ID_1 = 3;
const FEATURES = 4;
const BLOCK_ADDRESSES = 1;
const VERSION_2 = 2;
const ERASE_ZEROS = 4;
const CACHE = 8;
const CARD_FAILED = 5;
const OPTION_ID_READ_BACK = 32; // byte of the card's own identity in its superblock

const GENERATIONS: readonly (readonly [CardGeneration, number])[] = [
  ["sdsc1", ERASE_ZEROS],
  ["sdsc2", VERSION_2 | ERASE_ZEROS],
  ["sdhc", BLOCK_ADDRESSES | VERSION_2 | ERASE_ZEROS],
  ["sdxc", BLOCK_ADDRESSES | VERSION_2 | ERASE_ZEROS],
];

describe.each([1, 2] as const)("on %i buses", (buses) => {
  it.each(GENERATIONS)("%s is known for what it is", (generation, features) => {
    const bench = new SpiBench({ buses, generations: [generation, "sdhc"] });
    expect(bench.format()).toBe(OK);
    expect(bench.mirror.startStatus).toEqual([OK, OK]);
    expect(bench.mirror.cardWord(0, FEATURES) & ~CACHE & ~ERASE_ZEROS).toBe(features & ~ERASE_ZEROS);
    expect(bench.mirror.cardWord(0, SECTORS)).toBe(CARD_SECTORS);
    expect(bench.mirror.cardWord(0, ID_1)).toBe(1001);
    expect(bench.mirror.cardWord(1, ID_1)).toBe(1002);
    bench.expectLegal();
  });

  it.each([1, 2, 5, 8])("takes a response after %i bytes", (responseGap) => {
    const bench = new SpiBench({ buses, card: { responseGap } });
    expect(bench.format()).toBe(OK);
    bench.expectLegal();
  });
});

describe("the identity of a card", () => {
  it("is what its superblock carries", () => {
    const bench = new SpiBench().ready();
    for (const slot of [0, 1]) {
      const { superblockWord } = bench.module.exports;
      expect(superblockWord(slot, OPTION_ID_READ_BACK) >>> 0).toBe(bench.mirror.cardWord(slot, 2));
      expect(superblockWord(slot, OPTION_ID_READ_BACK + 4) >>> 0).toBe(1001 + slot);
    }
    expect(bench.mirror.cardWord(0, 2)).toBe(bench.mirror.cardWord(1, 2));
  });
});

/** A card that answers from a script: what a frame's command gets as its response. */
class ScriptedCard implements SpiDevice {
  readonly seen: number[] = [];
  private readonly frame: number[] = [];
  private readonly out: number[] = [];

  constructor(private readonly answer: (command: number) => number[] | null) {}

  select(): void {
    this.frame.length = 0;
    this.out.length = 0;
  }

  exchange(mosi: number): number {
    const miso = this.out.shift() ?? 0xff;
    if (this.frame.length > 0 || (mosi & 0xc0) === 0x40) this.frame.push(mosi);
    if (this.frame.length === 6) {
      const command = this.frame[0]! & 0x3f;
      this.seen.push(command);
      this.out.push(0xff, ...(this.answer(command) ?? []));
      this.frame.length = 0;
    }
    return miso;
  }
}

function startWith(device: SpiDevice | null): SpiBench {
  const bench = new SpiBench();
  bench.mirror.insertSpiCard(0, device);
  bench.mirror.format(bench.options, 3, 1);
  bench.run(() => bench.mirror.startStatus.every((status) => status >= 0), "the start");
  return bench;
}

describe("a start fails", () => {
  it("of an empty slot, within 100 ms", () => {
    const bench = startWith(null);
    expect(bench.mirror.startStatus).toEqual([CARD_FAILED, OK]);
    expect(bench.clock.nowUs).toBeLessThan(100_000);
  });

  it("of an MMC, which knows neither CMD8 nor CMD55", () => {
    const mmc = new ScriptedCard((command) =>
      command === 0 || command === 59 ? [0x01] : command === 58 ? [0x01, 0x00, 0xff, 0x80, 0x00] : [0x05],
    );
    expect(startWith(mmc).mirror.startStatus).toEqual([CARD_FAILED, OK]);
    expect(mmc.seen).toContain(55);
    expect(mmc.seen).not.toContain(1);
  });

  it("of a card that does not take 3.3 V", () => {
    const lowVoltage = new ScriptedCard((command) =>
      command === 58 ? [0x01, 0x00, 0x00, 0x80, 0x00] : command === 8 ? [0x01, 0, 0, 1, 0xaa] : [0x01],
    );
    expect(startWith(lowVoltage).mirror.startStatus).toEqual([CARD_FAILED, OK]);
    expect(lowVoltage.seen).not.toContain(41);
  });

  it("of a card that sends another check pattern back", () => {
    const garbled = new ScriptedCard((command) => (command === 8 ? [0x01, 0, 0, 1, 0x55] : [0x01]));
    expect(startWith(garbled).mirror.startStatus).toEqual([CARD_FAILED, OK]);
    expect(garbled.seen).not.toContain(59);
  });

  it("of a card that never gets ready, after a second and a half", () => {
    const idle = new ScriptedCard((command) =>
      command === 58 ? [0x01, 0x00, 0xff, 0x80, 0x00] : command === 8 ? [0x01, 0, 0, 1, 0xaa] : [0x01],
    );
    const bench = startWith(idle);
    expect(bench.mirror.startStatus).toEqual([CARD_FAILED, OK]);
    expect(bench.clock.nowUs).toBeGreaterThan(1_000_000);
    expect(bench.clock.nowUs).toBeLessThan(2_000_000);
  });
});

describe("a start", () => {
  it("of a card in use is refused: its cache holds what was promised", () => {
    const bench = new SpiBench().ready();
    expect(bench.mirror.start(0)).toBe(2);
  });

  it.each(["format", "boot"] as const)("during a %s is refused at every moment", (call) => {
    const bench = new SpiBench();
    if (call === "boot") expect(bench.format()).toBe(OK);
    const answers: number[] = [];
    const isStarted = () => bench.mirror.startStatus.every((status) => status === OK);
    bench.afterStep = () => {
      if (bench.mirror.modeStatus < 0 && isStarted()) answers.push(bench.module.spi.cardStart(0, 7));
    };
    expect(bench[call]()).toBe(OK);
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([2]));
  });

  it("comes through a card that was left in the middle of a block", () => {
    const bench = new SpiBench().ready();
    const done = { onBlockDone: () => undefined };
    const buffer = { samplePiece: () => 0, storeSector: () => undefined };
    bench.mirror.request(1, 0, 8, buffer, 0, done, 0);
    const accepted = () => bench.mirror.cardWord(0, 10);
    const before = accepted();
    bench.run(() => accepted() >= before + 2);
    bench.mirror.halt();
    expect(bench.boot(3)).toBe(OK);
  });

  it("is given its time from the first tick on, whatever the firmware's clock says by then", () => {
    const bench = new SpiBench({ tickUs: 10_000, card: { initialisationUs: 300_000 } });
    bench.clock.schedule(3_000_000, { onTime: () => undefined }, 0);
    bench.run(() => bench.clock.nowUs >= 3_000_000);
    expect(bench.format()).toBe(OK);
    expect(bench.mirror.startStatus).toEqual([OK, OK]);
    bench.expectLegal();
  });
});
