import { beforeAll, expect, it } from "vitest";
import {
  Board,
  ChipTime,
  packUf2,
  PoweredBoard,
  readFirmware,
  type FirmwareImage,
} from "../../host/rp2040/index.js";
import {
  BusChecker,
  CardImage,
  POWER_RESET,
  POWER_SHARED,
  POWER_SKEW,
  profile,
  SectorContents,
  SpiCard,
  violationText,
} from "../../host/sdcard-emulator/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { builtFirmware, COMPILER_MS } from "../firmware/built-firmware.js";

const FIRST_SECTOR = 64;
const BLOCKS = 6;
const LIMIT = 50_000_000;

/** A card, and a checker of its bus. */
function watchedCard(time: ChipTime, contents: SectorContents, seed: number) {
  const card = new SpiCard({
    time,
    contents,
    media: new CardImage(8192),
    characteristics: profile("mlc"),
    seed,
  });
  const checker = new BusChecker(true);
  const device = {
    card,
    checker,
    select(on: boolean): void {
      card.select(on);
      checker.select(on);
    },
    exchange(mosi: number): number {
      const miso = card.exchange(mosi);
      checker.exchange(mosi, miso);
      return miso;
    },
  };
  return device;
}

function powered(firmware: FirmwareImage) {
  const time = new ChipTime();
  const contents = new SectorContents();
  const devices = [watchedCard(time, contents, 1), watchedCard(time, contents, 2)] as const;
  const board = new Board({
    firmware,
    time,
    cards: [
      { device: devices[0], bus: 0, chipSelectPin: 17 },
      { device: devices[1], bus: 1, chipSelectPin: 9 },
    ],
  });
  return { board, devices, contents };
}

/** Block `number` as firmware/card_check.c makes it. */
function expectedBlock(number: number): Uint8Array {
  return Uint8Array.from({ length: 512 }, (_, at) => number * 31 + at * 7 + (at >> 8));
}

describeWithPrograms(
  { "arm-none-eabi-gcc": "gcc-arm-none-eabi" },
  "firmware that writes to two cards at once",
  () => {
    let firmware: FirmwareImage;

    beforeAll(() => {
      firmware = readFirmware(builtFirmware("card-check"));
    }, COMPILER_MS);

    it("passes, and what it wrote is on both", () => {
      const { board, devices, contents } = powered(firmware);
      expect(board.run({ untilCycle: LIMIT, untilUart: /PASS\n|FAIL/ })).toBe("uart");
      expect(board.uart).toMatch(/^started\nwritten in \d+ us\nPASS\n$/);
      for (const { card, checker } of devices) {
        expect(checker.violations.map(violationText)).toEqual([]);
        for (let number = 0; number < BLOCKS; number++) {
          expect(contents.equals(card.view(FIRST_SECTOR + number), expectedBlock(number), 0)).toBe(true);
        }
      }
      expect(board.run({ untilCycle: Infinity })).toBe("asleep");
    });

    it("runs the same from a UF2 file", () => {
      const fromElf = powered(firmware).board;
      const fromUf2 = powered(readFirmware(packUf2(firmware.flash, 0x10000000))).board;
      for (const board of [fromElf, fromUf2]) board.run({ untilCycle: LIMIT, untilUart: /started\n/ });
      expect(fromUf2.uart).toBe(fromElf.uart);
      expect(fromUf2.cycle).toBe(fromElf.cycle);
    });

    it("goes the same way again from a snapshot in the middle of a transfer, cards included", () => {
      const { board, devices, contents } = powered(firmware);
      board.run({ untilCycle: LIMIT, untilUart: /started\n/ });
      const at = board.cycle;
      board.run({ untilCycle: at + 200_000 });
      const snapshot = board.snapshot([contents]);
      const state = () => [
        board.cycle,
        board.uart,
        board.chip.clock.nanos,
        [...board.chip.core.registers],
        ...devices.map(({ card }) => [
          card.media.hashLow,
          card.media.hashHigh,
          JSON.stringify(card.crashSpace()),
        ]),
      ];
      const before = state();
      const ways = [0, 1].map(() => {
        board.run({ untilCycle: LIMIT, untilUart: /PASS\n|FAIL/ });
        const after = state();
        snapshot.restore();
        expect(state()).toEqual(before);
        return after;
      });
      expect(ways[1]).toEqual(ways[0]);
      expect(ways[0]).not.toEqual(before);
    });

    const CHIP_SELECTS = [17, 9] as const;

    it.each([
      ["shared", POWER_SHARED],
      ["reset", POWER_RESET],
      ["skew", POWER_SKEW],
    ])("may lose power (%s): another chip boots on the same cards", (_, topology) => {
      const time = new ChipTime();
      const contents = new SectorContents();
      const devices = [watchedCard(time, contents, 1), watchedCard(time, contents, 2)] as const;
      const wiring = [0, 1].map((bus) => ({
        device: devices[bus]!.card,
        bus: bus as 0 | 1,
        chipSelectPin: CHIP_SELECTS[bus]!,
      }));
      const bench = new PoweredBoard({
        firmware,
        time,
        cards: [devices[0].card, devices[1].card],
        wiring: [wiring[0]!, wiring[1]!],
      });
      const board = bench.powerOn();
      board.run({ untilCycle: LIMIT, untilUart: /started\n/ });
      // In the middle of the first block, that is on its way to both cards.
      board.run({ untilCycle: board.cycle + 80_000 });
      const sizes: number[] = [];
      bench.cut({
        topology,
        skewUs: 100,
        chooseOutcome: (card) => {
          const space = card.crashSpace();
          sizes.push(space.length);
          return space.map((axis) => axis.options.length - 1);
        },
      });
      expect(sizes.length).toBe(topology === POWER_RESET ? 0 : 2);
      if (topology === POWER_SHARED) expect(Math.max(...sizes)).toBeGreaterThan(0);
      expect(bench.board).toBeNull();
      const next = bench.powerOn();
      expect(next.run({ untilCycle: LIMIT, untilUart: /PASS\n|FAIL.*\n/ })).toBe("uart");
      expect(next.uart).toMatch(/PASS\n$/);
      expect(() => bench.powerOn()).toThrow("the board has power already");
    });

    it("one card may lose its power while the chip runs: the firmware finds out", () => {
      const { board, devices } = powered(firmware);
      board.run({ untilCycle: LIMIT, untilUart: /started\n/ });
      devices[1].card.cutPower(devices[1].card.crashSpace().map(() => 0));
      board.run({ untilCycle: LIMIT, untilUart: /PASS\n|FAIL.*\n/ });
      expect(board.uart).toMatch(/FAIL card 1: .*\n$/);
    });
  },
);
