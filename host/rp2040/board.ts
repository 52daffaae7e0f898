/**
 * A board: an emulated RP2040 with firmware in its flash and cards on its two SPI buses. Boots without a boot ROM, through the
 * second stage of the boot if the firmware has one, then from the vectors at 0x10000100. Time is counted in cycles of the
 * system clock from there on, sleep included.
 */
import { attachCard, wireOf, type SpiDevice } from "./attach-card.js";
import { BoardChip } from "./board-chip.js";
import type { ChipTime } from "./chip-time.js";
import { CodeWatch, type CodeListener } from "./code-watch.js";
import { CoreOverlay } from "./core-overlay.js";
import { timeDma } from "./dma-overlay.js";
import { DmaSniffer } from "./dma-sniffer.js";
import { hex } from "./firmware-error.js";
import type { FirmwareImage } from "./firmware-image.js";
import { HeldInReset } from "./held-in-reset.js";
import { ObjectSnapshot } from "./object-snapshot.js";
import { PastAlarmTrap } from "./past-alarm.js";
import { RandomBit } from "./random-bit.js";
import { runSecondStage } from "./run-second-stage.js";
import { hasSecondStage } from "./second-stage.js";
import { heedDmaControl } from "./spi-dma-requests.js";
import { requireSpiPins } from "./spi-pins.js";
import { UartTyping } from "./uart-typing.js";

/** A card on one of the buses. */
export interface BoardCard {
  readonly device: SpiDevice;
  /** Number of the bus, 0 or 1. */
  readonly bus: 0 | 1;
  readonly chipSelectPin: number;
}

export interface BoardOptions {
  readonly firmware: FirmwareImage;
  readonly cards?: readonly BoardCard[];
  /** What the cards look at; it follows this board's clock from now on. */
  readonly time?: ChipTime;
  /** Stop at what the real chip would not forgive; default true. */
  readonly strict?: boolean;
  /** Of the random bits that the chip gives; default 1. */
  readonly seed?: number;
}

/** Why a run has ended: the cycle was reached, the text was seen, or nothing can ever wake the chip. */
export type RunEnd = "cycle" | "uart" | "asleep";

export interface RunLimits {
  /** Of the board, since it got power; the run ends at the first instruction at or after it, asleep exactly at it. */
  readonly untilCycle: number;
  /** Or once what UART0 has sent since the run began matches. */
  readonly untilUart?: RegExp;
  /** Somebody outside does something at `untilCycle`: a sleep that nothing else ends lasts until then. Default: it ends the run. */
  readonly sleepsOn?: boolean;
}

const NS_PER_S = 1e9;
/** So much of the text is looked at when another character comes. */
const UART_WINDOW = 4096;

export class Board {
  readonly chip: BoardChip;
  /** Cycles since the board got power. */
  cycle = 0;
  /** Of them, those that the core slept. */
  asleep = 0;
  /** All that UART0 has sent. */
  uart = "";
  private readonly core: CoreOverlay;
  private readonly parts: readonly object[];
  private readonly typing: UartTyping;
  /** What its cards look at. */
  readonly cardTime: ChipTime | null;
  private uartChanged = false;
  private readonly codeWatch: CodeWatch;
  private watches = false;

  /** @throws FirmwareError if the reset vector is none, or the second stage fails; FirmwareFileError for a wrong checksum of it */
  constructor(options: BoardOptions) {
    const { firmware, cards = [], time = null, strict = true, seed = 1 } = options;
    const chip = new BoardChip(firmware, strict);
    this.chip = chip;
    this.cardTime = time;
    this.core = new CoreOverlay(chip);
    this.codeWatch = new CodeWatch(firmware.flash.length);
    heedDmaControl(chip);
    const additions = [
      new DmaSniffer(chip),
      new RandomBit(chip, seed),
      ...(strict ? [new PastAlarmTrap(chip), (chip.held = new HeldInReset(chip))] : []),
    ];
    timeDma(chip);
    chip.uart[0]!.onByte = (byte) => this.hear(byte);
    this.typing = new UartTyping(chip);
    time?.follow(chip.clock);
    for (const { device, bus, chipSelectPin } of cards)
      attachCard(chip.spi[bus]!, { card: device, chipSelectPin });
    this.parts = [this, ...additions, ...chip.spi.map(wireOf), ...cards.map(({ device }) => device)];
    if (strict) requireSpiPins(chip, new Set(cards.map(({ bus }) => bus)));
    if (hasSecondStage(firmware.flash, firmware.loaded)) runSecondStage(chip);
  }

  /**
   * Runs until a limit is reached.
   * @throws FirmwareError when the firmware has done what is not allowed; the board cannot go on
   */
  run({ untilCycle, untilUart, sleepsOn = false }: RunLimits): RunEnd {
    const { chip } = this;
    const { core, clock } = chip;
    const from = this.uart.length;
    while (this.cycle < untilCycle) {
      let cycles: number;
      if (core.waiting && this.core.wakes()) core.waiting = false;
      if (core.waiting) {
        const ns = this.nsToNextAlarm();
        if (ns < 0 && !sleepsOn) return "asleep";
        const untilAlarm = ns < 0 ? Infinity : Math.max(1, Math.ceil((ns * chip.clkSys) / NS_PER_S));
        cycles = Math.min(untilCycle - this.cycle, untilAlarm);
        this.asleep += cycles;
      } else {
        if (!chip.holdsCode(core.PC & ~1))
          throw chip.fault(`runaway: there is no code at ${hex(core.PC & ~1)}`);
        if (this.watches) this.codeWatch.reached(core.PC & ~1);
        cycles = core.executeInstruction() + this.core.takeExtraCycles();
      }
      const cycleNs = NS_PER_S / chip.clkSys;
      this.cycle += cycles;
      (clock as unknown as { tick(ns: number): void }).tick(cycles * cycleNs);
      if (this.uartChanged) {
        this.uartChanged = false;
        const seen = this.uart.slice(Math.max(from, this.uart.length - UART_WINDOW));
        if (untilUart?.test(seen) === true) return "uart";
      }
    }
    return "cycle";
  }

  /**
   * Has `listener` told each time that the instruction at an address of the flash is about to be executed; again, when an
   * interrupt is taken in front of it. `readSymbols` tells addresses.
   * @throws RangeError for an address where the firmware has nothing
   */
  watchCode(address: number, listener: CodeListener): void {
    this.watches = true;
    this.codeWatch.add(address, listener);
  }

  /**
   * Keeps the whole board in place: chip, wires and cards; never the flash, which does not change.
   * @param constant more that does not change, such as the table of sector contents, which only grows
   */
  snapshot(constant: readonly object[] = []): ObjectSnapshot {
    const { chip } = this;
    return new ObjectSnapshot(this.parts, [chip.flash.buffer, chip.bootrom.buffer, ...constant]);
  }

  /**
   * Somebody types a text to UART0: it comes in byte by byte, at the rate that the firmware has set.
   * @throws FirmwareError when the firmware does not listen
   */
  type(text: string): void {
    this.typing.type(text);
  }

  /** The board loses its power: its cards' chip selects go high by their pull-ups, and time stands still. */
  powerOff(): void {
    this.cardTime?.follow(null);
    for (const part of this.parts) if ("select" in part) (part as SpiDevice).select(false);
  }

  private nsToNextAlarm(): number {
    const clock = this.chip.clock as unknown as { nextAlarm: { nanos: number } | null; nanos: number };
    return clock.nextAlarm === null ? -1 : Math.max(0, clock.nextAlarm.nanos - clock.nanos);
  }

  private hear(byte: number): void {
    this.uart += String.fromCharCode(byte);
    this.uartChanged = true;
  }
}
