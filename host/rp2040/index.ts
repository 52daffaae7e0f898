// syncgate/rp2040: an emulated RP2040 that runs firmware with emulated SD cards on its SPI buses.

/** Wire an emulated card to a bus of any rp2040js chip. */
export { attachCard, type CardWiring, type SpiDevice, type SpiPeripheral } from "./attach-card.js";
/** The time that such a card looks at. */
export { ChipTime, type NanosClock } from "./chip-time.js";
/** Chip, firmware and cards, with a run loop of its own. */
export { Board, type BoardCard, type BoardOptions, type RunEnd, type RunLimits } from "./board.js";
/** The same through power cuts: shared, skewed, of one card alone, or of the chip alone. */
export type { CodeListener } from "./code-watch.js";
export { PoweredBoard, type PoweredBoardOptions, type PowerCut } from "./powered-board.js";
export { FirmwareError } from "./firmware-error.js";
/** Firmware from files: ELF, UF2, BIN. */
export { readFirmware, type FirmwareImage } from "./firmware-image.js";
/** Where the functions and variables of an ELF file lie. */
export { readSymbols, type FirmwareSymbol } from "./firmware-symbols.js";
/** The second stage of the boot: one that works with every flash, and the check that the boot ROM makes. */
export { hasSecondStage, serialReadStage, stageChecksum } from "./second-stage.js";
export { FirmwareFileError, type FirmwareSegment } from "./firmware-segment.js";
export { packUf2, RP2040_FAMILY } from "./uf2.js";
/** Everything reachable from some objects, kept and restored in place. */
export { ObjectSnapshot } from "./object-snapshot.js";
/** A card on a bus, of which each command and block is told. */
export { WatchedCard, type BusNote } from "./watched-card.js";
/** What firmware says on its UART when all is well, and when not. */
export { VerdictPatterns, type BoardVerdict } from "./board-verdict.js";
