/** A bus of the chip reaches a card only by pins that have it as their function; rp2040js does not look. */
import type { BoardChip } from "./board-chip.js";

/** GPIOs that may have each line of each bus, as function 1 (RP2040 Datasheet, 2.19.2). */
const LINES: readonly Readonly<Record<string, readonly number[]>>[] = [
  { SCK: [2, 6, 18, 22], TX: [3, 7, 19, 23], RX: [0, 4, 16, 20] },
  { SCK: [10, 14, 26], TX: [11, 15, 27], RX: [8, 12, 24, 28] },
];
const FUNCTION_MASK = 0x1f;
const FUNCTION_SPI = 1;

/** Has each transfer stop with an error while the bus has no pins; behind what is wired to them. */
export function requireSpiPins(chip: BoardChip): void {
  for (const [bus, lines] of LINES.entries()) {
    const spi = chip.spi[bus]!;
    const begin = spi.onTransmit;
    spi.onTransmit = (value) => {
      for (const [line, pins] of Object.entries(lines)) {
        if (pins.some((pin) => (chip.gpio[pin]!.ctrl & FUNCTION_MASK) === FUNCTION_SPI)) continue;
        throw chip.fault(
          `a transfer on SPI${bus}, whose ${line} is on no pin: give GPIO ${pins.join(", ")}, one of them, function 1`,
        );
      }
      begin(value);
    };
  }
}
