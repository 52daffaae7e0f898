/**
 * What an RP2040 has at power-up and rp2040js does not: peripherals are held in reset until firmware releases them, a release
 * is done once the peripheral's clock runs, and the timer counts what WATCHDOG_TICK makes of a clock. In strict mode an access
 * before that is an error.
 */
import type { BoardChip } from "./board-chip.js";
import { hex } from "./firmware-error.js";

interface Peripheral {
  readUint32(offset: number): number;
  writeUint32(offset: number, value: number): void;
}

/** By bit of RESETS: name and base address (RP2040 Datasheet, 2.14.3 and 2.2). */
const HELD: readonly (readonly [name: string, address: number])[] = [
  ["ADC", 0x4004c000],
  ["BUSCTRL", 0x40030000],
  ["DMA", 0x50000000],
  ["I2C0", 0x40044000],
  ["I2C1", 0x40048000],
  ["IO_BANK0", 0x40014000],
  ["IO_QSPI", 0x40018000],
  ["JTAG", 0],
  ["PADS_BANK0", 0x4001c000],
  ["PADS_QSPI", 0x40020000],
  ["PIO0", 0x50200000],
  ["PIO1", 0x50300000],
  ["PLL_SYS", 0x40028000],
  ["PLL_USB", 0x4002c000],
  ["PWM", 0x40050000],
  ["RTC", 0x4005c000],
  ["SPI0", 0x4003c000],
  ["SPI1", 0x40040000],
  ["SYSCFG", 0x40004000],
  ["SYSINFO", 0x40000000],
  ["TBMAN", 0x4006c000],
  ["TIMER", 0x40054000],
  ["UART0", 0x40034000],
  ["UART1", 0x40038000],
  ["USBCTRL", 0x50110000],
];
/** The boot ROM has released IO_QSPI, PADS_QSPI and TIMER (pico-bootrom-rp2040, main() of bootrom_main.c). */
const RELEASED_BY_ROM = (1 << 6) | (1 << 9) | (1 << 21);
const ALL = 0x1ffffff;

interface NeededClock {
  readonly name: string;
  /** Of its control register in CLOCKS (2.15.7). */
  readonly control: number;
}
const CLK_PERI: NeededClock = { name: "clk_peri", control: 0x48 };
/** Bits whose peripheral has a clock of its own, which no reset of the chip starts (2.15.3). */
const NEEDED: ReadonlyMap<number, NeededClock> = new Map([
  [0, { name: "clk_adc", control: 0x60 }],
  [15, { name: "clk_rtc", control: 0x6c }],
  [16, CLK_PERI],
  [17, CLK_PERI],
  [22, CLK_PERI],
  [23, CLK_PERI],
  [24, { name: "clk_usb", control: 0x54 }],
]);
const CLOCK_ENABLE = 1 << 11;

const CLOCKS = 0x40008;
const RESETS = 0x4000c;
const RESET = 0;
const RESET_DONE = 8;
const WATCHDOG = 0x40058;
const TICK = 0x2c;
const TICK_CYCLES = 0x1ff;
const TICK_ENABLE = 1 << 9;
const TIMER_BIT = 21;
/** A loop that waits so many times waits for ever: the clock is not started by anybody else. */
const POLLS_MAX = 1000;
/** Peripherals of the APB and AHB, aliases included, have 16 KiB each. */
const PAGE_SHIFT = 14;
export const PERIPHERALS_START = 0x40000000;
export const PERIPHERALS_END = 0x60000000;
/** Bit of RESETS by page, or -1. */
const BIT_OF_PAGE = new Int8Array((PERIPHERALS_END - PERIPHERALS_START) >>> PAGE_SHIFT).fill(-1);
for (const [bit, [, address]] of HELD.entries())
  if (address >= PERIPHERALS_START) BIT_OF_PAGE[(address - PERIPHERALS_START) >>> PAGE_SHIFT] = bit;

export class HeldInReset {
  private polls = 0;
  private tickCycles = 0;
  /** Bits of peripherals that were found ready since a register changed that decides it. */
  private ready = 0;

  constructor(private readonly chip: BoardChip) {
    const resets = this.watched(RESETS, () => {
      this.ready = 0;
      // Whoever waits now waits for something else.
      this.polls = 0;
    });
    resets.writeUint32(RESET, ALL & ~RELEASED_BY_ROM);
    const original = Object.getPrototypeOf(resets) as Peripheral;
    resets.readUint32 = (offset) =>
      offset === RESET_DONE ? this.done() : original.readUint32.call(resets, offset);
    this.watched(CLOCKS, () => (this.ready = 0));
    this.watched(WATCHDOG, (offset, value) => {
      if (offset !== TICK) return;
      this.tickCycles = (value & TICK_ENABLE) === 0 ? 0 : value & TICK_CYCLES;
      this.ready &= ~(1 << TIMER_BIT);
    });
  }

  /** An access to a register is to come. @throws FirmwareError if the chip would not answer it */
  check(address: number): void {
    const bit = BIT_OF_PAGE[(address - PERIPHERALS_START) >>> PAGE_SHIFT]!;
    if (bit < 0 || ((this.ready >>> bit) & 1) !== 0) return;
    const [name] = HELD[bit]!;
    const access = `an access to ${name} at ${hex(address)}`;
    if (((this.held >>> bit) & 1) !== 0)
      throw this.chip.fault(`${access}, which is held in reset: clear bit ${bit} of RESETS_RESET before`);
    const clock = this.missingClock(bit);
    if (clock !== null) throw this.chip.fault(`${access} without its clock: enable ${clock} before`);
    if (bit === TIMER_BIT && this.tickCycles === 0)
      throw this.chip.fault(
        `${access}, which counts nothing: set WATCHDOG_TICK to the MHz of clk_ref, enabled by bit 9, before`,
      );
    this.ready |= 1 << bit;
  }

  /** A peripheral, of whose writes somebody is told. */
  private watched(key: number, onWrite: (offset: number, value: number) => void): Peripheral {
    const peripheral = this.chip.peripherals[key] as unknown as Peripheral;
    const original = Object.getPrototypeOf(peripheral) as Peripheral;
    peripheral.writeUint32 = (offset, value) => {
      original.writeUint32.call(peripheral, offset, value);
      onWrite(offset, value);
    };
    return peripheral;
  }

  private get held(): number {
    return (this.chip.peripherals[RESETS] as unknown as Peripheral).readUint32(RESET);
  }

  /** RESET_DONE: what is released, and has its clock. */
  private done(): number {
    const { held } = this;
    let done = ALL & ~held;
    let waits = "";
    for (const bit of NEEDED.keys()) {
      const clock = ((held >>> bit) & 1) === 0 ? this.missingClock(bit) : null;
      if (clock === null) continue;
      done &= ~(1 << bit);
      waits = `${HELD[bit]![0]} is released but not done without ${clock}`;
    }
    this.polls = waits === "" ? 0 : this.polls + 1;
    if (this.polls > POLLS_MAX)
      throw this.chip.fault(
        `RESETS_RESET_DONE was read ${POLLS_MAX} times: ${waits}; enable that clock before`,
      );
    return done;
  }

  private missingClock(bit: number): string | null {
    const clock = NEEDED.get(bit);
    if (clock === undefined) return null;
    return (this.chip.clocks.readUint32(clock.control) & CLOCK_ENABLE) !== 0 ? null : clock.name;
  }
}
