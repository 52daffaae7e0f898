/** RANDOMBIT of the ring oscillator (RP2040 Datasheet, 2.17), which rp2040js does not have: drawn from a seed. */
import { Prng } from "../sdcard-emulator/prng.js";
import type { BoardChip } from "./board-chip.js";

interface Peripheral {
  readUint32(offset: number): number;
}

const ROSC = 0x40060;
const RANDOMBIT = 0x1c;

export class RandomBit {
  private readonly prng: Prng;

  constructor(chip: BoardChip, seed: number) {
    this.prng = new Prng(seed);
    const oscillator = chip.peripherals[ROSC] as unknown as Peripheral;
    const original = Object.getPrototypeOf(oscillator) as Peripheral;
    oscillator.readUint32 = (offset) =>
      offset === RANDOMBIT ? this.prng.next() & 1 : original.readUint32.call(oscillator, offset);
  }
}
