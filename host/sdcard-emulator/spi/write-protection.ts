/**
 * Write protection: of the whole card by two bits of the CSD, and on SDSC cards of groups (SD Physical Layer
 * Simplified Specification, 4.3.6). It survives the loss of power.
 */
import type { RegisterState } from "../image/card-state.js";
import { readRuns, runsOf } from "../image/number-runs.js";
import {
  CSD_BYTES,
  isPermanentlyProtected,
  isWriteProtected,
  PROTECTION_GROUP_SECTORS,
  sealCsd,
} from "./registers/csd.js";
import { field, setField } from "./registers/register-bits.js";

/** Groups that CMD30 tells of. */
const STATUS_GROUPS = 32;
/** FILE_FORMAT_GRP, COPY, PERM_WRITE_PROTECT, TMP_WRITE_PROTECT, FILE_FORMAT: bits 15 to 10 can be programmed. */
const PROGRAMMABLE = [15, 10] as const;
/** COPY and PERM_WRITE_PROTECT go from 0 to 1 once; FILE_FORMAT_GRP and FILE_FORMAT likewise (5.3, type W(1)). */
const ONCE = 0b111011;

export class WriteProtection {
  private readonly groups: Uint8Array;

  /** @param csd the card's own register, which CMD27 changes */
  constructor(
    private readonly csd: Uint8Array,
    private readonly sectors: number,
  ) {
    this.groups = new Uint8Array(Math.ceil(sectors / PROTECTION_GROUP_SECTORS));
  }

  save(): Pick<RegisterState, "csd" | "groups"> {
    const { csd, groups } = this;
    return { csd: Buffer.from(csd).toString("hex"), groups: runsOf(groups.length, (i) => groups[i]!) };
  }

  /**
   * Becomes what `save` told of.
   * @throws Error for another number of groups, or a CSD that could not have come from this card's by CMD27
   */
  restore({ csd, groups }: Pick<RegisterState, "csd" | "groups">): void {
    if (!this.programCsd(new Uint8Array(Buffer.from(csd, "hex"))))
      throw new Error("the CSD is that of another card");
    readRuns("groups", groups, this.groups.length, 0, 1, (i, value) => (this.groups[i] = value));
  }

  /** Whether a sector cannot be written. */
  protects(sector: number): boolean {
    return isWriteProtected(this.csd) || this.groups[Math.floor(sector / PROTECTION_GROUP_SECTORS)] === 1;
  }

  /** Whether nothing can be written, ever. */
  get permanent(): boolean {
    return isPermanentlyProtected(this.csd);
  }

  /** CMD28 and CMD29. */
  setGroupOf(sector: number, on: boolean): void {
    this.groups[Math.floor(sector / PROTECTION_GROUP_SECTORS)] = on ? 1 : 0;
  }

  /** CMD30: 32 groups from that of `sector` on, the first in the lowest bit; groups beyond the end are 0. */
  groupBits(sector: number): Uint8Array {
    const first = Math.floor(sector / PROTECTION_GROUP_SECTORS);
    const bits = new Uint8Array(STATUS_GROUPS / 8);
    for (let i = 0; i < STATUS_GROUPS; i++) setField(bits, i, i, this.groups[first + i] ?? 0);
    return bits;
  }

  /**
   * CMD27.
   * @param wanted the whole CSD as the host wants it
   * @returns whether only what can be programmed was asked for; otherwise nothing changes
   */
  programCsd(wanted: Uint8Array): boolean {
    const [high, low] = PROGRAMMABLE;
    const asked = field(wanted, high, low);
    const before = field(this.csd, high, low);
    const changed = this.csd.slice();
    setField(changed, high, low, asked);
    sealCsd(changed);
    for (let i = 0; i < CSD_BYTES; i++) if (changed[i] !== wanted[i]) return false;
    if ((before & ~asked & ONCE) !== 0) return false;
    this.csd.set(changed);
    return true;
  }

  /** Forced erase by CMD42 takes group protection away too (4.3.7). */
  clearGroups(): void {
    this.groups.fill(0);
  }

  /** The parts of a range that can be written, each as long as it goes; ascending. */
  unprotectedRuns(from: number, end: number): [from: number, end: number][] {
    const runs: [number, number][] = [];
    for (let at = from; at < Math.min(end, this.sectors);) {
      const groupEnd = (Math.floor(at / PROTECTION_GROUP_SECTORS) + 1) * PROTECTION_GROUP_SECTORS;
      const to = Math.min(end, groupEnd);
      const last = runs.at(-1);
      if (!this.protects(at)) {
        if (last !== undefined && last[1] === at) last[1] = to;
        else runs.push([at, to]);
      }
      at = to;
    }
    return runs;
  }
}
