/**
 * FNV-1a (32 bits) of every shared constant, as the text `NAME=value;` sorted by name. The build puts it
 * into the module (export `layoutDigest`), the host computes it again from the layout it was compiled with
 * and refuses a module that answers otherwise: the two would disagree about offsets or status numbers.
 *
 * @param constants the namespace of `assembly/layout.ts`; every value an integer of 0 to 2^32 - 1
 * @returns u32, as a number of 0 to 2^32 - 1
 * @throws RangeError when a value is not a u32
 */
export function layoutDigest(constants: Readonly<Record<string, unknown>>): number {
  let hash = FNV_OFFSET_BASIS;
  for (const name of Object.keys(constants).toSorted()) {
    const value = constants[name];
    if (typeof value !== "number" || value >>> 0 !== value) {
      throw new RangeError(
        `assembly/layout.ts: ${name} is ${String(value)}, but a layout constant must be a u32`,
      );
    }
    const text = `${name}=${value};`;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
    }
  }
  return hash >>> 0;
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
