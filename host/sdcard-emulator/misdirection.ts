import { Prng } from "./prng.js";

/** The seed of misdirection, which must not move the card's timing. */
const SALT = 0x6d697364;
const PER_MILLE = 1000;

/** Writes that land at a wrong place (F4): by chance one bit of their address is turned over, if that is on the card. */
export class Misdirections {
  /** How many there were. */
  count = 0;
  private readonly prng: Prng;

  /** @param perMille of 1,000 writes, how many */
  constructor(
    seed: number,
    private readonly perMille: number,
    private readonly sectors: number,
  ) {
    this.prng = new Prng(seed ^ SALT);
  }

  /** How far from its place a write of `count` sectors that begins now lands, in sectors; 0 nearly always. */
  draw(sector: number, count: number): number {
    if (this.perMille === 0 || this.prng.next() % PER_MILLE >= this.perMille) return 0;
    const bits = 32 - Math.clz32(this.sectors - 1);
    if (bits === 0) return 0;
    const landing = sector ^ (1 << (this.prng.next() % bits));
    if (landing + count > this.sectors) return 0;
    this.count++;
    return landing - sector;
  }
}
