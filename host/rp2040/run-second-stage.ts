/** The boot ROM's part in a boot from flash (RP2040 Datasheet, 2.8.1.2 and 2.8.1.3): it takes no time here. */
import { RAM_BYTES, RAM_START, type BoardChip } from "./board-chip.js";
import { STAGE_BYTES } from "./second-stage.js";

const STAGE_AT = RAM_START + RAM_BYTES - STAGE_BYTES;
const SP = 13;
const LR = 14;
/** Those of pico-sdk take some hundred; more than this is a loop (assumed). */
const INSTRUCTIONS_MAX = 1_000_000;
/** What the SSI says of itself; rp2040js knows a part of its registers. */
const SSI = "SSI";

/**
 * Copies the second stage to the end of the SRAM and lets it go until it has left its place. The boot ROM calls it with a
 * return address of 0 (pico-bootrom-rp2040, bootrom_main.c), and has its own stack below it (assumed). What rp2040js does
 * not know of the SSI is let pass: it has no flash behind it.
 * @throws FirmwareError when it does what the chip would not forgive, or stays where it is
 */
export function runSecondStage(chip: BoardChip): void {
  const { core, logger } = chip;
  chip.logger = {
    ...logger,
    warn: (component, message) => component !== SSI && logger.warn(component, message),
    error: (component, message) => component !== SSI && logger.error(component, message),
  };
  chip.sram.set(chip.flash.subarray(0, STAGE_BYTES), STAGE_AT - RAM_START);
  core.registers[SP] = STAGE_AT;
  core.registers[LR] = 0;
  core.PC = STAGE_AT;
  for (let count = 0; core.PC >= STAGE_AT && core.PC < STAGE_AT + STAGE_BYTES; count++) {
    if (count === INSTRUCTIONS_MAX)
      throw chip.fault(`the second boot stage has no end: it took ${INSTRUCTIONS_MAX} instructions`);
    core.executeInstruction();
  }
  chip.logger = logger;
}
