/** CMD6: the functions that a card can switch to, and the 64 bytes that it answers (4.3.10). */
import { setField } from "./register-bits.js";

const STATUS_BYTES = 64;
const GROUPS = 6;
const KEEP = 0xf;
const REFUSED = 0xf;
/** Access mode: default speed and high speed. All other groups know function 0 alone. */
const ACCESS_MODE_FUNCTIONS = 0b11;
const DEFAULT_FUNCTION = 0b01;
/** Functions 0 and 15 (no change) can always be asked for. */
const NO_CHANGE = 1 << 15;
/** mA at most: of a card at rest, assumed. */
const CURRENT_MA = 100;

/** Which function each group has; a power cycle or CMD0 goes back to 0 everywhere. */
export class SwitchFunctions {
  private readonly selected = new Uint8Array(GROUPS);

  reset(): void {
    this.selected.fill(0);
  }

  /**
   * What CMD6 answers; in set mode it switches, but only if every group can do what was asked of it (4.3.10).
   * @param argument bit 31: set instead of check; four bits a group from bit 0 on, 15 for no change
   */
  answer(argument: number): Uint8Array {
    const results: number[] = [];
    for (let group = 0; group < GROUPS; group++) {
      const asked = (argument >>> (4 * group)) & 0xf;
      if (asked === KEEP) results.push(this.selected[group]!);
      else results.push(((functionsOf(group) >>> asked) & 1) === 1 ? asked : REFUSED);
    }
    const possible = !results.includes(REFUSED);
    if (argument >>> 31 === 1 && possible) this.selected.set(results);
    const status = new Uint8Array(STATUS_BYTES);
    setField(status, 511, 496, possible ? CURRENT_MA : 0);
    for (let group = 0; group < GROUPS; group++) {
      setField(status, 415 + 16 * group, 400 + 16 * group, functionsOf(group) | NO_CHANGE);
      setField(status, 379 + 4 * group, 376 + 4 * group, results[group]!);
    }
    return status;
  }
}

function functionsOf(group: number): number {
  return group === 0 ? ACCESS_MODE_FUNCTIONS : DEFAULT_FUNCTION;
}
