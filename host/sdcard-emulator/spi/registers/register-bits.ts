/**
 * Writes a field of a register, given as the specification numbers its bits: bit 0 is the last one sent, the highest
 * bit of the first byte the first.
 */
export function setField(register: Uint8Array, high: number, low: number, value: number): void {
  for (let bit = low; bit <= high; bit++) {
    const at = register.length - 1 - (bit >> 3);
    const mask = 1 << (bit & 7);
    if (Math.floor(value / 2 ** (bit - low)) % 2 === 1) register[at]! |= mask;
    else register[at]! &= ~mask;
  }
}

/** Reads a field of up to 32 bits. */
export function field(register: Uint8Array, high: number, low: number): number {
  let value = 0;
  for (let bit = high; bit >= low; bit--) {
    value = value * 2 + ((register[register.length - 1 - (bit >> 3)]! >> (bit & 7)) & 1);
  }
  return value;
}
