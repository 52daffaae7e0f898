/**
 * Hash tables with open addressing and linear probing, over ids: an Int32Array whose length is a power of
 * two and whose empty slots are -1. The owner keeps the keys and does the look-up in its own loop, so that
 * no comparison goes through a callback.
 */

/** An empty slot. */
export const EMPTY = -1;

/** Puts an id that is not in the table into the first free slot from its hash on. */
export function insert(table: Int32Array, hash: number, id: number): void {
  const mask = table.length - 1;
  let slot = hash & mask;
  while (table[slot] !== EMPTY) slot = (slot + 1) & mask;
  table[slot] = id;
}

/** Avalanche of 32 bits (the finaliser of MurmurHash3): every bit of the result depends on every bit of `value`. */
export function avalanche(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** A copy of twice the length, zeros at the end. */
export function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * array.length);
  wider.set(array);
  return wider;
}
