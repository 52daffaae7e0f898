/** A bus of the chip reaches a card only by pins that have it as their function; rp2040js does not look. */
import type { BoardChip } from "./board-chip.js";

interface Line {
  readonly name: string;
  readonly pins: readonly number[];
}

/** GPIOs that may have each line of each bus, as function 1 (RP2040 Datasheet, 2.19.2). */
const LINES: readonly (readonly Line[])[] = [
  [
    { name: "SCK", pins: [2, 6, 18, 22] },
    { name: "TX", pins: [3, 7, 19, 23] },
    { name: "RX", pins: [0, 4, 16, 20] },
  ],
  [
    { name: "SCK", pins: [10, 14, 26] },
    { name: "TX", pins: [11, 15, 27] },
    { name: "RX", pins: [8, 12, 24, 28] },
  ],
];
const FUNCTION_MASK = 0x1f;
const FUNCTION_SPI = 1;
/** Loop-back: what is sent is received without a pin (RP2040 Datasheet, 4.4.4). */
const SSPCR1 = 0x04;
const LOOP_BACK = 1;

/**
 * Has each transfer on a bus that has a card stop with an error while a line has no pin; behind what is wired to the bus. It
 * is asked for each byte, so it makes no objects. Others may be used as they are, by a display without RX or in loop-back.
 */
export function requireSpiPins(chip: BoardChip, buses: ReadonlySet<number>): void {
  for (const bus of buses) {
    const lines = LINES[bus]!;
    const spi = chip.spi[bus]!;
    const begin = spi.onTransmit;
    spi.onTransmit = (value) => {
      if ((spi.readUint32(SSPCR1) & LOOP_BACK) === 0) {
        for (let i = 0; i < lines.length; i++) requirePin(chip, bus, lines[i]!);
      }
      begin(value);
    };
  }
}

function requirePin(chip: BoardChip, bus: number, { name, pins }: Line): void {
  for (let i = 0; i < pins.length; i++) {
    if ((chip.gpio[pins[i]!]!.ctrl & FUNCTION_MASK) === FUNCTION_SPI) return;
  }
  throw chip.fault(
    `a transfer on SPI${bus}, whose ${name} is on no pin: give GPIO ${pins.join(", ")}, one of them, function 1`,
  );
}
